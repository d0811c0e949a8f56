import { matchesRegex } from "../core/regex.ts";

/**
 * Matches a name against a selector of a kustomization, which is a regular expression of Go's RE2 anchored at both ends
 * (https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/patches/). What is no expression, or is too
 * long for a name, is compared literally.
 */
export function matchesSelector(pattern: string, name: string): boolean {
  if (pattern === name) return true;
  if (pattern.length > MAX_LENGTH || name.length > MAX_LENGTH) return false;
  return isPlain.test(pattern) ? false : (matchesRegex(name, `^(?:${pattern})$`) ?? false);
}

const MAX_LENGTH = 1000;

/** Most selectors are names: no need to compile those. */
const isPlain = /^[\w/-]*$/;
