import type { Json, JsonObject } from "../../core/json.ts";
import { type Demand, each, from, gated, onObject, rule, type TypeDemands, upTo } from "../../vocabulary/demand.ts";
import { objectsIn } from "../../vocabulary/lists.ts";
import { dns1123Label, pathSegment } from "../../vocabulary/names.ts";
import { absentIsZero, isNumber, min, nonNegative, positive, range } from "../../vocabulary/numbers.ts";
import type { Check, Place } from "../../vocabulary/place.ts";
import { isUnset, presentAmong, required } from "../../vocabulary/presence.ts";
import { quantityOf } from "../../vocabulary/quantity.ts";
import { exactlyOneWordOf, numberOf, textOf } from "../../vocabulary/text.ts";
import { containerResourceName } from "./resources.ts";

/** Not less than the minimum, which is 1 by default. */
const atLeastTheMinimum: Check = (value, at) => {
  const least = numberOf(at.parent.minReplicas, 1);
  if (numberOf(value) >= least || isUnset(value)) return;
  at.invalid(`is ${at.show(value)}, but minReplicas is ${least}`, "Raise maxReplicas, or lower minReplicas.");
};

/** `ValidateAPIVersion`, since 1.34: the target must have an API group, except for a ReplicationController. */
const groupVersion: Check = (value, at) => {
  const [group = "", ...rest] = textOf(value).split("/");
  if (rest.length > 1) at.invalid(`is ${at.show(value)}, which is not group/version`, "Use a value such as apps/v1.");
  else if (
    at.passes("scaleTargetRef") &&
    at.parent.kind !== "ReplicationController" &&
    (rest.length === 0 || group === "")
  )
    at.invalid(
      `${isUnset(value) ? "is missing" : `is ${at.show(value)}`}; it must name an API group`,
      "Use a value such as apps/v1.",
    );
};

const reference = {
  kind: [required, pathSegment],
  name: [required, pathSegment],
  apiVersion: from("1.34", groupVersion),
};

const positiveQuantity: Check = (value, at) => {
  const quantity = quantityOf(value);
  if (quantity !== undefined && quantity <= 0n)
    at.invalid(`is ${at.show(value)}; it must be more than 0`, "Set it to more than 0.");
};

const notNegative: Check = (value, at) => {
  const quantity = quantityOf(value);
  if (quantity !== undefined && quantity < 0n)
    at.invalid(`is ${at.show(value)}; it must not be negative`, "Set it to 0 or more.");
};

/** The field of each type of metric. */
const sources: Readonly<Record<string, string>> = {
  Object: "object",
  Pods: "pods",
  Resource: "resource",
  External: "external",
  ContainerResource: "containerResource",
};

/** A metric must set the field of its type, and no other (`validateMetricSpec`). */
const sourceOfType = onObject((metric, at) => {
  const type = textOf(metric.type);
  const wanted = Object.hasOwn(sources, type) ? sources[type] : undefined;
  const present = presentAmong(metric, Object.values(sources));
  at.under("type", () => {
    if (type === "") at.required();
    else if (wanted === undefined) at.notSupported(type, Object.keys(sources));
  });
  if (wanted !== undefined && !present.includes(wanted)) at.under(wanted, () => at.required(`when type is ${type}`));
  if (present.length < 2) return;
  for (const other of present.filter((name) => name !== wanted)) {
    at.under(other, () => at.forbidden("together with another source", "Split it into two metrics."));
  }
});

/** A check of the target of a metric. */
function target(check: (target: JsonObject, at: Place) => void): { target: Check } {
  return { target: onObject(check) };
}

const isSet = (target: JsonObject, field: string) => target[field] !== undefined && target[field] !== null;

const averageOrValue = target((target, at) => {
  if (!isSet(target, "value") && !isSet(target, "averageValue"))
    at.under("averageValue", () => at.required("unless value is set"));
});

const eitherAverageOrValue = target((target, at) => {
  if (!isSet(target, "value") && !isSet(target, "averageValue"))
    at.under("averageValue", () => at.required("unless value is set"));
  if (isSet(target, "value") && isSet(target, "averageValue"))
    at.under("value", () => at.forbidden("together with averageValue"));
});

const average = target((target, at) => {
  if (!isSet(target, "averageValue")) at.under("averageValue", () => at.required());
});

const utilisationOrAverage = target((target, at) => {
  if (!isSet(target, "averageUtilization") && !isSet(target, "averageValue"))
    at.under("averageUtilization", () => at.required("unless averageValue is set"));
  if (isSet(target, "averageUtilization") && isSet(target, "averageValue"))
    at.under("averageValue", () => at.forbidden("together with averageUtilization"));
});

const targetType: Check = (value, at) => {
  if (isUnset(value)) at.required();
  else if (value !== "Utilization" && value !== "Value" && value !== "AverageValue")
    at.invalid(`is ${at.show(value)}, which is not a target type`, "Use Utilization, Value or AverageValue.");
};

/** Whether a metric exists without pods, so that it can show that one is needed again. */
const wakes = (metrics: Json | undefined) =>
  objectsIn(metrics).some(({ type }) => type === "Object" || type === "External");

