import { glob } from "../core/glob.ts";
import { groupBy } from "../core/group.ts";
import { objectAt, stringAt } from "../core/json.ts";
import type { Resource, Target } from "../core/resource.ts";
import type { Match } from "./define.ts";

type Patterns = string | readonly string[] | undefined;

/** Whether a policy is about this target at all. */
export function matchesTarget(match: Match | undefined, target: Target): boolean {
  return any(match?.target, target.path, "[^/]*");
}

/** Whether a policy is about this resource; its target is checked before, by {@link matchesTarget}. */
export function matchesResource(match: Match | undefined, resource: Resource): boolean {
  return (
    match === undefined ||
    (any(match.kind, resource.kind) &&
      any(match.apiVersion, resource.apiVersion) &&
      any(match.name, resource.name) &&
      any(match.namespace, resource.namespace ?? "") &&
      carries(resource, match.labels))
  );
}

const kinds = new WeakMap<readonly Resource[], ReadonlyMap<string, readonly Resource[]>>();

/** The resources of the kinds that a policy names: most policies are about few of many. */
export function candidates(match: Match | undefined, resources: readonly Resource[]): readonly Resource[] {
  const named = match?.kind === undefined ? [] : [match.kind].flat();
  if (named.length === 0 || named.some((kind) => kind.includes("*"))) return resources;
  let byKind = kinds.get(resources);
  if (byKind === undefined) {
    byKind = groupBy(resources, ({ kind }) => kind);
    kinds.set(resources, byKind);
  }
  const known = byKind;
  return [...new Set(named)].flatMap((kind) => known.get(kind) ?? []);
}

function carries(resource: Resource, wanted: Match["labels"]): boolean {
  const labels = objectAt(objectAt(resource.object, "metadata"), "labels");
  return Object.entries(wanted ?? {}).every(([key, value]) => stringAt(labels, key) === value);
}

function any(patterns: Patterns, value: string, star = ".*"): boolean {
  if (patterns === undefined || patterns === value) return true;
  const all = typeof patterns === "string" ? [patterns] : patterns;
  return all.includes(value) || all.some((pattern) => pattern.includes("*") && glob(pattern, star).test(value));
}
