import type { Problem } from "../core/finding.ts";
import { groupOf, type Resource, resourceId } from "../core/resource.ts";

/** A problem of one resource that only the others of its target show. */
export interface ResourceProblem {
  readonly resource: Resource;
  readonly problem: Problem;
}

/**
 * Resources of one target that are the same object to the API server: the one applied last wins, and Argo CD refuses the
 * whole target. Versions of an API group share their objects; a generated name makes another object each time.
 */
export function duplicateResources(resources: readonly Resource[]): ResourceProblem[] {
  const seen = new Map<string, Resource>();
  const found: ResourceProblem[] = [];
  for (const resource of resources) {
    const { apiVersion, kind, namespace, name, object } = resource;
    const metadata = object.metadata as { name?: unknown } | undefined;
    if (typeof metadata?.name !== "string" || name === "") continue;
    const key = JSON.stringify([groupOf(apiVersion), kind, namespace ?? "", name]);
    const first = seen.get(key);
    if (first === undefined) seen.set(key, resource);
    else found.push({ resource, problem: duplicate(first) });
  }
  return found;
}

function duplicate(first: Resource): Problem {
  const place = first.source ? ` in ${first.source.file}` : "";
  return {
    rule: "apply/duplicate-resource",
    reason: "Duplicate",
    pointer: "/metadata/name",
    message: `${resourceId(first)} is there already${place}: the one that is applied last wins`,
    help: "Remove one of the two, or give it another name or namespace.",
  };
}
