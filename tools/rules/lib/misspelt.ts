import { isOneEditApart } from "../../core/nearest.ts";
import type { TargetContext } from "../../policy/define.ts";
import { perTarget } from "./target.ts";

/**
 * The candidate that a name certainly means: one that kustomize has renamed, so that only its prefix or suffix is missing, or
 * one that differs in a letter.
 */
export function meant(name: string, candidates: readonly string[], context: TargetContext): string | undefined {
  const isNear = (one: string) => isTypo(name, one) || isTypo(name, originalOf(one, context));
  return renamedFrom(name, candidates, context) ?? candidates.filter(isNear).sort()[0];
}

/** The candidate that kustomize has renamed from this name, by a prefix or a suffix. */
export function renamedFrom(name: string, candidates: readonly string[], context: TargetContext): string | undefined {
  return candidates.filter((one) => one !== name && originalOf(one, context) === name).sort()[0];
}

function originalOf(name: string, context: TargetContext): string {
  const { prefixes, suffixes } = affixes(context);
  return withoutAffixes(name, prefixes, suffixes);
}

/** One letter is wrong, missing, extra or swapped. Names that differ in a number or a letter are distinct: `web-v1`, `web-b`. */
export function isTypo(name: string, other: string): boolean {
  return name.length > 3 && isOneEditApart(name, other) && wordsOf(name) !== wordsOf(other);
}

function wordsOf(name: string): string {
  return name.replaceAll(/\d|(?<![a-z])[a-z](?![a-z])/g, "");
}

/** What the kustomizations of a target add to names. */
const affixes = perTarget(({ kustomizations = [] }) => {
  const all = (field: string) =>
    kustomizations.flatMap(({ object }) => {
      const value = object[field];
      return typeof value === "string" && value !== "" ? [value] : [];
    });
  return { prefixes: all("namePrefix"), suffixes: all("nameSuffix") };
});

/** Several kustomizations may each have added something. */
function withoutAffixes(name: string, prefixes: readonly string[], suffixes: readonly string[]): string {
  const prefix = prefixes.find((one) => name.startsWith(one) && name.length > one.length);
  if (prefix !== undefined) return withoutAffixes(name.slice(prefix.length), prefixes, suffixes);
  const suffix = suffixes.find((one) => name.endsWith(one) && name.length > one.length);
  return suffix === undefined ? name : withoutAffixes(name.slice(0, -suffix.length), prefixes, suffixes);
}
