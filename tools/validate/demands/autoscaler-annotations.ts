import { isObject, type Json, type JsonObject, objectAt } from "../../core/json.ts";
import { checkOf, onObject, rule, type TypeDemands } from "../../vocabulary/demand.ts";
import { Place } from "../../vocabulary/place.ts";
import { quantityOf } from "../../vocabulary/quantity.ts";
import { textOf } from "../../vocabulary/text.ts";
import { fewestReplicas, metricsAndBehavior } from "./horizontal-pod-autoscaler.ts";

/** Reads a value like Go decodes it into a type; undefined if that fails. Null leaves a field unset. */
type Reader = (value: Json) => Json | undefined;

const text: Reader = (value) => (typeof value === "string" ? value : undefined);
const int32: Reader = (value) => (Number.isInteger(value) && Number(value) === (Number(value) | 0) ? value : undefined);
const quantity: Reader = (value) => (quantityOf(value) === undefined ? undefined : value);

const listOf =
  (read: Reader): Reader =>
  (value) => {
    const elements = Array.isArray(value) ? value.map((one) => (one === null ? {} : read(one))) : undefined;
    return elements?.every((one) => one !== undefined) ? elements : undefined;
  };

const mapOf =
  (read: Reader): Reader =>
  (value) => {
    const isRead = (one: Json) => one === null || read(one) !== undefined;
    return isObject(value) && Object.values(value).every(isRead) ? value : undefined;
  };

/** The names of fields match in any case, and unknown fields are ignored (`encoding/json`). */
function struct(fields: Readonly<Record<string, Reader>>): Reader {
  const named = new Map(Object.entries(fields).map(([name, read]) => [name.toLowerCase(), { name, read }]));
  return (value) => {
    if (!isObject(value)) return undefined;
    const entries: [string, Json][] = [];
    for (const [key, given] of Object.entries(value)) {
      const field = named.get(key.toLowerCase());
      if (field === undefined || given === null) continue;
      const read = field.read(given);
      if (read === undefined) return undefined;
      entries.push([field.name, read]);
    }
    return Object.fromEntries(entries);
  };
}

const requirement = struct({ key: text, operator: text, values: listOf(text) });
const selector = struct({ matchLabels: mapOf(text), matchExpressions: listOf(requirement) });
const averages = { targetAverageUtilization: int32, targetAverageValue: quantity };

/** `MetricSpec` of `autoscaling/v1`. */
const metricsOfV1 = listOf(
  struct({
    type: text,
    object: struct({
      target: struct({ kind: text, name: text, apiVersion: text }),
      metricName: text,
      targetValue: quantity,
      averageValue: quantity,
      selector,
    }),
    pods: struct({ metricName: text, targetAverageValue: quantity, selector }),
    resource: struct({ name: text, ...averages }),
    containerResource: struct({ name: text, container: text, ...averages }),
    external: struct({
      metricName: text,
      metricSelector: selector,
      targetValue: quantity,
      targetAverageValue: quantity,
    }),
  }),
);

const scalingRules = struct({
  stabilizationWindowSeconds: int32,
  selectPolicy: text,
  policies: listOf(struct({ type: text, value: int32, periodSeconds: int32 })),
  tolerance: quantity,
});
const behavior = struct({ scaleUp: scalingRules, scaleDown: scalingRules });

/** Converts metric sources from `autoscaling/v1` to `autoscaling/v2` (`pkg/apis/autoscaling/v1/conversion.go`). */
const conversions: Readonly<Record<string, (source: JsonObject) => JsonObject>> = {
  object: ({ target = {}, metricName, targetValue = "0", averageValue }) => ({
    describedObject: target,
    ...metricOf(
      metricName,
      averageValue === undefined || quantityOf(targetValue) !== 0n ? targetValue : undefined,
      averageValue,
    ),
  }),
  pods: ({ metricName, targetAverageValue = "0" }) => metricOf(metricName, undefined, targetAverageValue),
  external: ({ metricName, targetValue, targetAverageValue }) => metricOf(metricName, targetValue, targetAverageValue),
  resource: ofResource,
  containerResource: ofResource,
};

function metricOf(name: Json = "", value: Json = null, averageValue: Json = null): JsonObject {
  return { metric: { name }, target: { type: "Value", value, averageValue } };
}

function ofResource(source: JsonObject): JsonObject {
  const { targetAverageUtilization = null, targetAverageValue = null, ...named } = source;
  const target = {
    type: "Utilization",
    averageUtilization: targetAverageUtilization,
    averageValue: targetAverageValue,
  };
  return { ...named, target };
}

function metricOfV2(metric: Json): JsonObject {
  const fields = Object.entries(isObject(metric) ? metric : {});
  return Object.fromEntries(
    fields.map(([key, value]) => [key, (isObject(value) ? conversions[key]?.(value) : undefined) ?? value]),
  );
}

/** Rules from annotations get no default policies. */
function rulesOfV2(rules: Json): Json {
  return isObject(rules) ? { policies: [], ...rules } : rules;
}

/** The annotations that replace fields missing in `autoscaling/v1`, and the specs that they are converted to. */
const annotations: Readonly<Record<string, (value: Json) => JsonObject | undefined>> = {
  metrics: (value) => {
    const metrics = metricsOfV1(value);
    return Array.isArray(metrics) ? { metrics: metrics.map(metricOfV2) } : undefined;
  },
  behavior: (value) => {
    const rules = behavior(value);
    if (!isObject(rules)) return undefined;
    return { behavior: Object.fromEntries(Object.entries(rules).map(([key, one]) => [key, rulesOfV2(one)])) };
  },
};

const judged = checkOf({ spec: metricsAndBehavior });

/** Validates the annotations of an `autoscaling/v1` autoscaler like the fields that they stand for. */
const annotated = onObject((object, at) => {
  for (const name of Object.keys(annotations)) {
    const key = keyOf(name);
    const spec = specFrom(name, object);
    if (spec === undefined) continue;
    const place = new Place({ spec }, at.apiVersion, "", at.asked);
    judged(place.root, place);
    for (const { reason = "Invalid", message, help } of place.told().slice(0, 1))
      at.beneath(["metadata", "annotations", key], () =>
        at.say(reason, `describes an autoscaler whose ${message.replace(/^\./, "")}`, help),
      );
  }
});

const keyOf = (name: string) => `autoscaling.alpha.kubernetes.io/${name}`;

/** What an annotation adds to the spec. */
function specFrom(name: string, object: JsonObject): JsonObject | undefined {
  const given = objectAt(objectAt(object, "metadata"), "annotations");
  return annotations[name]?.(parsed(textOf(given?.[keyOf(name)])));
}

const judgedReplicas = checkOf({ spec: fewestReplicas });

/** Validates the replicas with the metrics of the annotation, if there are any. */
const replicas = onObject((object, at) => {
  const spec = { ...objectAt(object, "spec"), ...specFrom("metrics", object) };
  judgedReplicas({ spec }, at);
});

function parsed(source: string): Json {
  try {
    return JSON.parse(source);
  } catch {
    return null;
  }
}

export const autoscalerAnnotations: TypeDemands = {
  "autoscaling.v1.HorizontalPodAutoscaler": rule("apply/hpa", [replicas, annotated]),
};
