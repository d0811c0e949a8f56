import type { Resource, Target } from "../core/resource.ts";
import type { Match, Policy } from "./define.ts";
import { matchesResource, matchesTarget, matching } from "./match.ts";

/** The ids of the policies that match no resource of a target. Functions of a target or repository match everything. */
export function unmatchedPolicies(
  policies: readonly Policy[],
  target: Target,
  resources: readonly Resource[],
): string[] {
  return policies.filter((policy) => !isAbout(policy, target, resources)).map(({ id }) => id);
}

function isAbout(policy: Policy, target: Target, resources: readonly Resource[]): boolean {
  if (policy.checkTarget ?? policy.checkKustomization ?? policy.checkRepository) return true;
  const parts: readonly { readonly match?: Match }[] = [
    ...(policy.cases ?? []),
    ...(policy.deny ?? []),
    ...(policy.warn ?? []),
  ];
  const matches = (match: Match | undefined, resource: Resource) =>
    matchesTarget(match, target) && matchesResource(match, resource);
  if (!matchesTarget(policy.match, target)) return false;
  return matching(policy.match, resources).some(
    (resource) => parts.length === 0 || parts.some(({ match }) => matches(match, resource)),
  );
}
