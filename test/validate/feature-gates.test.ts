import { expect, test } from "vitest";
import type { FeatureGate } from "../../tools/core/existing.ts";
import type { Json, JsonObject } from "../../tools/core/json.ts";
import { resourceOf } from "../../tools/core/resource.ts";
import { loadSchemas, validate } from "../../tools/validate/index.ts";
import { updateProblems } from "../../tools/validate/update/index.ts";
import { check, repository } from "../run.ts";

const schemas = await loadSchemas();
const scaled = { apiVersion: "apps/v1", kind: "Deployment", name: "web" };
const autoscaler = (spec: JsonObject, apiVersion = "autoscaling/v2", annotations: JsonObject = {}): JsonObject => ({
  apiVersion,
  kind: "HorizontalPodAutoscaler",
  metadata: { name: "web", annotations },
  spec: { scaleTargetRef: scaled, maxReplicas: 3, ...spec },
});

const target = { type: "Value", value: "1" };
const external = { type: "External", external: { metric: { name: "queue" }, target } };
const object = { type: "Object", object: { metric: { name: "queue" }, target, describedObject: scaled } };
const cpu = { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } } };

const gates: FeatureGate[] = ["HPAScaleToZero"];
const zero = (...metrics: Json[]) => autoscaler({ minReplicas: 0, metrics });
const queue = [{ type: "External", external: { metricName: "queue", targetValue: "1" } }];
const annotated = { "autoscaling.alpha.kubernetes.io/metrics": JSON.stringify(queue) };

/** `MinReplicasLowerBound` and `validateMetrics` in k8s.io/kubernetes/pkg/apis/autoscaling/validation */
test.each<[object: JsonObject, version: string, featureGates: FeatureGate[] | undefined, rejected: string[]]>([
  [zero(external), "1.36", undefined, ["/spec/minReplicas"]],
  [zero(external), "1.36", gates, []],
  [zero(cpu, object), "1.30", gates, []],
  [zero(external), "1.37", undefined, []],
  [zero(cpu), "1.36", undefined, ["/spec/minReplicas"]],
  [zero(cpu), "1.36", gates, ["/spec/metrics"]],
  [zero(), "1.36", gates, ["/spec/metrics"]],
  [zero(cpu), "1.37", undefined, ["/spec/metrics"]],
  [autoscaler({ minReplicas: -1, metrics: [external] }), "1.36", gates, ["/spec/minReplicas"]],
  [autoscaler({ minReplicas: 1, metrics: [cpu] }), "1.36", gates, []],
  [autoscaler({ minReplicas: 0 }, "autoscaling/v1"), "1.36", gates, ["/spec/metrics"]],
  [autoscaler({ minReplicas: 0 }, "autoscaling/v1", annotated), "1.36", gates, []],
  [autoscaler({ minReplicas: 0 }, "autoscaling/v1", annotated), "1.36", undefined, ["/spec/minReplicas"]],
  [autoscaler({ minReplicas: 0 }, "autoscaling/v1", annotated), "1.37", undefined, []],
])("%j in Kubernetes %s with the feature gates %j", (manifest, version, featureGates, rejected) => {
  const { problems } = validate(resourceOf(manifest), { versions: [version], schemas, featureGates });
  expect(problems.map(({ pointer }) => pointer)).toEqual(rejected);
});

test("an update to 0", () => {
  const before = resourceOf(autoscaler({ minReplicas: 1, metrics: [external] }));
  const after = resourceOf(zero(external));
  expect(updateProblems(before, after, { versions: ["1.36"], schemas, featureGates: gates })).toEqual([]);
});

test("gitops.yaml sets the feature gates of a cluster", async () => {
  const helpFor = async (manifest: JsonObject, files: Record<string, string> = {}) => {
    const cwd = repository({ ...files, "hpa.yaml": JSON.stringify(manifest) });
    const { report } = await check(["hpa.yaml"], { cwd });
    return report.findings.filter(({ rule }) => rule === "apply/hpa").map(({ help }) => help);
  };
  expect(await helpFor(zero(external))).toEqual([
    "Kubernetes before 1.37 accepts 0 only with the feature gate HPAScaleToZero. " +
      "If the cluster has it, add it to featureGates in gitops.yaml; otherwise use 1 or more.",
  ]);
  expect(await helpFor(zero(cpu))).toEqual(["Use 1 or more."]);
  expect(await helpFor(zero(external), { "gitops.yaml": "featureGates: [HPAScaleToZero]" })).toEqual([]);
});
