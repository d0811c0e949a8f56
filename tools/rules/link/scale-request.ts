import { isObject, type JsonObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import { type Pod, runsOn } from "../../core/pod.ts";
import { groupOf, type Resource } from "../../core/resource.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { admittedPod, amountsFor, countedContainers } from "../lib/admitted.ts";
import { hasOtherRanges } from "../lib/limit-ranges.ts";
import { isSizedByAutoscaler, type Scaler, scalersOf } from "../lib/scale.ts";
import { indexOf } from "../lib/target.ts";

/** A metric that is compared with the requests of one container, or of all running containers. */
interface Metric {
  readonly name: string;
  readonly container: string | undefined;
  readonly pointer: string;
}

/** `calculateRequests` and `computeReplicasForMetrics` in k8s.io/kubernetes/pkg/controller/podautoscaler. */
export const scaleRequest = definePolicy({
  id: "link/scale-request",
  severity: "error",
  why: "An autoscaler that targets the utilization of CPU or memory divides usage by requests. If a running container, sidecars included, has no request, there is nothing to divide by (“missing request for cpu”): it cannot scale, and if it has other metrics too, it never scales down. https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#how-does-a-horizontalpodautoscaler-work",
  fix: "Set resources.requests for the metric in every running container, target an averageValue instead, or measure a single container (type: ContainerResource).",
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
      for (const metric of metrics) yield* ofUnknown(metric, resource, workload, pod);
      const lacking = metrics.map((metric) => ({ metric, names: lackingIn(pod, metric) }));
      const faulty = lacking.filter(({ names }) => names.length > 0);
      for (const { metric, names } of faulty) {
        const all = faulty.length >= count;
        yield {
          resource,
          pointer: metric.pointer,
          message: `${messageFor(resource, metric, workload, names)}: ${all ? "it cannot scale" : "it never scales down"}`,
          ...(!all && { severity: "warning" }),
          wants: { kind: "LimitRange", namespace: workload.namespace, name: undefined },
        };
      }
    }
  },
});

/** Containers that a mesh injects. */
const injected = ["istio-proxy", "linkerd-proxy", "daprd", "envoy", "vault-agent"];

function* ofUnknown({ name, container, pointer }: Metric, resource: Resource, workload: Resource, pod: Pod) {
  const names = countedContainers(pod).map((one) => one.name);
  if (container === undefined || names.includes(container) || injected.includes(container)) return;
  const message = `${resource.kind} ${resource.name} targets ${name} of container ${container}, which ${workload.kind} ${workload.name} does not have: it cannot scale`;
  yield { resource, pointer, message, help: `Its containers: ${names.join(", ")}.` };
}

function messageFor(scaler: Resource, { name }: Metric, workload: Resource, names: readonly string[]): string {
  const containers = `${names.length > 1 ? "containers" : "container"} ${names.join(", ")}`;
  const lack = `${names.length > 1 ? "request" : "requests"} no ${name}`;
  return `${scaler.kind} ${scaler.name} targets ${name} utilization, but ${containers} of ${workload.kind} ${workload.name} ${lack}`;
}

/** The running containers without a request. A request of the pod as a whole counts for all of them. */
function lackingIn(pod: Pod, { name, container }: Metric): string[] {
  const ofPod = objectAt(objectAt(pod.spec, "resources"), "requests") ?? {};
  if (container === undefined && Object.keys(ofPod).length > 0) return [];
  return countedContainers(pod)
    .filter((one) => runsOn(one) && (container === undefined || one.name === container))
    .filter((one) => (amountsFor(one, "requests")[name] ?? null) === null)
    .map((one) => one.name);
}

function metricsOf({ resource: { kind, apiVersion, object } }: Scaler): { metrics: Metric[]; count: number } {
  const spec = objectAt(object, "spec");
  if (kind === "ScaledObject") return ofTriggers(listAt(spec, "triggers"));
  if (apiVersion === "autoscaling/v1") return ofFirstVersion(object);
  const metrics = listAt(spec, "metrics");
  // Without metrics, the target is 80% of CPU (`SetDefaults_HorizontalPodAutoscaler`).
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
  // In autoscaling/v2beta1, the target is part of the source itself.
  const isShare = target === undefined ? "targetAverageUtilization" in (source ?? {}) : target.type === "Utilization";
  const name = stringAt(source, "name");
  if (name === undefined || !isShare) return [];
  return [{ name, container: stringAt(source, "container"), pointer: `${pointer}/${field}/name` }];
}

function ofFirstVersion(object: JsonObject): { metrics: Metric[]; count: number } {
  const annotations = objectAt(objectAt(object, "metadata"), "annotations") ?? {};
  // This annotation holds other metrics.
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
