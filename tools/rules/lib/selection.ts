import { isObject, type JsonObject, objectAt } from "../../core/json.ts";
import { once } from "../../core/once.ts";
import type { Resource } from "../../core/resource.ts";
import type { TargetContext } from "../../policy/define.ts";
import { selects } from "../../vocabulary/selector.ts";
import { indexOf, mayBeSameNamespace, perTarget, type Workload } from "./target.ts";

/**
 * The workloads in a namespace whose pods a label selector selects, with all operators. Labels that controllers add to pods
 * (`pod-template-hash`, `statefulset.kubernetes.io/pod-name`) are ignored: see {@link withoutControllerLabels}.
 */
export function selectedBy(
  selector: JsonObject,
  namespace: string | undefined,
  context: TargetContext,
): readonly Workload[] {
  const wanted = withoutControllerLabels(selector);
  return candidates(wanted, namespace, context).filter(
    ({ resource, pod }) => mayBeSameNamespace(resource.namespace, namespace) && selects(wanted, pod.labels),
  );
}

/** The workloads that a Service sends traffic to; undefined without a selector: the endpoints are then created elsewhere. */
export function backendsOf(service: Resource, context: TargetContext): readonly Workload[] | undefined {
  return backends(context)(service);
}

const backends = perTarget((context) => once((service: Resource) => findBackends(service, context)));

/** The workloads whose pods a disruption budget covers. */
export function budgetedBy(budget: Resource, context: TargetContext): readonly Workload[] {
  return budgeted(context)(budget);
}

const budgeted = perTarget((context) =>
  once(({ object, namespace }: Resource) => {
    const selector = objectAt(objectAt(object, "spec"), "selector");
    return selector ? selectedBy(selector, namespace, context) : [];
  }),
);

function findBackends(service: Resource, context: TargetContext): readonly Workload[] | undefined {
  const spec = objectAt(service.object, "spec");
  const selector = objectAt(spec, "selector");
  if (spec?.type === "ExternalName" || selector === undefined || Object.keys(selector).length === 0) return undefined;
  return selectedBy({ matchLabels: selector }, service.namespace, context);
}

/** Up to this many workloads are tested one by one. */
const few = 16;

/** The workloads that a selector may match: if there are many, those with one of its labels, the rarest. */
function candidates(
  { matchLabels }: JsonObject,
  namespace: string | undefined,
  context: TargetContext,
): readonly Workload[] {
  const { workloadsIn, labelled } = indexOf(context);
  const all = workloadsIn(namespace);
  if (all.length <= few) return all;
  const lists = Object.entries(isObject(matchLabels) ? matchLabels : {}).map(([key, value]) =>
    labelled(namespace, key, String(value)),
  );
  const [first, ...others] = lists;
  if (first === undefined) return all;
  return others.reduce((least, list) => (list.length < least.length ? list : least), first);
}

/** Labels that controllers add to their pods: no template has them. https://kubernetes.io/docs/reference/labels-annotations-taints/ */
const controllerLabels = new Set([
  "apps.kubernetes.io/pod-index",
  "batch.kubernetes.io/controller-uid",
  "batch.kubernetes.io/job-completion-index",
  "batch.kubernetes.io/job-name",
  "controller-revision-hash",
  "controller-uid",
  "job-name",
  "pod-template-generation",
  "pod-template-hash",
  "rollouts-pod-template-hash",
  "statefulset.kubernetes.io/pod-name",
]);

/** Whether a selector uses labels that controllers add: templates do not tell which pods have them. */
export function usesControllerLabels({ matchLabels, matchExpressions }: JsonObject): boolean {
  const asked = [
    ...Object.keys(isObject(matchLabels) ? matchLabels : {}),
    ...(Array.isArray(matchExpressions) ? matchExpressions : []).map((one) => isObject(one) && String(one.key)),
  ];
  return asked.some((key) => controllerLabels.has(String(key)));
}

/** A selector without the labels that controllers add. */
export function withoutControllerLabels(selector: JsonObject): JsonObject {
  const { matchLabels, matchExpressions } = selector;
  const asked = isObject(matchLabels) ? Object.keys(matchLabels) : [];
  if (matchExpressions === undefined && !asked.some((key) => controllerLabels.has(key))) return selector;
  return {
    ...(isObject(matchLabels) && {
      matchLabels: Object.fromEntries(Object.entries(matchLabels).filter(([key]) => !controllerLabels.has(key))),
    }),
    ...(Array.isArray(matchExpressions) && {
      matchExpressions: matchExpressions.filter((one) => !(isObject(one) && controllerLabels.has(String(one.key)))),
    }),
  };
}
