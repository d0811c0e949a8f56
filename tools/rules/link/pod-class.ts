import { type JsonObject, objectAt, stringAt } from "../../core/json.ts";
import { type Pod, podKinds, podOf } from "../../core/pod.ts";
import { join } from "../../core/pointer.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type TargetContext, type Violation } from "../../policy/define.ts";
import { amountOf } from "../../validate/demands/resources.ts";
import { podInWords } from "../lib/admitted.ts";
import { indexOf } from "../lib/target.ts";

/** The plugins RuntimeClass and Priority in k8s.io/kubernetes/plugin/pkg/admission. */
export const podClass = definePolicy({
  id: "link/pod-class",
  severity: "error",
  why: "A RuntimeClass defines where its pods run and their overhead, and a PriorityClass defines their priority: the API server rejects a pod that contradicts its class. https://kubernetes.io/docs/concepts/containers/runtime-class/, https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/",
  fix: "Remove the field, or set it to the value in the class.",
  match: { kind: podKinds },
  *check(resource, context): Generator<Violation> {
    const pod = resource.kind === "PodTemplate" ? undefined : podOf(resource);
    if (pod === undefined) return;
    yield* byRuntime(pod, resource, context);
    yield* byPriority(pod, resource, context);
  },
});

function classOf(field: string, kind: string, { spec }: Pod, context: TargetContext): Resource | undefined {
  const name = stringAt(spec, field);
  return name ? indexOf(context).find(kind, undefined, name) : undefined;
}

/** `setScheduling`, `setOverhead` and `validateOverhead`. */
function* byRuntime(pod: Pod, resource: Resource, context: TargetContext): Generator<Violation> {
  const found = classOf("runtimeClassName", "RuntimeClass.node.k8s.io", pod, context);
  if (found === undefined) return;
  const words = podInWords(resource);
  const selector = objectAt(pod.spec, "nodeSelector") ?? {};
  for (const [key, value] of Object.entries(objectAt(objectAt(found.object, "scheduling"), "nodeSelector") ?? {})) {
    if (typeof selector[key] !== "string" || selector[key] === value) continue;
    const pointer = join(`${pod.specPointer}/nodeSelector`, key);
    yield {
      pointer,
      message: `${words} selects nodes with ${key}: ${selector[key]}, but RuntimeClass ${found.name} selects nodes with ${key}: ${value}`,
    };
  }
  const overhead = objectAt(pod.spec, "overhead");
  const own = objectAt(found.object, "overhead");
  const pointer = `${pod.specPointer}/overhead`;
  if (overhead !== undefined && own === undefined)
    yield { pointer, message: `${words} sets overhead, but RuntimeClass ${found.name} has none` };
  else if (overhead !== undefined && isOther(overhead, objectAt(own, "podFixed") ?? {}))
    yield { pointer, message: `${words} sets a different overhead than RuntimeClass ${found.name}` };
}

/** An empty overhead is filled in from the class. */
function isOther(overhead: JsonObject, fixed: JsonObject): boolean {
  const names = Object.keys(overhead);
  if (names.length === 0) return false;
  const isSame = (name: string) => Object.hasOwn(fixed, name) && amountOf(overhead[name]) === amountOf(fixed[name]);
  return names.length !== Object.keys(fixed).length || !names.every(isSame);
}

/** `admitPod`. */
function* byPriority(pod: Pod, resource: Resource, context: TargetContext): Generator<Violation> {
  const found = classOf("priorityClassName", "PriorityClass.scheduling.k8s.io", pod, context);
  if (found === undefined) return;
  const { value = 0, preemptionPolicy } = found.object;
  const own: JsonObject = { priority: value, preemptionPolicy: preemptionPolicy ?? "PreemptLowerPriority" };
  for (const [field, wanted] of Object.entries(own)) {
    const written = pod.spec[field] ?? null;
    if (written === null || written === wanted) continue;
    const message = `${podInWords(resource)} has ${field} ${written}, but PriorityClass ${found.name} sets ${wanted}`;
    yield { pointer: `${pod.specPointer}/${field}`, message };
  }
}
