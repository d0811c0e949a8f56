import type { Id } from "./shadow.ts";

/**
 * Merge keys of the lists that a strategic merge patch merges, as the OpenAPI document that kustomize is built with has
 * them (`x-kubernetes-patch-merge-key`, `x-kubernetes-list-map-keys`); every other list is replaced as a whole.
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

/** Where the pod spec of a workload is; list items have no part in a path. */
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

/** An empty key stands for a list of scalars that is merged as a set. */
const OTHERS: ReadonlyMap<string, readonly string[]> = new Map([
  ["Service:spec.ports", ["port", "protocol"]],
  ["ServiceAccount:secrets", ["name"]],
  ["MutatingWebhookConfiguration:webhooks", ["name"]],
  ["ValidatingWebhookConfiguration:webhooks", ["name"]],
  ["CSINode:spec.drivers", ["name"]],
  ["Node:spec.podCIDRs", [""]],
]);

const GROUPS = new Set(["", "apps", "batch", "policy", "autoscaling"]);

/** The merge keys of Kubernetes' own kinds. */
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
