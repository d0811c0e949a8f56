import { isObject, type JsonObject, listAt, objectAt } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import type { TargetContext } from "../../policy/define.ts";
import { selects } from "../../vocabulary/selector.ts";
import { isPartOf, placeOfMade, podMakers } from "./provided.ts";
import { selectedBy, withoutOwnLabels } from "./selection.ts";
import { idOf, indexOf, meets, perTarget } from "./target.ts";

/** Whether a selector that selects no pod of the target may well select pods in the cluster. */
export function maySelectOthers(selector: JsonObject, namespace: string | undefined, context: TargetContext): boolean {
  return (
    isPartial(context) ||
    isOfProvider(namespace) ||
    selectsDeclared(selector, namespace, context) ||
    selectsMade(selector, namespace, context) ||
    selectsLabelledLater(selector, namespace, context)
  );
}

/**
 * The pods of the control plane, those of Flux, and what a provider keeps in namespaces of its own, are of no repository.
 * https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/,
 * https://docs.cloud.google.com/kubernetes-engine/docs/concepts/cluster-architecture
 */
export function isOfProvider(namespace: string | undefined): boolean {
  return /^(?:kube-system|flux-system|gmp-system|gke-managed-.*)$/.test(namespace ?? "");
}

/** Manifests that hold no pods at all are a part of something: the pods are in files that were not handed over. */
function isPartial(context: TargetContext): boolean {
  return context.target.kind !== "kustomization" && indexOf(context).workloads.length === 0;
}

/** Pods whose labels the configuration declares. */
function selectsDeclared(selector: JsonObject, namespace: string | undefined, { cluster }: TargetContext): boolean {
  return (cluster ?? []).some(
    ({ kind, namespace: where, labels }) =>
      kind === "Pod" && labels && meets(where, namespace) && selects(selector, { ...labels }),
  );
}

/** Operators label the pods that they make with the name of the custom resource, or under the name of their group. */
function selectsMade(selector: JsonObject, namespace: string | undefined, context: TargetContext): boolean {
  const pairs = pairsOf(selector);
  return podMakers(context).some(
    (maker) =>
      meets(placeOfMade(maker), namespace) &&
      pairs.some(
        ([key, value]) =>
          isPartOf(maker.name, value) ||
          value === objectAt(maker.object, "spec")?.releaseName ||
          isOfGroup(key, maker.apiVersion.split("/")[0] ?? ""),
      ),
  );
}

/** `postgres-operator.crunchydata.com/cluster` is of the group `postgres-operator.crunchydata.com`. */
function isOfGroup(key: string, group: string): boolean {
  const [prefix = ""] = key.split("/");
  return (
    key.includes("/") &&
    group !== "" &&
    (prefix === group || group.endsWith(`.${prefix}`) || prefix.endsWith(`.${group}`))
  );
}

/**
 * A program that may change pods labels its own, as the leader of a database does (`role: primary`): what the template says
 * of the other labels then decides.
 */
function selectsLabelledLater(selector: JsonObject, namespace: string | undefined, context: TargetContext): boolean {
  if (podChangers(context).length === 0) return false;
  const keys = pairsOf(selector).map(([key]) => key);
  return keys.some((key) => {
    const others = without(selector, key);
    const isStatic = selectedBy({ matchExpressions: [{ key, operator: "Exists" }] }, namespace, context).length > 0;
    return !isStatic && pairsOf(others).length > 0 && selectedBy(others, namespace, context).length > 0;
  });
}

const podChangers = perTarget((context) => {
  const { ofKind } = indexOf(context);
  const group = "rbac.authorization.k8s.io";
  return [...ofKind(`Role.${group}`), ...ofKind(`ClusterRole.${group}`)].filter(({ object }: Resource) =>
    listAt(object, "rules").some(
      (rule) =>
        isObject(rule) &&
        listAt(rule, "resources").some((one) => one === "pods" || one === "*") &&
        listAt(rule, "verbs").some((verb) => verb === "patch" || verb === "update" || verb === "*"),
    ),
  );
});

function without({ matchLabels, matchExpressions }: JsonObject, key: string): JsonObject {
  const labels = isObject(matchLabels) ? matchLabels : {};
  return {
    matchLabels: Object.fromEntries(Object.entries(labels).filter(([name]) => name !== key)),
    ...(matchExpressions !== undefined && { matchExpressions }),
  };
}

/** What a selector asks for by value. */
export function pairsOf(selector: JsonObject): [string, string][] {
  const { matchLabels } = withoutOwnLabels(selector);
  return isObject(matchLabels) ? Object.entries(matchLabels).map(([key, value]) => [key, String(value)]) : [];
}

/**
 * How to mend a selector that selects nothing: the workload that carries most of what it asks for, and what that lacks.
 */
export function nearestPods(
  selector: JsonObject,
  namespace: string | undefined,
  context: TargetContext,
): string | undefined {
  const pairs = pairsOf(selector);
  let best: { readonly hits: number; readonly id: string; readonly help: string } | undefined;
  for (const [key, value] of pairs) {
    for (const { resource, pod } of indexOf(context).labelled(undefined, key, value)) {
      const wrong = pairs.filter(([name, wanted]) => String(pod.labels[name]) !== wanted);
      const hits = pairs.length - wrong.length;
      const id = idOf(resource);
      if (best !== undefined && (best.hits > hits || (best.hits === hits && best.id <= id))) continue;
      best = { hits, id, help: helpFor(resource, pod.labels, wrong, namespace) };
    }
  }
  return best?.help;
}

function helpFor(
  resource: Resource,
  labels: JsonObject,
  wrong: [string, string][],
  namespace: string | undefined,
): string {
  const { kind, name } = resource;
  if (!meets(resource.namespace, namespace))
    return `The pods of ${kind} ${name} are in namespace ${resource.namespace}.`;
  const differences = wrong.map(([key, wanted]) =>
    Object.hasOwn(labels, key) ? `${key}: ${labels[key]}, not ${wanted}` : `no label ${key}`,
  );
  return `The pods of ${kind} ${name} come nearest; they have ${differences.join(" and ")}.`;
}
