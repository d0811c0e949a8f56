import type { Severity } from "../core/finding.ts";

/** The description of a rule. */
export interface RuleText {
  readonly id: string;
  readonly severity: Severity;
  /** Why it matters, with a link to the Kubernetes documentation if possible. */
  readonly why: string;
  /** How to fix a finding. */
  readonly fix: string;
}

const docs = "https://kubernetes.io/docs";

/** How to make the schema of a kind known. */
export const knowKind =
  "In gitops.yaml, add the folder of its CustomResourceDefinition to schemas, or the kind to allowUnknownKinds.";

/** All rules of `validate`. */
export const rules: readonly RuleText[] = [
  {
    id: "schema/unknown-field",
    severity: "error",
    why: `The API server drops an unknown field or rejects the manifest, so the field has no effect. ${docs}/reference/using-api/api-concepts/#field-validation`,
    fix: "Correct the spelling or the nesting of the field; see the API reference for the kind.",
  },
  {
    id: "schema/type",
    severity: "error",
    why: `The API server cannot decode a value of the wrong type and rejects the whole manifest. ${docs}/reference/kubernetes-api/`,
    fix: "Use a value of the field's type. In YAML, quotes turn a number into a string.",
  },
  {
    id: "schema/required",
    severity: "error",
    why: `The API server rejects an object without a required field. ${docs}/reference/kubernetes-api/`,
    fix: "Add the field.",
  },
  {
    id: "schema/value",
    severity: "error",
    why: "The API server rejects a value that the schema of the custom resource does not allow. https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation",
    fix: "Use a value that the schema allows.",
  },
  {
    id: "schema/unknown-kind",
    severity: "error",
    why: `A kind that the API server does not serve cannot be applied, and a kind without a schema cannot be checked. ${docs}/reference/using-api/#api-groups`,
    fix: knowKind,
  },
  {
    id: "api/removed",
    severity: "error",
    why: `The Kubernetes versions to check against no longer serve the API version, so the manifest cannot be applied. ${docs}/reference/using-api/deprecation-guide/`,
    fix: "Move the manifest to the API version that replaces it, with the changes that the finding lists.",
  },
  {
    id: "api/deprecated",
    severity: "warning",
    why: `The API version still works but will be removed, and the API server warns about it. ${docs}/reference/using-api/deprecation-policy/`,
    fix: "Move to its replacement before the cluster upgrade that removes it.",
  },
  {
    id: "apply/name",
    severity: "error",
    why: `The API server rejects names with the wrong syntax for their kind: mostly DNS subdomains or DNS labels. ${docs}/concepts/overview/working-with-objects/names/`,
    fix: "Use a name with the syntax that the finding describes.",
  },
  {
    id: "apply/label",
    severity: "error",
    why: `The API server rejects labels and annotations with malformed keys or values. ${docs}/concepts/overview/working-with-objects/labels/#syntax-and-character-set`,
    fix: "Use at most 63 letters, digits, -, _ and dots; a key may have a DNS name and a slash as its prefix.",
  },
  {
    id: "apply/annotation-size",
    severity: "error",
    why: `The annotations of an object may take up at most 256 KiB in total. ${docs}/concepts/overview/working-with-objects/annotations/`,
    fix: "Shorten them or move the data to a ConfigMap.",
  },
  {
    id: "apply/duplicate-resource",
    severity: "error",
    why: "If two manifests describe the same object, the one applied last overwrites the other on every sync.",
    fix: "Remove or rename one of them.",
  },
  {
    id: "apply/selector",
    severity: "error",
    why: `The API server rejects a selector that is malformed, missing or empty, or that does not match its own template. ${docs}/concepts/overview/working-with-objects/labels/#label-selectors`,
    fix: "Correct the selector or the labels that it must match.",
  },
  {
    id: "apply/port",
    severity: "error",
    why: `Ports must be distinct and have numbers from 1 to 65535 and short lowercase names. ${docs}/concepts/services-networking/service/#multi-port-services`,
    fix: "Give each port its own name and number.",
  },
  {
    id: "apply/node-port",
    severity: "error",
    why: `A node port must be in the cluster's range and is allowed only in Services of a type that uses node ports. ${docs}/concepts/services-networking/service/#type-nodeport`,
    fix: "Choose a port from 30000 to 32767, or remove it so that the cluster chooses one.",
  },
  {
    id: "apply/service-fields",
    severity: "error",
    why: `The type of a Service determines which fields it may have. ${docs}/reference/kubernetes-api/service-resources/service-v1/`,
    fix: "Remove the field or change the type.",
  },
  {
    id: "apply/container-name",
    severity: "error",
    why: `The names of a pod's containers must be distinct DNS labels. ${docs}/reference/kubernetes-api/workload-resources/pod-v1/#containers`,
    fix: "Give each container its own lowercase name.",
  },
  {
    id: "apply/container",
    severity: "error",
    why: `The API server rejects pods with such a container. ${docs}/reference/kubernetes-api/workload-resources/pod-v1/#containers`,
    fix: "Change the field as the finding describes.",
  },
  {
    id: "apply/pod",
    severity: "error",
    why: `The API server rejects such a pod. ${docs}/reference/kubernetes-api/workload-resources/pod-v1/`,
    fix: "Change the field as the finding describes.",
  },
  {
    id: "apply/scheduling",
    severity: "error",
    why: `The API server rejects malformed affinity, tolerations and topology spread constraints. ${docs}/concepts/scheduling-eviction/assign-pod-node/`,
    fix: "Correct the term as the finding describes.",
  },
  {
    id: "apply/volume",
    severity: "error",
    why: `Each volume needs a unique name and exactly one source; each mount must name an existing volume and have its own path. ${docs}/concepts/storage/volumes/`,
    fix: "Correct the volume or the mount.",
  },
  {
    id: "apply/probe",
    severity: "error",
    why: `A probe or hook must have exactly one handler, and its numbers must be in range. ${docs}/concepts/configuration/liveness-readiness-startup-probes/`,
    fix: "Keep one handler, or correct the number that the finding names.",
  },
  {
    id: "apply/quantity",
    severity: "error",
    why: `Amounts must not be negative, requests must not exceed limits, and resource names must be known. ${docs}/concepts/configuration/manage-resources-containers/`,
    fix: "Correct the amount or the name.",
  },
  {
    id: "apply/env",
    severity: "error",
    why: `An environment variable must have a name and either a value or one source. ${docs}/tasks/inject-data-application/define-environment-variable-container/`,
    fix: "Keep either the value or one source, with its name and key.",
  },
  {
    id: "apply/strategy",
    severity: "error",
    why: `The API server rejects an update strategy with contradictory fields. ${docs}/concepts/workloads/controllers/deployment/#strategy`,
    fix: "Keep only the fields of the strategy's type.",
  },
  {
    id: "apply/restart-policy",
    severity: "error",
    why: `The kind of a workload determines which restart policies its pods may have. ${docs}/concepts/workloads/pods/pod-lifecycle/#restart-policy`,
    fix: "Use a restart policy that the kind allows.",
  },
  {
    id: "apply/security-context",
    severity: "error",
    why: `The API server rejects a security context with contradictory fields or fields for another operating system. ${docs}/tasks/configure-pod-container/security-context/`,
    fix: "Remove one of the fields that the finding names.",
  },
  {
    id: "apply/pdb",
    severity: "error",
    why: `A PodDisruptionBudget must have either minAvailable or maxUnavailable, as a number or a percentage. ${docs}/tasks/run-application/configure-pdb/`,
    fix: "Keep one of the two, with a valid value.",
  },
  {
    id: "apply/hpa",
    severity: "error",
    why: `An autoscaler must have consistent bounds and complete metrics. ${docs}/tasks/run-application/horizontal-pod-autoscale/`,
    fix: "Correct the bounds or the metric.",
  },
  {
    id: "apply/cron",
    severity: "error",
    why: `The API server rejects a CronJob with a malformed schedule or contradictory fields. ${docs}/concepts/workloads/controllers/cron-jobs/#writing-a-cronjob-spec`,
    fix: "Use five fields or a macro such as @daily, and set the time zone in timeZone.",
  },
  {
    id: "apply/config-size",
    severity: "error",
    why: `A ConfigMap or Secret can hold at most 1 MiB. ${docs}/concepts/configuration/configmap/#motivation`,
    fix: "Split it or store the data elsewhere.",
  },
  {
    id: "apply/cidr",
    severity: "error",
    why: "Addresses and address ranges must be valid; from 1.36 on, also without leading zeros and without bits set after the prefix.",
    fix: "Write the address in its canonical form.",
  },
  {
    id: "apply/image",
    severity: "error",
    why: `The API server rejects a container without a valid image. ${docs}/concepts/containers/images/`,
    fix: "Set an image without white space around it.",
  },
  {
    id: "apply/host-port",
    severity: "error",
    why: `Two ports of a pod cannot use the same host port, and with hostNetwork each host port must equal the container port. ${docs}/concepts/configuration/overview/`,
    fix: "Use each host port only once.",
  },
  {
    id: "apply/list-key",
    severity: "error",
    why: `Server-side apply (Flux; Argo CD with ServerSideApply=true) rejects a list in which two elements have the same key. ${docs}/reference/using-api/server-side-apply/#merge-strategy`,
    fix: "Keep one of the elements.",
  },
  {
    id: "apply/immutable-field",
    severity: "error",
    why: `Some fields cannot change after an object is created, and server-side apply (Flux; Argo CD with ServerSideApply=true) keeps fields that the API server filled in. The API server rejects the update, and the sync fails. gitops check finds this only with --base. ${docs}/reference/using-api/server-side-apply/`,
    fix: "Revert the change, give the object a new name, or have it deleted and recreated: by hand, by Flux with the annotation kustomize.toolkit.fluxcd.io/force: enabled, or by Argo CD with argocd.argoproj.io/sync-options: Replace=true,Force=true.",
  },
  {
    id: "apply/pods-rejected",
    severity: "error",
    why: `The API server accepts the workload but rejects every Pod made from its template, so it applies but never works. ${docs}/concepts/workloads/pods/#pod-templates`,
    fix: "Change the template as the finding describes.",
  },
  {
    id: "apply/server-field",
    severity: "error",
    why: `Fields that the API server sets do not belong in Git: server-side apply rejects most of them. ${docs}/reference/kubernetes-api/common-definitions/object-meta/`,
    fix: "Remove the field.",
  },
  {
    id: "apply/warning",
    severity: "warning",
    why: `The API server accepts the manifest but responds with a warning. ${docs}/reference/using-api/api-concepts/`,
    fix: "Change the field as the warning describes.",
  },
  {
    id: "apply/field",
    severity: "error",
    why: `The API server rejects the value. ${docs}/reference/kubernetes-api/`,
    fix: "Change the field as the finding describes.",
  },
];
