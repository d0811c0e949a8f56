import { objectAt } from "../../core/json.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { isEmptySelector } from "../../vocabulary/selector.ts";
import { isFragment } from "../lib/reference.ts";
import { selectedBy } from "../lib/selection.ts";
import { maySelectOthers, nearestPods, podsFor } from "../lib/unmatched.ts";

export const networkPolicyNoPods = definePolicy({
  id: "link/network-policy-no-pods",
  severity: "warning",
  why: "A NetworkPolicy that selects no pods isolates none: the traffic that it should block stays allowed. https://kubernetes.io/docs/concepts/services-networking/network-policies/#the-two-sorts-of-pod-isolation",
  fix: "Make podSelector match the labels of a pod template in the same namespace. If the pods are created elsewhere, declare them: cluster: [{ kind: Pod, labels: { … } }] in gitops.yaml.",
  match: { apiVersion: "networking.k8s.io/*", kind: "NetworkPolicy" },
  *check({ name, namespace, object }, context): Generator<Violation> {
    const selector = objectAt(objectAt(object, "spec"), "podSelector");
    if (isFragment(context) || selector === undefined || isEmptySelector(selector)) return;
    if (selectedBy(selector, namespace, context).length > 0) return;
    if (maySelectOthers(selector, namespace, context)) return;
    const near = nearestPods(selector, namespace, context);
    yield {
      pointer: "/spec/podSelector",
      message: `NetworkPolicy ${name} selects no pods`,
      ...(near !== undefined && { help: near }),
      wants: podsFor(selector, namespace),
    };
  },
});
