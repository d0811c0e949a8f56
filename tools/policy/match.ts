import { glob } from "../core/glob.ts";
import { groupBy } from "../core/group.ts";
import { objectAt, stringAt } from "../core/json.ts";
import { once } from "../core/once.ts";
import type { Resource, Target } from "../core/resource.ts";
import type { Match } from "./define.ts";

type Patterns = string | readonly string[] | undefined;

/** Whether a policy applies to this target at all. */
export function matchesTarget(match: Match | undefined, target: Target): boolean {
  return any(match?.target, target.path, "[^/]*");
}

/** Whether a policy applies to this resource; its target must already match, see {@link matchesTarget}. */
export function matchesResource(match: Match | undefined, resource: Resource): boolean {
  return match === undefined || (isOfType(match, resource) && isNamed(match, resource));
}

/** The resources of a target that a policy applies to, without checking each: most policies match few of many. */
export function matching(match: Match | undefined, resources: readonly Resource[]): readonly Resource[] {
  if (match === undefined) return resources;
  const types = typesOf(resources).filter(([first]) => first !== undefined && isOfType(match, first));
  const found = types.length === 1 ? (types[0] ?? []) : types.flat();
  const { name, namespace, labels } = match;
  return (name ?? namespace ?? labels) ? found.filter((resource) => isNamed(match, resource)) : found;
}

/** The resources, grouped by version and kind. */
const typesOf = once((resources: readonly Resource[]) => [
  ...groupBy(resources, ({ apiVersion, kind }) => `${apiVersion} ${kind}`).values(),
]);

function isOfType({ kind, apiVersion }: Match, resource: Resource): boolean {
  return any(kind, resource.kind) && any(apiVersion, resource.apiVersion);
}

function isNamed({ name, namespace, labels }: Match, resource: Resource): boolean {
  return any(name, resource.name) && any(namespace, resource.namespace ?? "") && hasLabels(resource, labels);
}

function hasLabels(resource: Resource, wanted: Match["labels"]): boolean {
  if (wanted === undefined) return true;
  const labels = objectAt(objectAt(resource.object, "metadata"), "labels");
  return Object.entries(wanted).every(([key, value]) => stringAt(labels, key) === value);
}

function any(patterns: Patterns, value: string, star = ".*"): boolean {
  if (patterns === undefined || patterns === value) return true;
  const all = typeof patterns === "string" ? [patterns] : patterns;
  return all.includes(value) || all.some((pattern) => pattern.includes("*") && glob(pattern, star).test(value));
}
