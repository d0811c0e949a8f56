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

const compiled = new Map<string, RegExp>();

/** A pattern in which `*` stands for any characters and everything else for itself, as a regular expression. */
export function glob(pattern: string, star = ".*"): RegExp {
  const key = `${star} ${pattern}`;
  let regex = compiled.get(key);
  if (regex === undefined) {
    // Runs of stars mean what one star means; one alone keeps the expression free of quadratic backtracking.
    const parts = pattern.split(/\*+/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
    regex = new RegExp(`^${parts.join(star)}$`, "s");
    compiled.set(key, regex);
  }
  return regex;
}
