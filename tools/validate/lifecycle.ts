/**
 * When built-in APIs were deprecated and removed, what replaces them, and what must change in manifests. The versions
 * are from the `prerelease-lifecycle` markers in k8s.io/api, the changes from
 * https://kubernetes.io/docs/reference/using-api/deprecation-guide/
 */
export interface Lifecycle {
  readonly apiVersion: string;
  readonly kinds: readonly string[];
  /** The first version in which it is deprecated. */
  readonly deprecated: string;
  /** The first version without it; undefined while it is still served. */
  readonly removed?: string;
  /** The API version that replaces it. */
  readonly use?: string;
  /** The kind that replaces it, if the kind changes as well. */
  readonly kind?: string;
  /** What to use if no API replaces it. */
  readonly instead?: string;
  readonly changes?: readonly Change[];
}

/** A change that a manifest needs if it has a field, or lacks it. */
export interface Change {
  /** The path of the field; `*` stands for all elements of a list. */
  readonly path: readonly string[];
  /** The change applies if the field is absent. */
  readonly absent?: true;
  readonly say: string;
}

const at = (path: string, say: string): Change => ({ path: path.split("."), say });
const without = (path: string, say: string): Change => ({ path: path.split("."), absent: true, say });

const selector = without("spec.selector", "add spec.selector, which is required and must match the template's labels");
const deployment = [selector, at("spec.rollbackTo", "remove spec.rollbackTo")];
const daemonSet = [selector, at("spec.templateGeneration", "remove spec.templateGeneration")];

const ingress = [
  at("spec.backend", "rename spec.backend to spec.defaultBackend"),
  at("spec.rules.*.http.paths.*.backend.serviceName", "replace backend.serviceName with backend.service.name"),
  at(
    "spec.rules.*.http.paths.*.backend.servicePort",
    "replace backend.servicePort with backend.service.port.number or .name",
  ),
  without(
    "spec.rules.*.http.paths.*.pathType",
    "add a pathType to every path: Prefix, Exact or ImplementationSpecific",
  ),
];

const crd = [
  at("spec.version", "move spec.version into spec.versions"),
  at("spec.validation", "move spec.validation to spec.versions[].schema, as a structural schema"),
  at("spec.subresources", "move spec.subresources to spec.versions[].subresources"),
  at(
    "spec.additionalPrinterColumns",
    "move spec.additionalPrinterColumns to spec.versions[], with jsonPath instead of JSONPath",
  ),
  at("spec.conversion.webhookClientConfig", "move conversion.webhookClientConfig to conversion.webhook.clientConfig"),
  without("spec.versions.*.schema", "give every version a schema"),
  without("spec.scope", "add spec.scope"),
];

const webhook = [
  without("webhooks.*.sideEffects", "add sideEffects: None or NoneOnDryRun"),
  without("webhooks.*.admissionReviewVersions", "add admissionReviewVersions"),
];

const utilization = [
  at(
    "spec.metrics.*.resource.targetAverageUtilization",
    "replace resource.targetAverageUtilization with resource.target and type: Utilization",
  ),
  at(
    "spec.metrics.*.resource.targetAverageValue",
    "replace resource.targetAverageValue with resource.target and type: AverageValue",
  ),
  at("spec.metrics.*.pods.metricName", "replace pods.metricName with pods.metric.name"),
  at("spec.metrics.*.object.metricName", "replace object.metricName with object.metric.name"),
  at("spec.metrics.*.external.metricName", "replace external.metricName with external.metric.name"),
];

const disruptionBudget = [
  at("spec.selector", "check that an empty selector is intended: it now selects all pods in the namespace, not none"),
];

const csr = [without("spec.signerName", "add spec.signerName"), without("spec.usages", "add spec.usages")];

const slices = [at("endpoints.*.topology", "replace topology with nodeName and zone, or deprecatedTopology")];

const shares = [
  at("spec.limited.assuredConcurrencyShares", "rename assuredConcurrencyShares to nominalConcurrencyShares"),
];

