import { listAt, objectAt } from "../../core/json.ts";
import { podOf } from "../../core/pod.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { isFragment } from "../lib/reference.ts";
import { leastReplicas } from "../lib/scale.ts";
import { budgetedBy } from "../lib/selection.ts";
import { indexOf, perTarget } from "../lib/target.ts";
import { entrancesOf } from "../lib/traffic.ts";

/** Pods without clients may pause during a drain, unless they keep data. */
export const pdb = definePolicy({
  id: "reliability/pdb",
  severity: "warning",
  why: "Without a disruption budget, draining nodes for an upgrade may evict all replicas at once. https://kubernetes.io/docs/tasks/run-application/configure-pdb/",
  fix: "Add a PodDisruptionBudget with maxUnavailable: 1 that selects these pods.",
  match: { kind: ["Deployment", "StatefulSet", "Rollout"] },
  *check(resource, context): Generator<Violation> {
    const count = leastReplicas({ resource }, context) ?? 0;
    if (count < 2 || podOf(resource) === undefined || isFragment(context) || coveredIn(context).has(resource)) return;
    const keepsData = listAt(objectAt(resource.object, "spec"), "volumeClaimTemplates").length > 0;
    if (!keepsData && entrancesOf(resource, context).length === 0) return;
    const message = `no PodDisruptionBudget protects the ${count} replicas of ${resource.kind} ${resource.name}`;
    yield { pointer: "", message };
  },
});

const coveredIn = perTarget<ReadonlySet<Resource>>(
  (context) =>
    new Set(
      indexOf(context)
        .ofKind("PodDisruptionBudget.policy")
        .flatMap((budget) => budgetedBy(budget, context).map(({ resource }) => resource)),
    ),
);
