import { groupByEach } from "../../core/group.ts";
import { objectAt } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type TargetContext, type Violation } from "../../policy/define.ts";
import { budgetedBy, usesControllerLabels } from "../lib/selection.ts";
import { areTogether, idOf, indexOf, perTarget } from "../lib/target.ts";

/** `EvictionREST.Create` in k8s.io/kubernetes/pkg/registry/core/pod/storage. */
export const budgetedTwice = definePolicy({
  id: "link/budgeted-twice",
  severity: "error",
  why: "The API server rejects every eviction of a pod that has two disruption budgets (“This pod has more than one PodDisruptionBudget”), whatever they allow: its node cannot be drained, neither for an upgrade nor by a node autoscaler. https://kubernetes.io/docs/tasks/run-application/configure-pdb/#arbitrary-controllers-and-selectors",
  fix: "Select the pods with only one budget, or change the selectors so that no pod matches both.",
  match: { apiVersion: "policy/*", kind: "PodDisruptionBudget" },
  *check(budget, context): Generator<Violation> {
    const workloads = budgetedBy(budget, context).map(({ resource }) => resource);
    for (const resource of workloads.sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1))) {
      // A drain skips the pods of a DaemonSet.
      if (resource.kind === "DaemonSet" || isPartly(budget)) continue;
      const others = (budgetsIn(context).get(resource) ?? [])
        .filter((other) => isAnother(other, budget) && areTogether(other, budget, context))
        .map(({ name }) => name)
        .sort();
      if (others.length === 0) continue;
      const verb = others.length > 1 ? "do" : "does";
      const message = `PodDisruptionBudget ${budget.name} selects the pods of ${resource.kind} ${resource.name}, and so ${verb} ${others.join(" and ")}: these pods cannot be evicted`;
      yield { pointer: "/spec/selector", message };
      return;
    }
  },
});

/** The budgets of each workload. */
const budgetsIn = perTarget((context: TargetContext) => {
  const budgets = indexOf(context)
    .ofKind("PodDisruptionBudget.policy")
    .filter((budget) => !isPartly(budget));
  const pairs = budgets.flatMap((budget) => budgetedBy(budget, context).map(({ resource }) => ({ budget, resource })));
  const groups = groupByEach(pairs, ({ resource }) => [resource]);
  return new Map([...groups].map(([resource, some]) => [resource, some.map(({ budget }) => budget)]));
});

/** Whether a budget may cover only some pods of a workload, such as one pod of a StatefulSet. */
function isPartly({ object }: Resource): boolean {
  return usesControllerLabels(objectAt(objectAt(object, "spec"), "selector") ?? {});
}

/** The same budget twice is `apply/duplicate-resource`; a budget without a namespace may be applied to another one. */
function isAnother(one: Resource, other: Resource): boolean {
  return one.name !== other.name && (one.namespace ?? "") === (other.namespace ?? "");
}