/** `validateMetrics` */
const wakesFromZero: Check = (value, at) => {
  if (at.parent.minReplicas !== 0 || wakes(value)) return;
  const add = at.apiVersion === "autoscaling/v1" ? "Add one with autoscaling/v2" : "Add one";
  at.forbidden("without an Object or External metric when minReplicas is 0", `${add}, or raise minReplicas.`);
};

const zeroGate = "HPAScaleToZero";

const notZero: Check = (value, at) => {
  if (!isNumber(value) || value >= 1) return;
  const isGated = value === 0 && wakes(at.parent.metrics);
  const gate = `Kubernetes before 1.37 accepts 0 only with the feature gate ${zeroGate}. If the cluster has it, add it to featureGates in gitops.yaml; otherwise use 1 or more.`;
  at.invalid(`is ${at.show(value)}; it must be at least 1`, isGated ? gate : "Use 1 or more.");
};

/** The feature gate is on by default from 1.37 on. */
const scalingToZero = (on: Demand, off: Demand = []) => [from("1.37", on), upTo("1.36", gated(zeroGate, on, off))];

/** The demands on the replicas and metrics of a spec, wherever it has its metrics. */
export const fewestReplicas: Demand = {
  minReplicas: scalingToZero(nonNegative, notZero),
  metrics: scalingToZero(wakesFromZero),
};

const spec = {
  maxReplicas: [required, positive, atLeastTheMinimum],
  scaleTargetRef: reference,
};

const resource: Check = (value, at) => {
  if (isUnset(value)) at.required();
  else if (typeof value === "string") containerResourceName(value, at);
};

/** The demands on each type of `autoscaling/v2`. */
const types = {
  "autoscaling.v2.MetricSpec": sourceOfType,
  "autoscaling.v2.ObjectMetricSource": [{ describedObject: reference }, averageOrValue],
  "autoscaling.v2.PodsMetricSource": average,
  "autoscaling.v2.ExternalMetricSource": eitherAverageOrValue,
  "autoscaling.v2.ResourceMetricSource": [{ name: required }, utilisationOrAverage],
  "autoscaling.v2.ContainerResourceMetricSource": [
    { name: resource, container: [required, dns1123Label] },
    utilisationOrAverage,
  ],
  "autoscaling.v2.MetricIdentifier": { name: [required, pathSegment] },
  "autoscaling.v2.MetricTarget": {
    type: targetType,
    value: positiveQuantity,
    averageValue: positiveQuantity,
    averageUtilization: positive,
  },

  // validateScalingRules; missing policies get a default, but an empty list stays empty.
  "autoscaling.v2.HPAScalingRules": {
    stabilizationWindowSeconds: range(0, 3600),
    selectPolicy: exactlyOneWordOf("Max", "Min", "Disabled"),
    policies: (value: Json | undefined, at: Place) => {
      if (Array.isArray(value) && value.length === 0)
        at.required("to have a policy if it is set", "Remove it, or add a policy.");
    },
    tolerance: from("1.35", notNegative),
  },
  "autoscaling.v2.HPAScalingPolicy": {
    type: (value: Json | undefined, at: Place) => exactlyOneWordOf("Pods", "Percent")(value ?? "", at),
    value: absentIsZero(positive),
    periodSeconds: absentIsZero(range(1, 1800)),
  },
};

/** The demands on a metric source and its fields. */
const source = (type: keyof typeof types): Demand => [
  types[type],
  { metric: types["autoscaling.v2.MetricIdentifier"], target: types["autoscaling.v2.MetricTarget"] },
];

const rules: Demand = [
  types["autoscaling.v2.HPAScalingRules"],
  { policies: each(types["autoscaling.v2.HPAScalingPolicy"]) },
];

/** The demands on the metrics and the behavior of an autoscaler, including all types inside. */
export const metricsAndBehavior: Demand = {
  metrics: each([
    types["autoscaling.v2.MetricSpec"],
    {
      object: source("autoscaling.v2.ObjectMetricSource"),
      pods: source("autoscaling.v2.PodsMetricSource"),
      resource: [types["autoscaling.v2.ResourceMetricSource"], { target: types["autoscaling.v2.MetricTarget"] }],
      containerResource: [
        types["autoscaling.v2.ContainerResourceMetricSource"],
        { target: types["autoscaling.v2.MetricTarget"] },
      ],
      external: source("autoscaling.v2.ExternalMetricSource"),
    },
  ]),
  behavior: { scaleUp: rules, scaleDown: rules },
};

/** https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/ */
export const horizontalPodAutoscaler: TypeDemands = {
  "autoscaling.v1.HorizontalPodAutoscalerSpec": rule("apply/hpa", [spec, { targetCPUUtilizationPercentage: min(1) }]),
  "autoscaling.v2.HorizontalPodAutoscalerSpec": rule("apply/hpa", [fewestReplicas, spec]),
  ...Object.fromEntries(Object.entries(types).map(([type, demand]) => [type, rule("apply/hpa", demand)])),
};
