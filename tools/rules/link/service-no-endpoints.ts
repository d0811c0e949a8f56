import { objectAt, stringAt } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type TargetContext, type Violation } from "../../policy/define.ts";
import { isFragment } from "../lib/reference.ts";
import { leastReplicas, podsOf, scalerOf } from "../lib/scale.ts";
import { backendsOf } from "../lib/selection.ts";
import type { Workload } from "../lib/target.ts";
import { maySelectOthers, nearestPods, podsFor } from "../lib/unmatched.ts";

/** The EndpointSlice controller: the endpoints of a Service are the ready pods in its namespace that it selects. */
export const serviceNoEndpoints = definePolicy({
  id: "link/service-no-endpoints",
  severity: "error",
  why: "A Service that selects no pods has no endpoints: its name resolves, but every connection to it fails. https://kubernetes.io/docs/tasks/debug/debug-application/debug-service/#does-the-service-have-any-endpointslices",
  fix: "Make the selector match the labels of a pod template in the same namespace. If the pods are created elsewhere, declare them: cluster: [{ kind: Pod, labels: { … } }] in gitops.yaml.",
  match: { apiVersion: "v1", kind: "Service" },
  *check(service, context): Generator<Violation> {
    const backends = backendsOf(service, context);
    if (backends === undefined || isFragment(context)) return;
    const selector = { matchLabels: objectAt(objectAt(service.object, "spec"), "selector") ?? {} };
    if (backends.length === 0 && !maySelectOthers(selector, service.namespace, context)) {
      const near = nearestPods(selector, service.namespace, context);
      yield {
        pointer: "/spec/selector",
        message: `Service ${service.name} selects no pods: it will have no endpoints`,
        ...(near !== undefined && { help: near }),
        wants: podsFor(selector, service.namespace),
      };
    }
    yield* ofPod(service, backends, context);
    yield* ofIdle(service, backends, context);
  },
});

/** Whoever writes `replicas: 0` mostly means it: the workload is kept to return to it quickly. */
function* ofIdle(service: Resource, backends: readonly Workload[], context: TargetContext): Generator<Violation> {
  const idle = backends.filter((one) => leastReplicas(one, context) === 0);
  if (idle.length === 0 || idle.length < backends.length || isWoken(idle, context)) return;
  const names = [...new Set(idle.map(({ resource }) => `${resource.kind} ${resource.name}`))].sort();
  const by = `Service ${service.name}`;
  yield {
    pointer: "/spec/selector",
    severity: "warning",
    message: `${by} selects only pods of ${names.join(", ")}, which ${names.length > 1 ? "have" : "has"} 0 replicas`,
    help: "If the workload is kept at 0 on purpose, waive this until it runs again, or remove the Service as well. Otherwise, increase spec.replicas.",
    missing: { what: `pods of ${names.join(", ")} in ${service.namespace ?? ""}`, by },
  };
}

/** The label of the StatefulSet controller for each pod: `db-0`. */
const podName = "statefulset.kubernetes.io/pod-name";

function* ofPod(service: Resource, backends: readonly Workload[], context: TargetContext): Generator<Violation> {
  const pod = stringAt(objectAt(objectAt(service.object, "spec"), "selector"), podName);
  const sets = backends.map(({ resource }) => resource);
  if (pod === undefined || sets.some(({ kind }) => kind !== "StatefulSet")) return;
  const known = sets.map((set) => podsOf(set, context));
  if (known.length === 0 || known.some((pods) => pods === undefined || pods.includes(pod))) return;
  const pointer = `/spec/selector/${podName.replace("/", "~1")}`;
  const message = `Service ${service.name} selects pod ${pod}, which does not exist: it will have no endpoints`;
  yield { pointer, message, help: `The pods: ${known.flat().join(", ") || "none"}.`, severity: "warning" };
}

/** An autoscaler may start the first pods when there is work. */
function isWoken(idle: readonly { readonly resource: Resource }[], context: TargetContext): boolean {
  return idle.some(({ resource }) => scalerOf(resource, context) !== undefined);
}
