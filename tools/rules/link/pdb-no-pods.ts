import { objectAt } from "../../core/json.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { isFragment } from "../lib/reference.ts";
import { budgetedBy } from "../lib/selection.ts";
import { maySelectOthers, nearestPods, podsFor } from "../lib/unmatched.ts";

export const pdbNoPods = definePolicy({
  id: "link/pdb-no-pods",
  severity: "error",
  why: "A disruption budget that selects no pods protects none: a drain may evict all pods of the workload at once. https://kubernetes.io/docs/tasks/run-application/configure-pdb/",
  fix: "Make the selector match the labels of a pod template in the same namespace. If the pods are created elsewhere, declare them: cluster: [{ kind: Pod, labels: { … } }] in gitops.yaml.",
  match: { apiVersion: "policy/*", kind: "PodDisruptionBudget" },
  *check(budget, context): Generator<Violation> {
    const { name, namespace, object } = budget;
    const selector = objectAt(objectAt(object, "spec"), "selector");
    if (isFragment(context) || selector === undefined || budgetedBy(budget, context).length > 0) return;
    if (maySelectOthers(selector, namespace, context)) return;
    const near = nearestPods(selector, namespace, context);
    yield {
      pointer: "/spec/selector",
      message: `PodDisruptionBudget ${name} selects no pods`,
      ...(near !== undefined && { help: near }),
      wants: podsFor(selector, namespace),
    };
  },
});
