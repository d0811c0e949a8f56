import { isObject, listAt, objectAt } from "../../core/json.ts";
import { type Pod, podKinds, podOf } from "../../core/pod.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type TargetContext, type Violation } from "../../policy/define.ts";
import { isEmptySelector, selects } from "../../vocabulary/selector.ts";
import { isTypo } from "../lib/misspelt.ts";
import { valuesAt } from "../lib/places.ts";
import { isFragment } from "../lib/reference.ts";
import { selectedBy } from "../lib/selection.ts";
import { indexOf } from "../lib/target.ts";
import { maySelectOthers, nearestPods, podsFor } from "../lib/unmatched.ts";

const required = "requiredDuringSchedulingIgnoredDuringExecution";
const preferred = "preferredDuringSchedulingIgnoredDuringExecution";

/** `satisfyPodAffinity` of the scheduler: the first pod may start if it would select itself. */
export const affinityNoPods = definePolicy({
  id: "link/affinity-no-pods",
  severity: "error",
  why: "A pod with a required affinity to other pods is only scheduled beside them. If there are none, it stays Pending. https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#inter-pod-affinity-and-anti-affinity",
  fix: "Make the selector match the labels of a pod template in the same namespace, or prefer the pods instead of requiring them.",
  match: { kind: podKinds },
  *check(resource, context): Generator<Violation> {
    const pod = podOf(resource);
    if (pod === undefined || isFragment(context)) return;
    yield* ofNamespaces(pod, resource, context);
    const affinity = objectAt(objectAt(pod.spec, "affinity"), "podAffinity");
    for (const [index, term] of listAt(affinity, required).entries()) {
      const selector = isObject(term) ? objectAt(term, "labelSelector") : undefined;
      if (!isObject(term) || selector === undefined || isEmptySelector(selector) || selects(selector, pod.labels))
        continue;
      if (term.namespaceSelector !== undefined) continue;
      const named = listAt(term, "namespaces").map(String);
      const namespaces = named.length > 0 ? named : [resource.namespace];
      const isOpen = (namespace: string | undefined) =>
        (named.length > 0 && indexOf(context).workloadsIn(namespace).length === 0) ||
        maySelectOthers(selector, namespace, context) ||
        selectedBy(selector, namespace, context).length > 0;
      if (namespaces.some(isOpen)) continue;
      const near = nearestPods(selector, namespaces[0], context);
      yield {
        pointer: `${pod.specPointer}/affinity/podAffinity/${required}/${index}/labelSelector`,
        message: `${resource.kind} ${resource.name} requires to run beside pods that do not exist: its own stay Pending`,
        ...(near !== undefined && { help: near }),
        wants: podsFor(selector, namespaces[0]),
      };
    }
  },
});

/** Other targets may have any namespaces: only a name with a typo is reported. */
function* ofNamespaces({ spec, specPointer }: Pod, { kind, name }: Resource, context: TargetContext) {
  const named = ["podAffinity", "podAntiAffinity"].flatMap((field) => [
    ...valuesAt(spec, `affinity/${field}/${required}/*/namespaces/*`),
    ...valuesAt(spec, `affinity/${field}/${preferred}/*/podAffinityTerm/namespaces/*`),
  ]);
  const own = named.length === 0 ? [] : indexOf(context).workloads.flatMap(({ resource }) => resource.namespace ?? []);
  for (const { value, pointer } of named) {
    const near = own.includes(String(value)) ? undefined : own.find((one) => isTypo(String(value), one));
    const message = `${kind} ${name} looks for pods in namespace ${value}, in which there are none`;
    if (near)
      yield { pointer: specPointer + pointer, message, help: `Did you mean ${near}?`, severity: "warning" as const };
  }
}
