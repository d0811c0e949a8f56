import type { Severity } from "../core/finding.ts";

/** What is said of a rule, apart from any finding. */
export interface RuleText {
  readonly id: string;
  readonly severity: Severity;
  /** Why it matters, with a link to the Kubernetes documentation where there is one. */
  readonly why: string;
  /** How a finding is put right. */
  readonly fix: string;
}

const docs = "https://kubernetes.io/docs";

/** How the schema of a kind becomes known. */
export const knowKind =
  "In gitops.yaml, name the folder of its CustomResourceDefinition under schemas, or the kind under allowUnknownKinds.";

/** Every rule that `validate` reports under. */
export const rules: readonly RuleText[] = [
  {
    id: "schema/unknown-field",
    severity: "error",
    why: `The API server drops a field it does not know, or refuses the manifest: what was meant does not happen. ${docs}/reference/using-api/api-concepts/#field-validation`,
    fix: "Correct the spelling or the nesting of the field; see the API reference of its kind.",
  },
  {
    id: "schema/type",
    severity: "error",
    why: `A value of another type than the field's cannot be decoded, and the whole manifest is refused. ${docs}/reference/kubernetes-api/`,
    fix: "Write a value of the field's type; quotes make text of a number, their absence a number of text.",
  },
  {
    id: "schema/required",
    severity: "error",
    why: `The API server refuses an object that lacks a required field. ${docs}/reference/kubernetes-api/`,
    fix: "Add the field.",
  },
  {
    id: "schema/value",
    severity: "error",
    why: "The schema of the custom resource allows only some values of the field, and the API server holds every object against it. https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation",
    fix: "Write a value that the schema allows.",
  },
  {
    id: "schema/unknown-kind",
    severity: "error",
    why: `A kind that the API server does not serve cannot be applied, and one without a schema cannot be checked. ${docs}/reference/using-api/#api-groups`,
    fix: knowKind,
  },
  {
    id: "api/removed",
    severity: "error",
    why: `The API version is gone from the API servers asked for: nothing of it is applied. ${docs}/reference/using-api/deprecation-guide/`,
    fix: "Write the manifest in the API version that replaces it, with the changes the finding names.",
  },
  {
    id: "api/deprecated",
    severity: "warning",
    why: `The API version still works and will be removed; the API server warns of it already. ${docs}/reference/using-api/deprecation-policy/`,
    fix: "Move to the API version that replaces it before the upgrade.",
  },
  {
    id: "apply/name",
    severity: "error",
    why: `The API server refuses names that are not of the syntax of their kind: mostly DNS names, some of them labels. ${docs}/concepts/overview/working-with-objects/names/`,
    fix: "Use a name of the syntax that the finding describes.",
  },
  {
    id: "apply/label",
    severity: "error",
    why: `Labels and annotations with malformed keys or values are refused. ${docs}/concepts/overview/working-with-objects/labels/#syntax-and-character-set`,
    fix: "Use at most 63 letters, digits, -, _ and dots; a DNS name and a slash may precede a key.",
  },
  {
    id: "apply/annotation-size",
    severity: "error",
    why: `The annotations of an object may take 256 KiB together. ${docs}/concepts/overview/working-with-objects/annotations/`,
    fix: "Shorten them, or keep the data in a ConfigMap.",
  },
  {
    id: "apply/duplicate-resource",
    severity: "error",
    why: "Of two manifests for the same object the last one wins, on every sync anew.",
    fix: "Remove one of them, or rename it.",
  },
  {
    id: "apply/selector",
    severity: "error",
    why: `A malformed, missing or empty selector, or one that its own template does not match, is refused. ${docs}/concepts/overview/working-with-objects/labels/#label-selectors`,
    fix: "Correct the selector, or the labels that it is to match.",
  },
  {
    id: "apply/port",
    severity: "error",
    why: `Ports have numbers from 1 to 65535, short lower-case names, and are distinct. ${docs}/concepts/services-networking/service/#multi-port-services`,
    fix: "Give each port its own name and number.",
  },
  {
    id: "apply/node-port",
    severity: "error",
    why: `A node port lies in the cluster's range and belongs to Services that open one. ${docs}/concepts/services-networking/service/#type-nodeport`,
    fix: "Choose a port from 30000 to 32767, or leave it to the cluster.",
  },
  {
    id: "apply/service-fields",
    severity: "error",
    why: `The type of a Service decides which of its fields may be set. ${docs}/reference/kubernetes-api/service-resources/service-v1/`,
    fix: "Remove the field, or change the type.",
  },
  {
    id: "apply/container-name",
    severity: "error",
    why: `The containers of a pod have distinct names, and each is a DNS label. ${docs}/reference/kubernetes-api/workload-resources/pod-v1/#containers`,
    fix: "Give each container a name of its own in lower case.",
  },
  {
    id: "apply/container",
    severity: "error",
    why: `The API server refuses a pod with a container like this. ${docs}/reference/kubernetes-api/workload-resources/pod-v1/#containers`,
    fix: "Change the field as the finding says.",
  },
  {
    id: "apply/pod",
    severity: "error",
    why: `The API server refuses a pod like this. ${docs}/reference/kubernetes-api/workload-resources/pod-v1/`,
    fix: "Change the field as the finding says.",
  },
  {
    id: "apply/scheduling",
    severity: "error",
    why: `Malformed affinity, tolerations or spread constraints are refused. ${docs}/concepts/scheduling-eviction/assign-pod-node/`,
    fix: "Correct the term as the finding says.",
  },
  {
    id: "apply/volume",
    severity: "error",
    why: `Each volume has one source and one name, and each mount names a volume that is there, at a path of its own. ${docs}/concepts/storage/volumes/`,
    fix: "Correct the volume or the mount.",
  },
  {
    id: "apply/probe",
    severity: "error",
    why: `A probe or hook has exactly one handler, and thresholds within their range. ${docs}/concepts/configuration/liveness-readiness-startup-probes/`,
    fix: "Keep one handler, and correct the number that the finding names.",
  },
  {
    id: "apply/quantity",
    severity: "error",
    why: `Amounts are not negative, requests do not exceed limits, and resources have known names. ${docs}/concepts/configuration/manage-resources-containers/`,
    fix: "Correct the amount or the name.",
  },
  {
    id: "apply/env",
    severity: "error",
    why: `An environment variable has a name, and either a value or one source. ${docs}/tasks/inject-data-application/define-environment-variable-container/`,
    fix: "Keep the value or one source, complete with its name and key.",
  },
  {
    id: "apply/strategy",
    severity: "error",
    why: `An update strategy whose parts contradict each other is refused. ${docs}/concepts/workloads/controllers/deployment/#strategy`,
    fix: "Keep only the fields of the strategy's type.",
  },
  {
    id: "apply/restart-policy",
    severity: "error",
    why: `The kind of a workload decides how its pods may restart. ${docs}/concepts/workloads/pods/pod-lifecycle/#restart-policy`,
    fix: "Use a restart policy that the workload allows.",
  },
  {
    id: "apply/security-context",
    severity: "error",
    why: `A security context whose parts contradict each other, or do not fit the operating system, is refused. ${docs}/tasks/configure-pod-container/security-context/`,
    fix: "Remove one of the fields that the finding names.",
  },
  {
    id: "apply/pdb",
    severity: "error",
    why: `A disruption budget has one of minAvailable and maxUnavailable, as a number or a percentage. ${docs}/tasks/run-application/configure-pdb/`,
    fix: "Keep one of the two, with a valid value.",
  },
  {
    id: "apply/hpa",
    severity: "error",
    why: `An autoscaler has bounds in order and complete metrics. ${docs}/tasks/run-application/horizontal-pod-autoscale/`,
    fix: "Correct the bounds or the metric.",
  },
  {
    id: "apply/cron",
    severity: "error",
    why: `A schedule that cannot be parsed, or a CronJob that contradicts itself, is refused. ${docs}/concepts/workloads/controllers/cron-jobs/#writing-a-cronjob-spec`,
    fix: "Write five fields, a macro such as @daily, and the time zone in timeZone.",
  },
  {
    id: "apply/config-size",
    severity: "error",
    why: `A ConfigMap or Secret holds at most 1 MiB. ${docs}/concepts/configuration/configmap/#motivation`,
    fix: "Split it, or keep the data elsewhere.",
  },
  {
    id: "apply/cidr",
    severity: "error",
    why: "Addresses and address ranges must be well formed; from 1.36 on without leading zeros and with no bits set after the prefix.",
    fix: "Write the address in its canonical form.",
  },
  {
    id: "apply/image",
    severity: "error",
    why: `A container without a well-formed image is refused. ${docs}/concepts/containers/images/`,
    fix: "Name an image, without white space around it.",
  },
  {
    id: "apply/host-port",
    severity: "error",
    why: `Two ports of a pod cannot take the same port of the node, and on the node's network they are the container's own. ${docs}/concepts/configuration/overview/`,
    fix: "Use each port of the node once.",
  },
  {
    id: "apply/list-key",
    severity: "error",
    why: `Server-side apply, with which Flux and Argo CD apply, refuses a list with two elements of the same key. ${docs}/reference/using-api/server-side-apply/#merge-strategy`,
    fix: "Keep one of the elements.",
  },
  {
    id: "apply/immutable-field",
    severity: "error",
    why: `Some fields cannot change once the object was created, and server-side apply (Flux; Argo CD with ServerSideApply=true) keeps what the API server filled in beside what is written: the update is refused, and the sync fails. Asked for with --base. ${docs}/reference/using-api/server-side-apply/`,
    fix: "Take the change back, give the object a new name, or let it be deleted and created anew: by hand, by Flux with the annotation kustomize.toolkit.fluxcd.io/force: enabled, by Argo CD with argocd.argoproj.io/sync-options: Replace=true,Force=true.",
  },
  {
    id: "apply/pods-rejected",
    severity: "error",
    why: `The workload is accepted, and every Pod that its template makes is refused: it applies, and never works. ${docs}/concepts/workloads/pods/#pod-templates`,
    fix: "Change the template as the finding says.",
  },
  {
    id: "apply/server-field",
    severity: "error",
    why: `Fields that the API server itself sets do not belong in Git: server-side apply refuses most of them. ${docs}/reference/kubernetes-api/common-definitions/object-meta/`,
    fix: "Remove the field.",
  },
  {
    id: "apply/warning",
    severity: "warning",
    why: `The API server accepts the manifest, and answers with a warning. ${docs}/reference/using-api/api-concepts/`,
    fix: "Change what the warning names.",
  },
  {
    id: "apply/field",
    severity: "error",
    why: `The API server's validation refuses the value. ${docs}/reference/kubernetes-api/`,
    fix: "Change the field as the finding says.",
  },
];
