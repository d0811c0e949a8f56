import { groupByEach } from "../../core/group.ts";
import { objectAt } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type TargetContext, type Violation } from "../../policy/define.ts";
import { asksForOwnLabels, budgetedBy } from "../lib/selection.ts";
import { areTogether, idOf, indexOf, perTarget } from "../lib/target.ts";

/** `EvictionREST.Create` in k8s.io/kubernetes/pkg/registry/core/pod/storage. */
export const budgetedTwice = definePolicy({
  id: "link/budgeted-twice",
  severity: "error",
  why: "The API server refuses every eviction of a pod that has two disruption budgets (“This pod has more than one PodDisruptionBudget”), whatever they allow: no node that it runs on can be drained, for an upgrade or by an autoscaler of nodes. https://kubernetes.io/docs/tasks/run-application/configure-pdb/#arbitrary-controllers-and-selectors",
  fix: "Let one budget select the pods, or let the selectors ask for labels that no pod has both of.",
  match: { apiVersion: "policy/*", kind: "PodDisruptionBudget" },
  *check(budget, context): Generator<Violation> {
    const workloads = budgetedBy(budget, context).map(({ resource }) => resource);
    for (const resource of workloads.sort((a, b) => (idOf(a) < idOf(b) ? -1 : 1))) {
      // A drain passes over the pods of a DaemonSet.
      if (resource.kind === "DaemonSet" || isPartly(budget)) continue;
      const others = (budgetsIn(context).get(resource) ?? [])
        .filter((other) => isAnother(other, budget) && areTogether(other, budget, context))
        .map(({ name }) => name)
        .sort();
      if (others.length === 0) continue;
      const message = `PodDisruptionBudget ${budget.name} selects the pods of ${resource.kind} ${resource.name}, and so does ${others.join(" and ")}: none of them can be evicted`;
      yield { pointer: "/spec/selector", message };
      return;
    }
  },
});

/** By the workload. */
const budgetsIn = perTarget((context: TargetContext) => {
  const budgets = indexOf(context)
    .ofKind("PodDisruptionBudget.policy")
    .filter((budget) => !isPartly(budget));
  const pairs = budgets.flatMap((budget) => budgetedBy(budget, context).map(({ resource }) => ({ budget, resource })));
  const groups = groupByEach(pairs, ({ resource }) => [resource]);
  return new Map([...groups].map(([resource, some]) => [resource, some.map(({ budget }) => budget)]));
});

/** It may be about a single pod of a StatefulSet. */
function isPartly({ object }: Resource): boolean {
  return asksForOwnLabels(objectAt(objectAt(object, "spec"), "selector") ?? {});
}

/** The same budget twice is `apply/duplicate-resource`; one without a namespace may be for another one. */
function isAnother(one: Resource, other: Resource): boolean {
  return one.name !== other.name && (one.namespace ?? "") === (other.namespace ?? "");
}
