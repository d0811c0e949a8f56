import { objectAt } from "../../core/json.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { isEmptySelector } from "../../vocabulary/selector.ts";
import { isFragment } from "../lib/reference.ts";
import { selectedBy } from "../lib/selection.ts";
import { maySelectOthers, nearestPods } from "../lib/unmatched.ts";

export const networkPolicyNoPods = definePolicy({
  id: "link/network-policy-no-pods",
  severity: "warning",
  why: "A NetworkPolicy that selects no pod isolates none: what it was meant to close stays open. https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation",
  fix: "Let podSelector ask for labels that the pods' template has, in the same namespace. Where the pods are made elsewhere, say so: cluster: [{ kind: Pod, labels: { … } }] in gitops.yaml.",
  match: { apiVersion: "networking.k8s.io/*", kind: "NetworkPolicy" },
  *check({ name, namespace, object }, context): Generator<Violation> {
    const selector = objectAt(objectAt(object, "spec"), "podSelector");
    if (isFragment(context) || selector === undefined || isEmptySelector(selector)) return;
    if (selectedBy(selector, namespace, context).length > 0) return;
    if (maySelectOthers(selector, namespace, context)) return;
    const near = nearestPods(selector, namespace, context);
    yield {
      pointer: "/spec/podSelector",
      message: `NetworkPolicy ${name} selects no pod`,
      ...(near !== undefined && { help: near }),
      wants: { kind: "Pod", namespace, name: undefined },
    };
  },
});
