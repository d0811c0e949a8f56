import { type Demand, each, keys } from "../../vocabulary/demand.ts";
import type { Check } from "../../vocabulary/place.ts";

/** Labels of nodes that have another name today (`GetNodeLabelDeprecatedMessage`). */
const renamed: Readonly<Record<string, string>> = {
  "beta.kubernetes.io/arch": "kubernetes.io/arch",
  "beta.kubernetes.io/os": "kubernetes.io/os",
  "beta.kubernetes.io/instance-type": "node.kubernetes.io/instance-type",
  "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
  "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
  "node-role.kubernetes.io/master": "node-role.kubernetes.io/control-plane",
};

/** Labels of nodes that nothing sets any more. */
const abandoned: Readonly<Record<string, string>> = {
  "app.kubernetes.io/created-by": "Select by another label.",
  "scheduler.alpha.kubernetes.io/preferAvoidPods": "Use taints and tolerations.",
};

/** The key of a node's label, where one is named: of old ones, the API server warns. */
export const oldNodeLabel: Check = (key, at) => {
  if (typeof key !== "string") return;
  if (Object.hasOwn(renamed, key)) at.warn(`is ${key}, a label with another name today`, `Use ${renamed[key]}.`);
  else if (Object.hasOwn(abandoned, key)) at.warn(`is ${key}, a label that nothing sets any more`, abandoned[key]);
};

/** Of a map of nodes' labels. */
export const oldNodeLabels: Demand = keys(oldNodeLabel);

/** Of the expressions over nodes' labels: a term of a node selector, a label selector. */
export const oldNodeLabelsInExpressions: Demand = { matchExpressions: each({ key: oldNodeLabel }) };
