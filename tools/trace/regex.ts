import { matchesRegex } from "../core/regex.ts";

/**
 * Matches a name against a selector of a kustomization: a Go (RE2) regular expression, anchored at both ends
 * (https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/patches/). Invalid expressions, and those that
 * are too long for a name, are compared literally.
 */
export function matchesSelector(pattern: string, name: string): boolean {
  if (pattern === name) return true;
  if (pattern.length > MAX_LENGTH || name.length > MAX_LENGTH) return false;
  return isPlain.test(pattern) ? false : (matchesRegex(name, `^(?:${pattern})$`) ?? false);
}

const MAX_LENGTH = 1000;

/** Most selectors are plain names, which need not be compiled. */
const isPlain = /^[\w/-]*$/;
