import { expect, it } from "vitest";
import type { Json, JsonObject } from "../../../tools/core/json.ts";
import { said, sentences } from "../subject.ts";

const autoscaler = (name: string, value: Json): JsonObject => ({
  apiVersion: "autoscaling/v1",
  kind: "HorizontalPodAutoscaler",
  metadata: {
    name: "web",
    annotations: {
      [`autoscaling.alpha.kubernetes.io/${name}`]: typeof value === "string" ? value : JSON.stringify(value),
    },
  },
  spec: { scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "web" }, maxReplicas: 3 },
});

const metric = (type: string, of: JsonObject) => ({ type, [type.charAt(0).toLowerCase() + type.slice(1)]: of });
const cpu = { name: "cpu", targetAverageUtilization: 50 };
const pods = { metricName: "m", targetAverageValue: "1" };
const ingress = { target: { kind: "Ingress", name: "n" }, metricName: "m" };
const policy = { type: "Pods", value: 1, periodSeconds: 5 };

// As kube-apiserver 1.36.3 answered.
it.each<[string, Json]>([
  ["metrics", []],
  ["metrics", "{"],
  ["metrics", "{}"],
  ["metrics", "null"],
  ["metrics", [metric("Resource", cpu)]],
  ["metrics", [metric("Resource", { name: "cpu", targetAverageValue: "100m" })]],
  // Annotations that cannot be decoded are ignored.
  ["metrics", [metric("Resource", { name: "cpu", targetAverageUtilization: "x" })]],
  ["metrics", [metric("Pods", pods)]],
  ["metrics", [metric("Pods", { ...pods, selector: { matchLabels: { "a b": "c" } } })]],
  ["metrics", [metric("Object", { ...ingress, targetValue: "1" })]],
  ["metrics", [metric("Object", { ...ingress, averageValue: "2", targetValue: "1" })]],
  ["metrics", [metric("External", { metricName: "m", targetValue: "1" })]],
  ["metrics", [metric("External", { metricName: "m", targetAverageValue: "1" })]],
  ["metrics", [metric("ContainerResource", { ...cpu, container: "a" })]],
  ["metrics", [{ ...metric("Resource", cpu), other: 1 }]],
  ["behavior", {}],
  ["behavior", "{"],
  ["behavior", { scaleUp: null }],
  ["behavior", { scaleUp: { policies: [policy] } }],
  ["behavior", { scaleUp: { policies: [{ ...policy, value: "x" }] } }],
  ["behavior", { scaleDown: { selectPolicy: "Max", policies: [policy], tolerance: "0.1" } }],
  ["behavior", { other: 1 }],
  ["current-metrics", [{ type: "Foo" }]],
])("accepts %s %j", (name, value) => {
  expect(said(autoscaler(name, value))).toEqual([]);
});

it.each<[string, Json]>([
  ["metrics", [{ type: "Foo" }]],
  ["metrics", [{ TYPE: "Foo" }]],
  ["metrics", [{ type: "Resource" }]],
  ["metrics", [metric("Resource", { ...cpu, targetAverageUtilization: 0 })]],
  ["metrics", [{ type: "Resource", RESOURCE: { Name: "cpu", targetaverageutilization: 0 } }]],
  ["metrics", [metric("Resource", { name: "cpu", targetAverageValue: "0" })]],
  ["metrics", [metric("Resource", { name: "cpu" })]],
  ["metrics", [metric("Resource", { targetAverageUtilization: 50 })]],
  ["metrics", [metric("Resource", { ...cpu, targetAverageValue: "1" })]],
  ["metrics", [metric("Pods", { metricName: "m" })]],
  ["metrics", [metric("Pods", { targetAverageValue: "1" })]],
  ["metrics", [metric("Object", { ...ingress, target: { kind: "S" }, targetValue: "1" })]],
  ["metrics", [metric("Object", ingress)]],
  ["metrics", [metric("External", { metricName: "m" })]],
  ["metrics", [metric("External", { metricName: "m/n", targetValue: "1" })]],
  ["metrics", [metric("External", { metricName: "m", targetValue: "1", targetAverageValue: "1" })]],
  ["metrics", [metric("ContainerResource", cpu)]],
  ["metrics", [metric("ContainerResource", { ...cpu, container: "a", targetAverageUtilization: 0 })]],
  ["metrics", [{ ...metric("Resource", cpu), ...metric("Pods", pods), type: "Resource" }]],
  ["behavior", { scaleUp: {} }],
  ["behavior", { ScaleUp: { Policies: [] } }],
  ["behavior", { scaleUp: { policies: [{ ...policy, value: 0 }] } }],
  ["behavior", { scaleUp: { policies: [{ ...policy, type: "X" }] } }],
  ["behavior", { scaleUp: { policies: [policy], selectPolicy: "Foo" } }],
  ["behavior", { scaleUp: { policies: [policy], tolerance: "-0.1" } }],
  ["behavior", { scaleDown: { policies: [policy], stabilizationWindowSeconds: 3601 } }],
  ["behavior", { scaleDown: { policies: [{ ...policy, periodSeconds: 1801 }] } }],
])("rejects %s %j", (name, value) => {
  expect(said(autoscaler(name, value))).toEqual([
    `apply/hpa /metadata/annotations/autoscaling.alpha.kubernetes.io~1${name}`,
  ]);
});

it("explains which field the annotation sets", () => {
  expect(sentences(autoscaler("metrics", [{ type: "Foo" }]))).toEqual([
    expect.stringMatching(/annotations.* describes an autoscaler whose spec\.metrics\[0\]\.type is "Foo"; only /),
  ]);
});
