import type { Id } from "./shadow.ts";

/**
 * The merge keys of a list, or undefined if a strategic merge patch replaces it as a whole, according to the OpenAPI
 * document that is built into kustomize (`x-kubernetes-patch-merge-key`, `x-kubernetes-list-map-keys`).
 * https://kubernetes.io/docs/tasks/manage-kubernetes-objects/update-api-object-kubectl-patch/
 */
export type MergeKeys = (id: Id, path: readonly string[]) => readonly string[] | undefined;

const CONTAINERS = new Set(["containers", "initContainers", "ephemeralContainers"]);

const IN_POD_SPEC: ReadonlyMap<string, readonly string[]> = new Map([
  ["containers", ["name"]],
  ["initContainers", ["name"]],
  ["ephemeralContainers", ["name"]],
  ["volumes", ["name"]],
  ["imagePullSecrets", ["name"]],
  ["hostAliases", ["ip"]],
  ["topologySpreadConstraints", ["topologyKey", "whenUnsatisfiable"]],
]);

const IN_CONTAINER: ReadonlyMap<string, readonly string[]> = new Map([
  ["env", ["name"]],
  ["ports", ["containerPort", "protocol"]],
  ["volumeMounts", ["mountPath"]],
  ["volumeDevices", ["devicePath"]],
]);

/** The path of the pod spec by kind; list items have no part in a path. */
const POD_SPECS: ReadonlyMap<string, string> = new Map([
  ["Pod", "spec"],
  ["PodTemplate", "template.spec"],
  ["ReplicationController", "spec.template.spec"],
  ["Deployment", "spec.template.spec"],
  ["ReplicaSet", "spec.template.spec"],
  ["DaemonSet", "spec.template.spec"],
  ["StatefulSet", "spec.template.spec"],
  ["Job", "spec.template.spec"],
  ["CronJob", "spec.jobTemplate.spec.template.spec"],
]);

/** Other lists by kind and path. An empty key means that a list of scalars is merged as a set. */
const OTHERS: ReadonlyMap<string, readonly string[]> = new Map([
  ["Service:spec.ports", ["port", "protocol"]],
  ["ServiceAccount:secrets", ["name"]],
  ["MutatingWebhookConfiguration:webhooks", ["name"]],
  ["ValidatingWebhookConfiguration:webhooks", ["name"]],
  ["CSINode:spec.drivers", ["name"]],
  ["Node:spec.podCIDRs", [""]],
]);

const GROUPS = new Set(["", "apps", "batch", "policy", "autoscaling"]);

/** The merge keys of the built-in kinds. */
export const builtinMergeKeys: MergeKeys = (id, path) => {
  if (!GROUPS.has(id.group) && !id.group.endsWith(".k8s.io")) return undefined;
  const list = path.at(-1) ?? "";
  const parent = path.at(-2) ?? "";
  if (parent === "metadata" && list === "finalizers") return [""];
  if (parent === "metadata" && list === "ownerReferences") return ["uid"];
  const other = OTHERS.get(`${id.kind}:${path.join(".")}`);
  if (other) return other;
  const spec = POD_SPECS.get(id.kind);
  if (spec === undefined) return undefined;
  if (path.slice(0, -1).join(".") === spec) return IN_POD_SPEC.get(list);
  const inContainer = CONTAINERS.has(parent) && path.slice(0, -2).join(".") === spec;
  return inContainer ? IN_CONTAINER.get(list) : undefined;
};
