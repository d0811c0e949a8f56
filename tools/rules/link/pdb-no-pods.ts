import { objectAt } from "../../core/json.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { isFragment } from "../lib/reference.ts";
import { budgetedBy } from "../lib/selection.ts";
import { maySelectOthers, nearestPods } from "../lib/unmatched.ts";

export const pdbNoPods = definePolicy({
  id: "link/pdb-no-pods",
  severity: "error",
  why: "A disruption budget that selects no pod protects none: a drain takes all pods of the workload at once. https://kubernetes.io/docs/tasks/run-application/configure-pdb/",
  fix: "Let the selector ask for labels that the pods' template has, in the same namespace. Where the pods are made elsewhere, say so: cluster: [{ kind: Pod, labels: { … } }] in gitops.yaml.",
  match: { apiVersion: "policy/*", kind: "PodDisruptionBudget" },
  *check(budget, context): Generator<Violation> {
    const { name, namespace, object } = budget;
    const selector = objectAt(objectAt(object, "spec"), "selector");
    if (isFragment(context) || selector === undefined || budgetedBy(budget, context).length > 0) return;
    if (maySelectOthers(selector, namespace, context)) return;
    const near = nearestPods(selector, namespace, context);
    yield {
      pointer: "/spec/selector",
      message: `PodDisruptionBudget ${name} selects no pod`,
      ...(near !== undefined && { help: near }),
      wants: { kind: "Pod", namespace, name: undefined },
    };
  },
});
