import type { Json, JsonObject } from "../../core/json.ts";
import { type Demand, each, from, onObject, rule, type TypeDemands, upTo } from "../../vocabulary/demand.ts";
import { objectsIn } from "../../vocabulary/lists.ts";
import { dns1123Label, pathSegment } from "../../vocabulary/names.ts";
import { absentIsZero, min, nonNegative, positive, range } from "../../vocabulary/numbers.ts";
import type { Check, Place } from "../../vocabulary/place.ts";
import { isUnset, presentAmong, required } from "../../vocabulary/presence.ts";
import { quantityOf } from "../../vocabulary/quantity.ts";
import { exactlyOneWordOf, numberOf, textOf } from "../../vocabulary/text.ts";
import { containerResourceName } from "./resources.ts";

/** No less than the minimum, which is 1 unless it is said. */
const atLeastTheMinimum: Check = (value, at) => {
  const least = numberOf(at.parent.minReplicas, 1);
  if (numberOf(value) >= least || isUnset(value)) return;
  at.invalid(`is ${at.show(value)}, below minReplicas, ${least}`, "Raise maxReplicas, or lower minReplicas.");
};

/** `ValidateAPIVersion`, since 1.34: what is scaled is of some group, but for the kind that the core group has. */
const groupVersion: Check = (value, at) => {
  const [group = "", ...rest] = textOf(value).split("/");
  if (rest.length > 1) at.invalid(`is ${at.show(value)}, which is not group/version`, "Write it like apps/v1.");
  else if (
    at.passes("scaleTargetRef") &&
    at.parent.kind !== "ReplicationController" &&
    (rest.length === 0 || group === "")
  )
    at.invalid(
      `${isUnset(value) ? "is absent and" : `is ${at.show(value)}, which`} names no API group`,
      "Write it like apps/v1.",
    );
};

const reference = {
  kind: [required, pathSegment],
  name: [required, pathSegment],
  apiVersion: from("1.34", groupVersion),
};

const positiveQuantity: Check = (value, at) => {
  const quantity = quantityOf(value);
  if (quantity !== undefined && quantity <= 0n) at.invalid(`is ${at.show(value)}, not above 0`, "Write more than 0.");
};

const notNegative: Check = (value, at) => {
  const quantity = quantityOf(value);
  if (quantity !== undefined && quantity < 0n) at.invalid(`is ${at.show(value)}, below 0`, "Write 0 or more.");
};

/** The field that each type of metric is in. */
const sources: Readonly<Record<string, string>> = {
  Object: "object",
  Pods: "pods",
  Resource: "resource",
  External: "external",
  ContainerResource: "containerResource",
};

/** A metric is in the field of its type, and in no other (`validateMetricSpec`). */
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
    at.under(other, () => at.forbidden("beside another source", "Make two metrics of them."));
  }
});

/** How a target may be worded, by the source of the metric. */
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
    at.under("value", () => at.forbidden("beside averageValue"));
});

const average = target((target, at) => {
  if (!isSet(target, "averageValue")) at.under("averageValue", () => at.required());
});

const utilisationOrAverage = target((target, at) => {
  if (!isSet(target, "averageUtilization") && !isSet(target, "averageValue"))
    at.under("averageUtilization", () => at.required("unless averageValue is set"));
  if (isSet(target, "averageUtilization") && isSet(target, "averageValue"))
    at.under("averageValue", () => at.forbidden("beside averageUtilization"));
});

const targetType: Check = (value, at) => {
  if (isUnset(value)) at.required();
  else if (value !== "Utilization" && value !== "Value" && value !== "AverageValue")
    at.invalid(`is ${at.show(value)}, which is no type of a target`, "Use Utilization, Value or AverageValue.");
};

/** Something outside must tell when the first pod is needed again. */
const wakes: Check = (value, at) => {
  if (at.parent.minReplicas !== 0) return;
  const types = objectsIn(value).map(({ type }) => type);
  if (!types.includes("Object") && !types.includes("External"))
    at.forbidden("without an Object or External metric when minReplicas is 0", "Add one, or raise minReplicas.");
};

/** 0 from 1.37 on (HPAScaleToZero). */
const minReplicas = [upTo("1.36", min(1)), from("1.37", nonNegative)];

const spec = {
  minReplicas,
  metrics: from("1.37", wakes),
  maxReplicas: [required, positive, atLeastTheMinimum],
  scaleTargetRef: reference,
};

const resource: Check = (value, at) => {
  if (isUnset(value)) at.required();
  else if (typeof value === "string") containerResourceName(value, at);
};

/** What is demanded of the types of `autoscaling/v2`, each by itself. */
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

  // validateScalingRules; rules without policies get some, but an empty list of them stays empty.
  "autoscaling.v2.HPAScalingRules": {
    stabilizationWindowSeconds: range(0, 3600),
    selectPolicy: exactlyOneWordOf("Max", "Min", "Disabled"),
    policies: (value: Json | undefined, at: Place) => {
      if (Array.isArray(value) && value.length === 0) at.required("if it is given", "Remove it, or write a policy.");
    },
    tolerance: from("1.35", notNegative),
  },
  "autoscaling.v2.HPAScalingPolicy": {
    type: (value: Json | undefined, at: Place) => exactlyOneWordOf("Pods", "Percent")(value ?? "", at),
    value: absentIsZero(positive),
    periodSeconds: absentIsZero(range(1, 1800)),
  },
};

/** A source with what is in it. */
const source = (type: keyof typeof types): Demand => [
  types[type],
  { metric: types["autoscaling.v2.MetricIdentifier"], target: types["autoscaling.v2.MetricTarget"] },
];

const rules: Demand = [
  types["autoscaling.v2.HPAScalingRules"],
  { policies: each(types["autoscaling.v2.HPAScalingPolicy"]) },
];

/** What is demanded of the metrics and the behavior of an autoscaler as a whole. */
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
  "autoscaling.v2.HorizontalPodAutoscalerSpec": rule("apply/hpa", spec),
  ...Object.fromEntries(Object.entries(types).map(([type, demand]) => [type, rule("apply/hpa", demand)])),
};