const rbac = ["ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding"];
const reviews = [
  "LocalSubjectAccessReview",
  "SelfSubjectAccessReview",
  "SelfSubjectRulesReview",
  "SubjectAccessReview",
];
const admissionPolicies = ["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"];
const mutatingPolicies = ["MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding"];
const flowControl = ["FlowSchema", "PriorityLevelConfiguration"];
const resourceKinds = ["DeviceClass", "ResourceClaim", "ResourceClaimTemplate", "ResourceSlice"];

const podSecurity = "Pod Security Admission, with labels on namespaces";

/** All deprecated and removed built-in APIs. */
export const lifecycles: readonly Lifecycle[] = [
  // Removed in 1.16.
  {
    apiVersion: "extensions/v1beta1",
    kinds: ["Deployment"],
    deprecated: "1.8",
    removed: "1.16",
    use: "apps/v1",
    changes: deployment,
  },
  {
    apiVersion: "extensions/v1beta1",
    kinds: ["DaemonSet"],
    deprecated: "1.8",
    removed: "1.16",
    use: "apps/v1",
    changes: daemonSet,
  },
  {
    apiVersion: "extensions/v1beta1",
    kinds: ["ReplicaSet"],
    deprecated: "1.8",
    removed: "1.16",
    use: "apps/v1",
    changes: [selector],
  },
  {
    apiVersion: "extensions/v1beta1",
    kinds: ["NetworkPolicy"],
    deprecated: "1.9",
    removed: "1.16",
    use: "networking.k8s.io/v1",
  },
  {
    apiVersion: "extensions/v1beta1",
    kinds: ["PodSecurityPolicy"],
    deprecated: "1.11",
    removed: "1.16",
    instead: podSecurity,
  },
  {
    apiVersion: "apps/v1beta1",
    kinds: ["Deployment"],
    deprecated: "1.8",
    removed: "1.16",
    use: "apps/v1",
    changes: deployment,
  },
  {
    apiVersion: "apps/v1beta1",
    kinds: ["StatefulSet", "ReplicaSet"],
    deprecated: "1.8",
    removed: "1.16",
    use: "apps/v1",
    changes: [selector],
  },
  { apiVersion: "apps/v1beta1", kinds: ["ControllerRevision"], deprecated: "1.8", removed: "1.16", use: "apps/v1" },
  {
    apiVersion: "apps/v1beta2",
    kinds: ["Deployment", "StatefulSet", "ReplicaSet"],
    deprecated: "1.9",
    removed: "1.16",
    use: "apps/v1",
    changes: [selector],
  },
  {
    apiVersion: "apps/v1beta2",
    kinds: ["DaemonSet"],
    deprecated: "1.9",
    removed: "1.16",
    use: "apps/v1",
    changes: daemonSet,
  },
  { apiVersion: "apps/v1beta2", kinds: ["ControllerRevision"], deprecated: "1.9", removed: "1.16", use: "apps/v1" },

  // Removed between 1.19 and 1.24.
  {
    apiVersion: "auditregistration.k8s.io/v1alpha1",
    kinds: ["AuditSink"],
    deprecated: "1.19",
    removed: "1.19",
    instead: "the API server's audit webhook",
  },
  {
    apiVersion: "settings.k8s.io/v1alpha1",
    kinds: ["PodPreset"],
    deprecated: "1.18",
    removed: "1.20",
    instead: "a mutating admission policy or webhook",
  },
  { apiVersion: "batch/v2alpha1", kinds: ["CronJob"], deprecated: "1.8", removed: "1.21", use: "batch/v1" },
  {
    apiVersion: "discovery.k8s.io/v1alpha1",
    kinds: ["EndpointSlice"],
    deprecated: "1.17",
    removed: "1.21",
    use: "discovery.k8s.io/v1",
    changes: slices,
  },
  {
    apiVersion: "flowcontrol.apiserver.k8s.io/v1alpha1",
    kinds: flowControl,
    deprecated: "1.20",
    removed: "1.24",
    use: "flowcontrol.apiserver.k8s.io/v1",
    changes: shares,
  },
  {
    apiVersion: "node.k8s.io/v1alpha1",
    kinds: ["RuntimeClass"],
    deprecated: "1.20",
    removed: "1.24",
    use: "node.k8s.io/v1",
    changes: [at("spec.runtimeHandler", "move spec.runtimeHandler to handler at the top level")],
  },
  {
    apiVersion: "rbac.authorization.k8s.io/v1alpha1",
    kinds: rbac,
    deprecated: "1.17",
    removed: "1.23",
    use: "rbac.authorization.k8s.io/v1",
  },
  {
    apiVersion: "scheduling.k8s.io/v1alpha1",
    kinds: ["PriorityClass"],
    deprecated: "1.14",
    removed: "1.23",
    use: "scheduling.k8s.io/v1",
  },
  {
    apiVersion: "storage.k8s.io/v1alpha1",
    kinds: ["VolumeAttachment", "CSIStorageCapacity"],
    deprecated: "1.21",
    removed: "1.24",
    use: "storage.k8s.io/v1",
  },

  // Removed in 1.22.
  {
    apiVersion: "admissionregistration.k8s.io/v1beta1",
    kinds: ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"],
    deprecated: "1.16",
    removed: "1.22",
    use: "admissionregistration.k8s.io/v1",
    changes: webhook,
  },
  {
    apiVersion: "apiextensions.k8s.io/v1beta1",
    kinds: ["CustomResourceDefinition"],
    deprecated: "1.16",
    removed: "1.22",
    use: "apiextensions.k8s.io/v1",
    changes: crd,
  },
  {
    apiVersion: "apiregistration.k8s.io/v1beta1",
    kinds: ["APIService"],
    deprecated: "1.19",
    removed: "1.22",
    use: "apiregistration.k8s.io/v1",
  },
  {
    apiVersion: "authentication.k8s.io/v1beta1",
    kinds: ["TokenReview"],
    deprecated: "1.19",
    removed: "1.22",
    use: "authentication.k8s.io/v1",
  },
  {
    apiVersion: "authorization.k8s.io/v1beta1",
    kinds: reviews,
    deprecated: "1.19",
    removed: "1.22",
    use: "authorization.k8s.io/v1",
    changes: [at("spec.group", "rename spec.group to spec.groups")],
  },
  {
    apiVersion: "certificates.k8s.io/v1beta1",
    kinds: ["CertificateSigningRequest"],
    deprecated: "1.19",
    removed: "1.22",
    use: "certificates.k8s.io/v1",
    changes: csr,
  },
  {
    apiVersion: "coordination.k8s.io/v1beta1",
    kinds: ["Lease"],
    deprecated: "1.19",
    removed: "1.22",
    use: "coordination.k8s.io/v1",
  },
  {
    apiVersion: "extensions/v1beta1",
    kinds: ["Ingress"],
    deprecated: "1.14",
    removed: "1.22",
    use: "networking.k8s.io/v1",
    changes: ingress,
  },
  {
    apiVersion: "networking.k8s.io/v1beta1",
    kinds: ["Ingress"],
    deprecated: "1.19",
    removed: "1.22",
    use: "networking.k8s.io/v1",
    changes: ingress,
  },
  {
    apiVersion: "networking.k8s.io/v1beta1",
    kinds: ["IngressClass"],
    deprecated: "1.19",
    removed: "1.22",
    use: "networking.k8s.io/v1",
  },
  {
    apiVersion: "rbac.authorization.k8s.io/v1beta1",
    kinds: rbac,
    deprecated: "1.17",
    removed: "1.22",
    use: "rbac.authorization.k8s.io/v1",
  },
  {
    apiVersion: "scheduling.k8s.io/v1beta1",
    kinds: ["PriorityClass"],
    deprecated: "1.14",
    removed: "1.22",
    use: "scheduling.k8s.io/v1",
  },
  {
    apiVersion: "storage.k8s.io/v1beta1",
    kinds: ["CSIDriver", "CSINode", "StorageClass", "VolumeAttachment"],
    deprecated: "1.19",
    removed: "1.22",
    use: "storage.k8s.io/v1",
  },

  // Removed between 1.25 and 1.29.
  {
    apiVersion: "autoscaling/v2beta1",
    kinds: ["HorizontalPodAutoscaler"],
    deprecated: "1.22",
    removed: "1.25",
    use: "autoscaling/v2",
    changes: utilization,
  },
  { apiVersion: "batch/v1beta1", kinds: ["CronJob"], deprecated: "1.21", removed: "1.25", use: "batch/v1" },
  {
    apiVersion: "discovery.k8s.io/v1beta1",
    kinds: ["EndpointSlice"],
    deprecated: "1.21",
    removed: "1.25",
    use: "discovery.k8s.io/v1",
    changes: slices,
  },
  {
    apiVersion: "events.k8s.io/v1beta1",
    kinds: ["Event"],
    deprecated: "1.22",
    removed: "1.25",
    use: "events.k8s.io/v1",
  },
  {
    apiVersion: "node.k8s.io/v1beta1",
    kinds: ["RuntimeClass"],
    deprecated: "1.22",
    removed: "1.25",
    use: "node.k8s.io/v1",
  },
  {
    apiVersion: "policy/v1beta1",
    kinds: ["PodDisruptionBudget"],
    deprecated: "1.21",
    removed: "1.25",
    use: "policy/v1",
    changes: disruptionBudget,
  },
  {
    apiVersion: "policy/v1beta1",
    kinds: ["PodSecurityPolicy"],
    deprecated: "1.21",
    removed: "1.25",
    instead: podSecurity,
  },
  {
    apiVersion: "autoscaling/v2beta2",
    kinds: ["HorizontalPodAutoscaler"],
    deprecated: "1.23",
    removed: "1.26",
    use: "autoscaling/v2",
  },
  {
    apiVersion: "flowcontrol.apiserver.k8s.io/v1beta1",
    kinds: flowControl,
    deprecated: "1.23",
    removed: "1.26",
    use: "flowcontrol.apiserver.k8s.io/v1",
    changes: shares,
  },
  {
    apiVersion: "storage.k8s.io/v1beta1",
    kinds: ["CSIStorageCapacity"],
    deprecated: "1.24",
    removed: "1.27",
    use: "storage.k8s.io/v1",
  },
  {
    apiVersion: "networking.k8s.io/v1alpha1",
    kinds: ["ClusterCIDR"],
    deprecated: "1.28",
    removed: "1.29",
    instead: "the flags of the node controller",
  },
  {
    apiVersion: "flowcontrol.apiserver.k8s.io/v1beta2",
    kinds: flowControl,
    deprecated: "1.26",
    removed: "1.29",
    use: "flowcontrol.apiserver.k8s.io/v1",
    changes: shares,
  },

  // Removed since 1.31.
  {
    apiVersion: "resource.k8s.io/v1alpha2",
    kinds: [
      "PodSchedulingContext",
      "ResourceClaim",
      "ResourceClaimTemplate",
      "ResourceClass",
      "ResourceClaimParameters",
      "ResourceClassParameters",
      "ResourceSlice",
    ],
    deprecated: "1.31",
    removed: "1.31",
    use: "resource.k8s.io/v1",
  },
  {
    apiVersion: "admissionregistration.k8s.io/v1alpha1",
    kinds: admissionPolicies,
    deprecated: "1.29",
    removed: "1.32",
    use: "admissionregistration.k8s.io/v1",
  },
  {
    apiVersion: "authentication.k8s.io/v1alpha1",
    kinds: ["SelfSubjectReview"],
    deprecated: "1.29",
    removed: "1.32",
    use: "authentication.k8s.io/v1",
  },
  {
    apiVersion: "flowcontrol.apiserver.k8s.io/v1beta3",
    kinds: flowControl,
    deprecated: "1.29",
    removed: "1.32",
    use: "flowcontrol.apiserver.k8s.io/v1",
  },
  {
    apiVersion: "coordination.k8s.io/v1alpha1",
    kinds: ["LeaseCandidate"],
    deprecated: "1.32",
    removed: "1.32",
    use: "coordination.k8s.io/v1beta1",
  },
  {
    apiVersion: "authentication.k8s.io/v1beta1",
    kinds: ["SelfSubjectReview"],
    deprecated: "1.30",
    removed: "1.33",
    use: "authentication.k8s.io/v1",
  },
  {
    apiVersion: "networking.k8s.io/v1alpha1",
    kinds: ["IPAddress", "ServiceCIDR"],
    deprecated: "1.30",
    removed: "1.33",
    use: "networking.k8s.io/v1",
  },
  {
    apiVersion: "admissionregistration.k8s.io/v1beta1",
    kinds: admissionPolicies,
    deprecated: "1.31",
    removed: "1.34",
    use: "admissionregistration.k8s.io/v1",
  },
  {
    apiVersion: "resource.k8s.io/v1alpha3",
    kinds: resourceKinds,
    deprecated: "1.33",
    removed: "1.34",
    use: "resource.k8s.io/v1",
  },
  {
    apiVersion: "storage.k8s.io/v1alpha1",
    kinds: ["VolumeAttributesClass"],
    deprecated: "1.32",
    removed: "1.35",
    use: "storage.k8s.io/v1",
  },
  {
    apiVersion: "storagemigration.k8s.io/v1alpha1",
    kinds: ["StorageVersionMigration"],
    deprecated: "1.33",
    removed: "1.36",
    use: "storagemigration.k8s.io/v1beta1",
  },
  {
    apiVersion: "certificates.k8s.io/v1alpha1",
    kinds: ["ClusterTrustBundle"],
    deprecated: "1.34",
    removed: "1.37",
    use: "certificates.k8s.io/v1beta1",
  },
  {
    apiVersion: "networking.k8s.io/v1beta1",
    kinds: ["IPAddress", "ServiceCIDR"],
    deprecated: "1.34",
    removed: "1.37",
    use: "networking.k8s.io/v1",
  },
  {
    apiVersion: "storage.k8s.io/v1beta1",
    kinds: ["VolumeAttributesClass"],
    deprecated: "1.34",
    removed: "1.37",
    use: "storage.k8s.io/v1",
  },

  // Deprecated, but still served.
  {
    apiVersion: "admissionregistration.k8s.io/v1alpha1",
    kinds: mutatingPolicies,
    deprecated: "1.35",
    use: "admissionregistration.k8s.io/v1",
  },
  {
    apiVersion: "admissionregistration.k8s.io/v1beta1",
    kinds: mutatingPolicies,
    deprecated: "1.37",
    use: "admissionregistration.k8s.io/v1",
  },
  {
    apiVersion: "certificates.k8s.io/v1alpha1",
    kinds: ["PodCertificateRequest"],
    deprecated: "1.37",
    use: "certificates.k8s.io/v1",
  },
  {
    apiVersion: "certificates.k8s.io/v1beta1",
    kinds: ["ClusterTrustBundle", "PodCertificateRequest"],
    deprecated: "1.37",
    use: "certificates.k8s.io/v1",
  },
  {
    apiVersion: "coordination.k8s.io/v1alpha2",
    kinds: ["LeaseCandidate"],
    deprecated: "1.35",
    use: "coordination.k8s.io/v1beta1",
  },
  { apiVersion: "resource.k8s.io/v1beta1", kinds: resourceKinds, deprecated: "1.35", use: "resource.k8s.io/v1" },
  { apiVersion: "resource.k8s.io/v1beta2", kinds: resourceKinds, deprecated: "1.36", use: "resource.k8s.io/v1" },
  {
    apiVersion: "storagemigration.k8s.io/v1beta1",
    kinds: ["StorageVersionMigration"],
    deprecated: "1.37",
    use: "storagemigration.k8s.io/v1",
  },
  {
    apiVersion: "v1",
    kinds: ["ComponentStatus"],
    deprecated: "1.19",
    instead: "the health endpoints of the components",
  },
  { apiVersion: "v1", kinds: ["Endpoints"], deprecated: "1.33", use: "discovery.k8s.io/v1", kind: "EndpointSlice" },
];

/** The lifecycle of an API; undefined if it is neither deprecated nor removed. */
export function lifecycleOf(apiVersion: string, kind: string): Lifecycle | undefined {
  return byKind.get(`${apiVersion} ${kind}`);
}

const byKind = new Map(
  lifecycles.flatMap((one) => one.kinds.map((kind) => [`${one.apiVersion} ${kind}`, one] as const)),
);
