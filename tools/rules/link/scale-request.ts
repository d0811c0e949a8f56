import { isObject, type JsonObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import { type Pod, runsOn } from "../../core/pod.ts";
import { groupOf, type Resource } from "../../core/resource.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { admittedPod, amountsFor, judgedContainers } from "../lib/admitted.ts";
import { hasOtherRanges } from "../lib/limit-ranges.ts";
import { isSizedByAutoscaler, type Scaler, scalersOf } from "../lib/scale.ts";
import { indexOf } from "../lib/target.ts";

/** A metric that is measured against what containers request: all that run, or one. */
interface Metric {
  readonly name: string;
  readonly container: string | undefined;
  readonly pointer: string;
}

/** `calculateRequests` and `computeReplicasForMetrics` in k8s.io/kubernetes/pkg/controller/podautoscaler. */
export const scaleRequest = definePolicy({
  id: "link/scale-request",
  severity: "error",
  why: "An autoscaler that keeps the utilization of CPU or memory divides what is used by what is requested. Where a container that runs requests none, sidecars included, there is nothing to divide by (“missing request for cpu”): it scales nothing, and with other metrics beside this one it never takes pods away. https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#how-does-a-horizontalpodautoscaler-work",
  fix: "Write resources.requests for what is measured in every container that runs, or measure an averageValue, or one container alone (type: ContainerResource).",
  *checkTarget(context): Generator<Violation> {
    for (const scaler of scalersOf(context)) {
      const group = groupOf(scaler.apiVersion);
      const kind = group === "" ? scaler.kind : `${scaler.kind}.${group}`;
      const { resource } = scaler;
      const workload = indexOf(context).find(kind, resource.namespace, scaler.name);
      const pod = workload && admittedPod(workload, context);
      if (workload === undefined || pod === undefined || isSizedByAutoscaler(workload, context)) continue;
      if (hasOtherRanges(workload.namespace, context)) continue;
      const { metrics, count } = metricsOf(scaler);
      const lacking = metrics.map((metric) => ({ metric, names: lackingIn(pod, metric) }));
      const faulty = lacking.filter(({ names }) => names.length > 0);
      for (const { metric, names } of faulty) {
        const all = faulty.length >= count;
        yield {
          resource,
          pointer: metric.pointer,
          message: `${messageFor(resource, metric, workload, names)}: ${all ? "it scales nothing" : "it never takes pods away"}`,
          ...(!all && { severity: "warning" }),
          wants: { kind: "LimitRange", namespace: workload.namespace, name: undefined },
        };
      }
    }
  },
});

function messageFor(scaler: Resource, { name }: Metric, workload: Resource, names: readonly string[]): string {
  const containers = `${names.length > 1 ? "containers" : "container"} ${names.join(", ")}`;
  const lack = names.length > 1 ? "request none" : "requests none";
  return `${scaler.kind} ${scaler.name} measures ${name} by what is requested, and ${containers} of ${workload.kind} ${workload.name} ${lack}`;
}

/** The containers that run without a request. What the pod requests as a whole counts for all of it. */
function lackingIn(pod: Pod, { name, container }: Metric): string[] {
  const ofPod = objectAt(objectAt(pod.spec, "resources"), "requests") ?? {};
  if (container === undefined && Object.keys(ofPod).length > 0) return [];
  return judgedContainers(pod)
    .filter((one) => runsOn(one) && (container === undefined || one.name === container))
    .filter((one) => (amountsFor(one, "requests")[name] ?? null) === null)
    .map((one) => one.name);
}

function metricsOf({ resource: { kind, apiVersion, object } }: Scaler): { metrics: Metric[]; count: number } {
  const spec = objectAt(object, "spec");
  if (kind === "ScaledObject") return ofTriggers(listAt(spec, "triggers"));
  if (apiVersion === "autoscaling/v1") return ofFirstVersion(object);
  const metrics = listAt(spec, "metrics");
  // Without any, it keeps 80% of CPU (`SetDefaults_HorizontalPodAutoscaler`).
  if (metrics.length === 0) return { metrics: [{ name: "cpu", container: undefined, pointer: "/spec" }], count: 1 };
  return {
    metrics: metrics.flatMap((metric, index) => (isObject(metric) ? ofMetric(metric, `/spec/metrics/${index}`) : [])),
    count: metrics.length,
  };
}

function ofMetric(metric: JsonObject, pointer: string): Metric[] {
  const field =
    metric.type === "Resource" ? "resource" : metric.type === "ContainerResource" ? "containerResource" : "";
  const source = objectAt(metric, field);
  const target = objectAt(source, "target");
  // In autoscaling/v2beta1, the target stands in the source itself.
  const isShare = target === undefined ? "targetAverageUtilization" in (source ?? {}) : target.type === "Utilization";
  const name = stringAt(source, "name");
  if (name === undefined || !isShare) return [];
  return [{ name, container: stringAt(source, "container"), pointer: `${pointer}/${field}/name` }];
}

function ofFirstVersion(object: JsonObject): { metrics: Metric[]; count: number } {
  const annotations = objectAt(objectAt(object, "metadata"), "annotations") ?? {};
  // Others are written there.
  if (Object.hasOwn(annotations, "autoscaling.alpha.kubernetes.io/metrics")) return { metrics: [], count: 0 };
  const isWritten = (objectAt(object, "spec")?.targetCPUUtilizationPercentage ?? null) !== null;
  const pointer = isWritten ? "/spec/targetCPUUtilizationPercentage" : "/spec";
  return { metrics: [{ name: "cpu", container: undefined, pointer }], count: 1 };
}

/** https://keda.sh/docs/latest/scalers/cpu/ */
function ofTriggers(triggers: readonly unknown[]): { metrics: Metric[]; count: number } {
  const metrics = triggers.flatMap((trigger, index): Metric[] => {
    if (!isObject(trigger as JsonObject)) return [];
    const { type, metricType, metadata } = trigger as JsonObject;
    const settings = isObject(metadata) ? metadata : {};
    if ((type !== "cpu" && type !== "memory") || (metricType ?? settings.type) !== "Utilization") return [];
    return [{ name: type, container: stringAt(settings, "containerName"), pointer: `/spec/triggers/${index}` }];
  });
  return { metrics, count: triggers.length };
}
