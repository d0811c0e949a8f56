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
  why: "A RuntimeClass says where its pods run and what they take besides, and a PriorityClass how important they are: the API server refuses a pod that says something else. https://kubernetes.io/docs/concepts/containers/runtime-class/, https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/",
  fix: "Leave it to the class, or write what the class says.",
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
      message: `${words} asks for nodes with ${key}: ${selector[key]}; RuntimeClass ${found.name} for those with ${key}: ${value}`,
    };
  }
  const overhead = objectAt(pod.spec, "overhead");
  const own = objectAt(found.object, "overhead");
  const pointer = `${pod.specPointer}/overhead`;
  if (overhead !== undefined && own === undefined)
    yield { pointer, message: `${words} has an overhead, and RuntimeClass ${found.name} has none` };
  else if (overhead !== undefined && isOther(overhead, objectAt(own, "podFixed") ?? {}))
    yield { pointer, message: `${words} has another overhead than RuntimeClass ${found.name}` };
}

/** An empty one is filled in. */
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
    const message = `${podInWords(resource)} has the ${field} ${written}; PriorityClass ${found.name} says ${wanted}`;
    yield { pointer: `${pod.specPointer}/${field}`, message };
  }
}
