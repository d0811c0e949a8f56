import type { Finding } from "../core/finding.ts";
import { withoutIndices } from "../core/pointer.ts";

/** What was found, each said to be new or old, and what is found no longer. */
export interface ToldApart {
  readonly findings: Finding[];
  readonly fixed: Finding[];
}

/**
 * A finding is old where the same rule said the same of the same place of the same object before; or of the same place in
 * other words: another wrong value is no news. Lists may have grown, names that follow content and versions of APIs may be
 * others. What was waived before and is gone counts as nobody's work.
 */
export function tellApart(findings: readonly Finding[], before: readonly Finding[]): ToldApart {
  const left = new Set(before);
  const old = new Set<Finding>();
  for (const keyOf of [exactly, placeOf]) {
    const known = new Map<string, Finding[]>();
    for (const one of left) push(known, keyOf(one), one);
    for (const finding of findings) {
      const was = old.has(finding) ? undefined : known.get(keyOf(finding))?.shift();
      if (was === undefined) continue;
      left.delete(was);
      old.add(finding);
    }
  }
  return {
    findings: findings.map((finding) => ({ ...finding, status: old.has(finding) ? "old" : "new" })),
    fixed: [...left].filter(({ waived }) => !waived),
  };
}

function push(map: Map<string, Finding[]>, key: string, finding: Finding): void {
  const list = map.get(key);
  if (list) list.push(finding);
  else map.set(key, [finding]);
}

/** What is said of no object is told apart by its words alone. */
function placeOf({ rule, target, resource, pointer, file, message }: Finding): string {
  if (resource === undefined) return JSON.stringify([rule, target, file, steady(message)]);
  return JSON.stringify([rule, target, steady(withoutVersion(resource)), withoutIndices(pointer ?? "")]);
}

function exactly(finding: Finding): string {
  return JSON.stringify([placeOf(finding), steady(finding.message)]);
}

const version = /(^|\/)v\d+(?:(?:alpha|beta)\d+)?\//;
/** As kustomize makes it of the content of what it generates. */
const suffix = /-[2456789bcdfghkmt]{10}(?![\w-])/g;

function withoutVersion(resource: string): string {
  return resource.replace(version, "$1");
}

/** A comment of a kustomization: what is put in before it moves it. */
const commented = /(?<=commented out at line )\d+/;

function steady(text: string): string {
  return withoutIndices(text).replace(suffix, "").replace(commented, "*");
}
