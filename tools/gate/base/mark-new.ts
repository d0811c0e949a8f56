import type { Finding } from "../../core/finding.ts";
import { withoutIndices } from "../../core/pointer.ts";

/** The current findings, marked as new or old, and those that no longer exist. */
interface MarkedNew {
  readonly findings: Finding[];
  readonly fixed: Finding[];
}

/**
 * A finding is old if the same rule had the same message for the same place of the same object before, or another
 * message for the same place: a different wrong value is not new. Indices in lists, content hashes in names, and API
 * versions are ignored. Findings that were waived before do not count as fixed.
 */
export function markNew(findings: readonly Finding[], before: readonly Finding[]): MarkedNew {
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

/** Findings without an object are identified by their message alone. */
function placeOf({ rule, target, resource, pointer, file, message }: Finding): string {
  if (resource === undefined) return JSON.stringify([rule, target, file, steady(message)]);
  return JSON.stringify([rule, target, steady(withoutVersion(resource)), withoutIndices(pointer ?? "")]);
}

function exactly(finding: Finding): string {
  return JSON.stringify([placeOf(finding), steady(finding.message)]);
}

const version = /(^|\/)v\d+(?:(?:alpha|beta)\d+)?\//;
/** The hash of the content that kustomize appends to names of generated objects. */
const suffix = /-[2456789bcdfghkmt]{10}(?![\w-])/g;

function withoutVersion(resource: string): string {
  return resource.replace(version, "$1");
}

/** The line of a comment in a kustomization, which changes if lines are inserted before it. */
const commented = /(?<=commented out at line )\d+/;

function steady(text: string): string {
  return withoutIndices(text).replace(suffix, "").replace(commented, "*");
}
