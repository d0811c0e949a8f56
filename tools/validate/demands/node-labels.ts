import { type Demand, each, keys } from "../../vocabulary/demand.ts";
import type { Check } from "../../vocabulary/place.ts";

/** Node labels that have been renamed (`GetNodeLabelDeprecatedMessage`). */
const renamed: Readonly<Record<string, string>> = {
  "beta.kubernetes.io/arch": "kubernetes.io/arch",
  "beta.kubernetes.io/os": "kubernetes.io/os",
  "beta.kubernetes.io/instance-type": "node.kubernetes.io/instance-type",
  "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
  "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
  "node-role.kubernetes.io/master": "node-role.kubernetes.io/control-plane",
};

/** Node labels that nothing sets any more. */
const abandoned: Readonly<Record<string, string>> = {
  "app.kubernetes.io/created-by": "Use a different label.",
  "scheduler.alpha.kubernetes.io/preferAvoidPods": "Use taints and tolerations.",
};

/** Warns about the key of an old node label, as the API server does. */
export const oldNodeLabel: Check = (key, at) => {
  if (typeof key !== "string") return;
  if (Object.hasOwn(renamed, key)) at.warn(`is ${key}, a label that has been renamed`, `Use ${renamed[key]}.`);
  else if (Object.hasOwn(abandoned, key)) at.warn(`is ${key}, a label that nothing sets any more`, abandoned[key]);
};

/** Warns about the old keys in a map of node labels. */
export const oldNodeLabels: Demand = keys(oldNodeLabel);

/** Warns about old keys in the expressions of a node selector term or a label selector. */
export const oldNodeLabelsInExpressions: Demand = { matchExpressions: each({ key: oldNodeLabel }) };
