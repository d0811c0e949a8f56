import { type Json, objectAt } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type TargetContext, type Violation } from "../../policy/define.ts";
import { leastReplicas, scalerOf } from "../lib/scale.ts";
import { budgetedBy } from "../lib/selection.ts";

/** `getExpectedPodCount` of the disruption controller, which rounds percentages up. */
export const pdbBlocksDrain = definePolicy({
  id: "link/pdb-blocks-drain",
  severity: "warning",
  why: "A disruption budget that never allows a disruption blocks every drain: nodes cannot be upgraded. https://kubernetes.io/docs/tasks/run-application/configure-pdb/#think-about-how-your-application-reacts-to-disruptions",
  fix: "Allow the eviction of one pod: maxUnavailable: 1, or more replicas (with an autoscaler: a higher minimum) than minAvailable.",
  match: { apiVersion: "policy/*", kind: "PodDisruptionBudget" },
  *check(budget, context): Generator<Violation> {
    const spec = objectAt(budget.object, "spec");
    const total = podsOf(budget, context);
    if (total === 0) return;
    const { minAvailable, maxUnavailable } = spec ?? {};
    const { name } = budget;
    if (maxUnavailable === 0 || isPercentage(maxUnavailable, 0)) {
      yield { pointer: "/spec/maxUnavailable", message: `PodDisruptionBudget ${name} allows no disruption at all` };
    }
    const wanted = wantedOf(minAvailable, total);
    if (wanted === undefined || (total !== undefined && wanted < total)) return;
    const pods = total === undefined ? "all its pods" : `${wanted} of ${total} ${total === 1 ? "pod" : "pods"}`;
    const scalers = scalersFor(budget, context);
    const when = scalers.length > 0 ? `is allowed unless ${scalers.join(" or ")} adds pods` : "is ever allowed";
    yield {
      pointer: "/spec/minAvailable",
      message: `PodDisruptionBudget ${name} requires ${pods}: no disruption ${when}`,
    };
  },
});

/** The autoscalers that may run more pods than the budget requires, as `Kind name`. */
function scalersFor(budget: Resource, context: TargetContext): string[] {
  const scalers = budgetedBy(budget, context).flatMap(({ resource }) => scalerOf(resource, context) ?? []);
  return [...new Set(scalers.map(({ resource }) => `${resource.kind} ${resource.name}`))];
}

/** How many pods a budget covers; undefined if the manifests do not say. */
function podsOf(budget: Resource, context: TargetContext): number | undefined {
  const counts = budgetedBy(budget, context).map((one) => leastReplicas(one, context));
  if (counts.length === 0) return undefined;
  return counts.reduce<number | undefined>(
    (sum, count) => (sum === undefined || count === undefined ? undefined : sum + count),
    0,
  );
}

/** How many pods must stay; undefined if that depends on an unknown total. */
function wantedOf(minAvailable: Json | undefined, total: number | undefined): number | undefined {
  if (typeof minAvailable === "number") return total === undefined ? undefined : minAvailable;
  const percent = /^(\d{1,3})%$/.exec(typeof minAvailable === "string" ? minAvailable : "")?.[1];
  if (percent === undefined) return undefined;
  if (total === undefined) return Number(percent) >= 100 ? Number.POSITIVE_INFINITY : undefined;
  return Math.ceil((Number(percent) * total) / 100);
}

function isPercentage(value: Json | undefined, of: number): boolean {
  return typeof value === "string" && /^\d+%$/.test(value) && Number.parseInt(value, 10) === of;
}
