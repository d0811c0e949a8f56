import { child, items, type Node, textAt } from "./node.ts";
import type { Id } from "./shadow.ts";

/** A field that a transformer writes, and the kind of the resources. Empty parts match everything. */
export interface FieldSpec {
  readonly path: readonly string[];
  readonly kind: string;
  readonly group: string;
  readonly version: string;
  readonly create: boolean;
}

type SpecName =
  | "commonLabels"
  | "templateLabels"
  | "volumeClaimTemplateLabels"
  | "labels"
  | "commonAnnotations"
  | "images"
  | "namespace"
  | "namePrefix"
  | "nameSuffix"
  | "replicas";

export type FieldSpecs = Readonly<Record<SpecName, readonly FieldSpec[]>>;

/** Whether a spec applies to a resource. */
export function applies(spec: FieldSpec, id: Id): boolean {
  return (
    (spec.kind === "" || spec.kind === id.kind) &&
    (spec.group === "" || spec.group === id.group) &&
    (spec.version === "" || spec.version === id.version)
  );
}

/**
 * Parses `path` or `path @ group/version/Kind`, with `*` for any; `?` after the path means: only if the field exists.
 */
function spec(text: string): FieldSpec {
  const [path = "", gvk = "*/*/*"] = text.split(" @ ");
  const [group = "", version = "", kind = ""] = gvk.split("/").map((part) => (part === "*" ? "" : part));
  return { path: path.replace("?", "").split("/"), group, version, kind, create: !path.endsWith("?") };
}

const WORKLOADS = [
  "*/v1/ReplicationController",
  "*/*/Deployment",
  "*/*/ReplicaSet",
  "*/*/DaemonSet",
  "apps/*/StatefulSet",
  "batch/*/Job",
];

/**
 * The metadata of a workload's template: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/labels/
 */
function templates(field: string): string[] {
  return [
    ...WORKLOADS.map((gvk) => `spec/template/metadata/${field} @ ${gvk}`),
    `spec/jobTemplate/metadata/${field} @ batch/*/CronJob`,
    `spec/jobTemplate/spec/template/metadata/${field} @ batch/*/CronJob`,
  ];
}

const AFFINITIES = ["podAffinity", "podAntiAffinity"].flatMap((kind) => [
  `affinity/${kind}/preferredDuringSchedulingIgnoredDuringExecution/podAffinityTerm`,
  `affinity/${kind}/requiredDuringSchedulingIgnoredDuringExecution`,
]);

const POD_SELECTORS = ["Deployment", "StatefulSet"].flatMap((kind) =>
  [...AFFINITIES, "topologySpreadConstraints"].map(
    (path) => `spec/template/spec/${path}/labelSelector/matchLabels? @ apps/*/${kind}`,
  ),
);

const SELECTORS = [
  "spec/selector @ */v1/Service",
  "spec/selector @ */v1/ReplicationController",
  "spec/selector/matchLabels @ */*/Deployment",
  "spec/selector/matchLabels @ */*/ReplicaSet",
  "spec/selector/matchLabels @ */*/DaemonSet",
  "spec/selector/matchLabels @ apps/*/StatefulSet",
  "spec/selector/matchLabels? @ batch/*/Job",
  "spec/jobTemplate/spec/selector/matchLabels? @ batch/*/CronJob",
  "spec/selector/matchLabels? @ policy/*/PodDisruptionBudget",
  "spec/podSelector/matchLabels? @ networking.k8s.io/*/NetworkPolicy",
  "spec/ingress/from/podSelector/matchLabels? @ networking.k8s.io/*/NetworkPolicy",
  "spec/egress/to/podSelector/matchLabels? @ networking.k8s.io/*/NetworkPolicy",
];

const CLAIM_TEMPLATES = ["spec/volumeClaimTemplates[]/metadata/labels @ apps/*/StatefulSet"];

const IMAGES = ["spec", "spec/template/spec"].flatMap((podSpec) => [
  `${podSpec}/containers[]/image`,
  `${podSpec}/initContainers[]/image`,
  `${podSpec}/volumes[]/image/reference`,
]);

/** The fields that kustomize's transformers write without any `configurations`. */
export const BUILTIN_SPECS: FieldSpecs = {
  commonLabels: ["metadata/labels", ...templates("labels"), ...SELECTORS, ...POD_SELECTORS, ...CLAIM_TEMPLATES].map(
    spec,
  ),
  templateLabels: ["metadata/labels", ...templates("labels")].map(spec),
  volumeClaimTemplateLabels: CLAIM_TEMPLATES.map(spec),
  labels: [],
  commonAnnotations: ["metadata/annotations", ...templates("annotations")].map(spec),
  images: IMAGES.map(spec),
  namespace: [
    "metadata/name @ */v1/Namespace",
    "spec/service/namespace @ apiregistration.k8s.io/*/APIService",
    "spec/conversion/webhook/clientConfig/service/namespace? @ apiextensions.k8s.io/*/CustomResourceDefinition",
  ].map(spec),
  namePrefix: ["metadata/name"].map(spec),
  nameSuffix: ["metadata/name"].map(spec),
  replicas: ["Deployment", "ReplicationController", "ReplicaSet", "StatefulSet"].map((kind) =>
    spec(`spec/replicas @ */*/${kind}`),
  ),
};

/** The field specs that users write in `configurations`, `labels[].fields` and transformer files. */
export function readSpecs(list: Node | undefined): FieldSpec[] {
  return items(list).map((item) => ({
    path: splitPath(textAt(item, "path")),
    kind: textAt(item, "kind"),
    group: textAt(item, "group"),
    version: textAt(item, "version"),
    create: textAt(item, "create") === "true",
  }));
}

/** Splits at slashes that are not escaped by a backslash. */
function splitPath(path: string): string[] {
  return path
    .replace(/^\//, "")
    .split(/(?<!\\)\//)
    .map((part) => part.replaceAll("\\/", "/"));
}

/**
 * The specs together with those of a `configurations` file.
 * https://github.com/kubernetes-sigs/kustomize/tree/master/examples/transformerconfigs
 */
export function extendSpecs(specs: FieldSpecs, file: Node | undefined): FieldSpecs {
  const names = Object.keys(specs) as SpecName[];
  const extended = names.map((name) => [name, [...specs[name], ...readSpecs(child(file, name))]]);
  return Object.fromEntries(extended) as FieldSpecs;
}
