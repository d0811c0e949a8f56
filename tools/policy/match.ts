import { glob } from "../core/glob.ts";
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

function carries(resource: Resource, wanted: Match["labels"]): boolean {
  const labels = objectAt(objectAt(resource.object, "metadata"), "labels");
  return Object.entries(wanted ?? {}).every(([key, value]) => stringAt(labels, key) === value);
}

function any(patterns: Patterns, value: string, star = ".*"): boolean {
  if (patterns === undefined) return true;
  return (typeof patterns === "string" ? [patterns] : patterns).some(
    (pattern) => pattern === value || (pattern.includes("*") && glob(pattern, star).test(value)),
  );
}
