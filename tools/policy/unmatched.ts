import type { Resource, Target } from "../core/resource.ts";
import type { Match, Policy } from "./define.ts";
import { matchesResource, matchesTarget, matching } from "./match.ts";

/** Those policies that are about none of the resources of a target, by their ids. Functions of all there is are about everything. */
export function aboutNothing(policies: readonly Policy[], target: Target, resources: readonly Resource[]): string[] {
  return policies.filter((policy) => !isAbout(policy, target, resources)).map(({ id }) => id);
}

function isAbout(policy: Policy, target: Target, resources: readonly Resource[]): boolean {
  if (policy.checkTarget ?? policy.checkKustomization ?? policy.checkRepository) return true;
  const parts: readonly { readonly match?: Match }[] = [
    ...(policy.cases ?? []),
    ...(policy.deny ?? []),
    ...(policy.warn ?? []),
  ];
  const meets = (match: Match | undefined, resource: Resource) =>
    matchesTarget(match, target) && matchesResource(match, resource);
  if (!matchesTarget(policy.match, target)) return false;
  return matching(policy.match, resources).some(
    (resource) => parts.length === 0 || parts.some(({ match }) => meets(match, resource)),
  );
}
