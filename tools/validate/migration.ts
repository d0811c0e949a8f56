/** A change that a manifest needs if it has a field, or lacks it. */
export interface Change {
  /** The path of the field; `*` stands for all elements of a list. */
  readonly path: Path;
  /** The change applies if the field is absent. */
  readonly absent?: true;
  readonly say: string;
  /** The paths that are right after the change: the old field, and new ones that are missing. */
  readonly settles: readonly Path[];
}

type Path = readonly string[];

const steps = (path: string): Path => path.split(".");

/** @param missing new fields that take the value of the old one */
const at = (path: string, say: string, ...missing: string[]): Change => ({
  path: steps(path),
  say,
  settles: [path, ...missing].map(steps),
});

const without = (path: string, say: string, ...missing: string[]): Change => ({
  ...at(path, say, ...missing),
  absent: true,
});

/** A field that stays, but means something else. */
const beware = (path: string, say: string): Change => ({ path: steps(path), say, settles: [] });

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

const schemas = "spec.versions.*.schema.openAPIV3Schema";

const crd = [
  at("spec.version", "move spec.version into spec.versions", "spec.versions"),
  at("spec.validation", "move spec.validation to spec.versions[].schema, as a structural schema", schemas),
  at("spec.subresources", "move spec.subresources to spec.versions[].subresources"),
  at(
    "spec.additionalPrinterColumns",
    "move spec.additionalPrinterColumns to spec.versions[], with jsonPath instead of JSONPath",
  ),
  at(
    "spec.versions.*.additionalPrinterColumns.*.JSONPath",
    "rename JSONPath in additionalPrinterColumns to jsonPath",
    "spec.versions.*.additionalPrinterColumns.*.jsonPath",
  ),
  at(
    "spec.conversion.webhookClientConfig",
    "move conversion.webhookClientConfig to conversion.webhook.clientConfig",
    "spec.conversion.webhook",
  ),
  at(
    "spec.conversion.conversionReviewVersions",
    "move conversion.conversionReviewVersions to conversion.webhook.conversionReviewVersions",
  ),
  without("spec.versions.*.schema", "give every version a schema", schemas),
  without("spec.scope", "add spec.scope"),
];

const webhook = [
  without("webhooks.*.sideEffects", "add sideEffects: None or NoneOnDryRun"),
  without("webhooks.*.admissionReviewVersions", "add admissionReviewVersions"),
];

const ofMetric = "spec.metrics.*";

/** The value of a metric is part of its target. */
const inTarget = (source: string, field: string, type: string): Change =>
  at(
    `${ofMetric}.${source}.${field}`,
    `replace ${source}.${field} with ${source}.target and type: ${type}`,
    `${ofMetric}.${source}.target`,
  );

const inMetric = (source: string, field: string, of: string): Change =>
  at(
    `${ofMetric}.${source}.${field}`,
    `replace ${source}.${field} with ${source}.metric.${of}`,
    `${ofMetric}.${source}.metric`,
  );

const autoscaler = [
  inTarget("resource", "targetAverageUtilization", "Utilization"),
  inTarget("resource", "targetAverageValue", "AverageValue"),
  inMetric("pods", "metricName", "name"),
  inMetric("pods", "selector", "selector"),
  inTarget("pods", "targetAverageValue", "AverageValue"),
  at(
    `${ofMetric}.object.target`,
    "rename object.target to object.describedObject",
    `${ofMetric}.object.describedObject`,
  ),
  inMetric("object", "metricName", "name"),
  inMetric("object", "selector", "selector"),
  inTarget("object", "targetValue", "Value"),
  inTarget("object", "averageValue", "AverageValue"),
  inMetric("external", "metricName", "name"),
  inMetric("external", "metricSelector", "selector"),
  inTarget("external", "targetValue", "Value"),
  inTarget("external", "targetAverageValue", "AverageValue"),
];

const disruptionBudget = [
  beware(
    "spec.selector",
    "check that an empty selector is intended: it now selects all pods in the namespace, not none",
  ),
];

const signingRequest = [without("spec.signerName", "add spec.signerName"), without("spec.usages", "add spec.usages")];

const endpointSlice = [at("endpoints.*.topology", "replace topology with nodeName and zone, or deprecatedTopology")];

const priorityLevel = [
  at("spec.limited.assuredConcurrencyShares", "rename assuredConcurrencyShares to nominalConcurrencyShares"),
];

const accessReview = [at("spec.group", "rename spec.group to spec.groups")];

const runtimeClass = [
  at("spec", "move everything in spec to the top level, and rename runtimeHandler to handler", "handler"),
];

const changes: Readonly<Record<string, readonly Change[]>> = {
  "admissionregistration.k8s.io/v1beta1 MutatingWebhookConfiguration": webhook,
  "admissionregistration.k8s.io/v1beta1 ValidatingWebhookConfiguration": webhook,
  "apiextensions.k8s.io/v1beta1 CustomResourceDefinition": crd,
  "apps/v1beta1 Deployment": deployment,
  "apps/v1beta1 ReplicaSet": [selector],
  "apps/v1beta1 StatefulSet": [selector],
  "apps/v1beta2 DaemonSet": daemonSet,
  "apps/v1beta2 Deployment": [selector],
  "apps/v1beta2 ReplicaSet": [selector],
  "apps/v1beta2 StatefulSet": [selector],
  "authorization.k8s.io/v1beta1 LocalSubjectAccessReview": accessReview,
  "authorization.k8s.io/v1beta1 SelfSubjectAccessReview": accessReview,
  "authorization.k8s.io/v1beta1 SelfSubjectRulesReview": accessReview,
  "authorization.k8s.io/v1beta1 SubjectAccessReview": accessReview,
  "autoscaling/v2beta1 HorizontalPodAutoscaler": autoscaler,
  "certificates.k8s.io/v1beta1 CertificateSigningRequest": signingRequest,
  "discovery.k8s.io/v1alpha1 EndpointSlice": endpointSlice,
  "discovery.k8s.io/v1beta1 EndpointSlice": endpointSlice,
  "extensions/v1beta1 DaemonSet": daemonSet,
  "extensions/v1beta1 Deployment": deployment,
  "extensions/v1beta1 Ingress": ingress,
  "extensions/v1beta1 ReplicaSet": [selector],
  "flowcontrol.apiserver.k8s.io/v1alpha1 FlowSchema": priorityLevel,
  "flowcontrol.apiserver.k8s.io/v1alpha1 PriorityLevelConfiguration": priorityLevel,
  "flowcontrol.apiserver.k8s.io/v1beta1 FlowSchema": priorityLevel,
  "flowcontrol.apiserver.k8s.io/v1beta1 PriorityLevelConfiguration": priorityLevel,
  "flowcontrol.apiserver.k8s.io/v1beta2 FlowSchema": priorityLevel,
  "flowcontrol.apiserver.k8s.io/v1beta2 PriorityLevelConfiguration": priorityLevel,
  "networking.k8s.io/v1beta1 Ingress": ingress,
  "node.k8s.io/v1alpha1 RuntimeClass": runtimeClass,
  "policy/v1beta1 PodDisruptionBudget": disruptionBudget,
};

/**
 * What must change in a manifest, besides its apiVersion, when its API is replaced.
 * https://kubernetes.io/docs/reference/using-api/deprecation-guide/
 *
 * @param api such as `apps/v1beta1 Deployment`
 */
export function changesTo(api: string): readonly Change[] {
  return changes[api] ?? [];
}
