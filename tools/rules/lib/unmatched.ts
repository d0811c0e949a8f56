import type { Wants } from "../../core/finding.ts";
import { isObject, type Json, type JsonObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import { once } from "../../core/once.ts";
import type { Resource } from "../../core/resource.ts";
import { parseDocuments } from "../../parse/documents.ts";
import type { TargetContext } from "../../policy/define.ts";
import { selects } from "../../vocabulary/selector.ts";
import { installsNamed, installsOperator, isPartOf, mayCreateIn, podCreators } from "./created.ts";
import { gatewayFor, gatewayMeant, mayBeOfGateway } from "./gateway-pods.ts";
import { isTypo } from "./misspelt.ts";
import { valuesAt } from "./places.ts";
import { selectedBy, withoutControllerLabels } from "./selection.ts";
import { idOf, indexOf, mayBeSameNamespace, perTarget } from "./target.ts";

/** Whether a selector that matches no pods of the target may match pods in the cluster. */
export function maySelectOthers(selector: JsonObject, namespace: string | undefined, context: TargetContext): boolean {
  return (
    isPartial(context) ||
    isOfProvider(namespace) ||
    (namespace === undefined && isOfControlPlane(selector)) ||
    selectsDeclared(selector, namespace, context) ||
    selectsMade(selector, namespace, context) ||
    mayBeOfGateway(selector, namespace, context) ||
    selectsLabelledLater(selector, namespace, context)
  );
}

/**
 * Whether the pods of a namespace are in no repository: those of the control plane, of Flux and of the cloud provider.
 * https://kubernetes.io/docs/tasks/configure-pod-container/static-pod/,
 * https://docs.cloud.google.com/kubernetes-engine/docs/concepts/cluster-architecture
 */
export function isOfProvider(namespace: string | undefined): boolean {
  return /^(?:kube-system|flux-system|gmp-system|gke-managed-.*)$/.test(namespace ?? "");
}

/** Whether a selector names the control plane: kubeadm and Talos label its pods alike. */
function isOfControlPlane(selector: JsonObject): boolean {
  return pairsOf(selector).some(([key, value]) => key === "tier" && value === "control-plane");
}

/** Whether the pods are in other files: manifests without any pods are only a part of something. */
function isPartial(context: TargetContext): boolean {
  return context.target.kind !== "kustomization" && indexOf(context).workloads.length === 0;
}

/** Whether the configuration declares pods with matching labels. */
function selectsDeclared(selector: JsonObject, namespace: string | undefined, { cluster }: TargetContext): boolean {
  return (cluster ?? []).some(
    ({ kind, namespace: where, labels }) =>
      kind === "Pod" && labels && mayBeSameNamespace(where, namespace) && selects(selector, { ...labels }),
  );
}

/**
 * Operators label their pods with the name of the custom resource, or with a key of their group, and charts with what their
 * values say.
 */
function selectsMade(selector: JsonObject, namespace: string | undefined, context: TargetContext): boolean {
  const pairs = pairsOf(selector);
  const isOfPods = ([key, value]: [string, string]) => indexOf(context).labelled(namespace, key, value).length > 0;
  // Any chart has switches.
  const others = pairs.filter((pair) => !isOfPods(pair) && !/^(?:true|false)$/.test(pair[1])).map(([, value]) => value);
  const isDefined = pairs.some(([key]) => definedGroups(context).some((group) => isOfGroup(key, group)));
  const isMade = (creator: Resource) =>
    others.some((value) => textsOfValues(creator).has(value)) ||
    (installsOperator(creator) && !pairs.some((pair) => isLabelHere(pair, context))) ||
    pairs.some(
      ([key, value]) =>
        isPartOf(creator.name, value) ||
        installsNamed(value, namespace, creator) ||
        value === objectAt(creator.object, "spec")?.releaseName ||
        isOfGroup(key, creator.apiVersion.split("/")[0] ?? ""),
    );
  return isDefined || podCreators(context).some((creator) => mayCreateIn(namespace, creator) && isMade(creator));
}

/** The groups of the definitions of a target, whose operator may label its pods with them. */
const definedGroups = perTarget((context) => {
  const definitions = indexOf(context).ofKind("CustomResourceDefinition.apiextensions.k8s.io");
  return [...new Set(definitions.map(({ object }) => stringAt(objectAt(object, "spec"), "group") ?? ""))];
});

/** Where the values of a chart are: those of Flux, of Helm in k3s, and of Argo CD. */
const places = [
  "spec/values",
  "spec/valuesContent",
  ...["spec", "spec/template/spec"]
    .flatMap((at) => [`${at}/source/helm`, `${at}/sources/*/helm`])
    .flatMap((at) => [`${at}/values`, `${at}/valuesObject`]),
];

/** The texts in the values of a chart, which may be YAML. */
const textsOfValues = once(({ object }: Resource): ReadonlySet<string> => {
  const all = places.flatMap((path) => valuesAt(object, path).map(({ value }) => value));
  const parsed = all.flatMap((value) =>
    typeof value === "string" ? parseDocuments(value, "").documents.map((one) => one.value) : [value],
  );
  return new Set(parsed.flatMap(textsIn));
});

function textsIn(value: Json): string[] {
  if (typeof value === "string") return [value];
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(textsIn) : [];
}

/** Whether pods of the target have a label, or one that differs in a letter: a selector then means these. */
function isLabelHere([key, value]: [string, string], context: TargetContext): boolean {
  return indexOf(context).workloads.some(({ pod }) => {
    const own = pod.labels[key];
    return own !== undefined && (String(own) === value || isTypo(value, String(own)));
  });
}

/** `postgres-operator.crunchydata.com/cluster` belongs to the group `postgres-operator.crunchydata.com`. */
function isOfGroup(key: string, group: string): boolean {
  const [prefix = ""] = key.split("/");
  return (
    key.includes("/") &&
    group !== "" &&
    (prefix === group || group.endsWith(`.${prefix}`) || prefix.endsWith(`.${group}`))
  );
}

/**
 * A program that may change pods can label its own, as the leader of a database does (`role: primary`): the other labels
 * then decide.
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

/** The pods that a selector should select, which another target may create, or the Gateway that they are made for. */
export function podsFor(selector: JsonObject, namespace: string | undefined): Wants {
  const gateway = gatewayFor(selector, namespace);
  if (gateway !== undefined) return gateway;
  return { kind: "Pod", namespace, name: undefined, labels: pairsOf(selector).map(([, value]) => value) };
}

/** The labels with values that a selector requires. */
export function pairsOf(selector: JsonObject): [string, string][] {
  const { matchLabels } = withoutControllerLabels(selector);
  return isObject(matchLabels) ? Object.entries(matchLabels).map(([key, value]) => [key, String(value)]) : [];
}

/**
 * How to fix a selector that selects nothing: the workload that has most of its labels, and what it lacks.
 */
export function nearestPods(
  selector: JsonObject,
  namespace: string | undefined,
  context: TargetContext,
): string | undefined {
  const gateway = gatewayMeant(selector, namespace, context);
  if (gateway !== undefined) return gateway;
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
  if (!mayBeSameNamespace(resource.namespace, namespace))
    return `The pods of ${kind} ${name} are in namespace ${resource.namespace}.`;
  if (wrong.length === 0) return `The closest match is ${kind} ${name}; its pods do not satisfy matchExpressions.`;
  const differences = wrong.map(([key, wanted]) =>
    Object.hasOwn(labels, key) ? `${key}: ${labels[key]} instead of ${wanted}` : `no label ${key}`,
  );
  return `The closest match is ${kind} ${name}; its pods have ${differences.join(" and ")}.`;
}
