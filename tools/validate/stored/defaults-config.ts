import { isObject, type Json, type JsonObject, listAt, objectAt } from "../../core/json.ts";
import { textOf } from "../../vocabulary/text.ts";
import { typeOf } from "../demands/service-addresses.ts";
import type { Default, DefaultTable } from "./default.ts";

const everything = { namespaceSelector: {}, objectSelector: {} };
const webhook = { failurePolicy: "Fail", matchPolicy: "Equivalent", ...everything, timeoutSeconds: 10 };
const servicePort = { port: 443 };
const anywhere = ["NodePort", "LoadBalancer", "ClusterIP"];
const affinityHours = 3;

const isExternal = (spec: JsonObject) =>
  ["NodePort", "LoadBalancer"].includes(typeOf(spec)) ||
  (typeOf(spec) === "ClusterIP" && listAt(spec, "externalIPs").length > 0);

const affinityConfig: Default = ({ sessionAffinity, sessionAffinityConfig }) => {
  if (sessionAffinity !== "ClientIP") return sessionAffinity === "None" ? undefined : sessionAffinityConfig;
  const seconds = objectAt(
    isObject(sessionAffinityConfig) ? sessionAffinityConfig : undefined,
    "clientIP",
  )?.timeoutSeconds;
  return seconds === undefined ? { clientIP: { timeoutSeconds: affinityHours * 3600 } } : sessionAffinityConfig;
};

/**
 * For containers, `default` falls back to `max`, and `defaultRequest` to `default` and `min`
 * (`SetDefaults_LimitRangeItem`).
 */
const ofContainer =
  (...sources: string[]): Default =>
  (item) => {
    const [own = ""] = sources;
    if (item.type !== "Container") return item[own];
    return Object.assign({}, ...sources.map((source) => objectAt(item, source)).reverse());
  };

const namespaceMetadata: Default = ({ metadata }) => {
  const own = isObject(metadata) ? metadata : {};
  const name = textOf(own.name);
  return name === "" ? own : { ...own, labels: { ...objectAt(own, "labels"), "kubernetes.io/metadata.name": name } };
};

const policyTypes: Default = (spec) => {
  if (listAt(spec, "policyTypes").length > 0) return spec.policyTypes;
  return listAt(spec, "egress").length > 0 ? ["Ingress", "Egress"] : ["Ingress"];
};

const rbac = "rbac.authorization.k8s.io";
const roleRef: Default = (binding) => {
  const reference = objectAt(binding, "roleRef");
  return { ...reference, apiGroup: reference?.apiGroup || rbac };
};

/** `SetDefaults_*` in pkg/apis/{core,networking,rbac,…}/v1/defaults.go and of apiextensions. */
export const configDefaults: DefaultTable = {
  "core.v1.Namespace": { metadata: namespaceMetadata },
  "core.v1.NamespaceSpec": { finalizers: ({ finalizers }) => finalizers ?? ["kubernetes"] },
  "core.v1.Secret": { type: "Opaque" },
  "core.v1.ServiceSpec": {
    sessionAffinity: "None",
    sessionAffinityConfig: affinityConfig,
    type: "ClusterIP",
    externalTrafficPolicy: (spec) => spec.externalTrafficPolicy ?? (isExternal(spec) ? "Cluster" : undefined),
    // The API server drops it from an ExternalName Service when it reads the object
    // (pkg/registry/core/service/storage).
    internalTrafficPolicy: (spec) =>
      typeOf(spec) === "ExternalName"
        ? undefined
        : (spec.internalTrafficPolicy ?? (anywhere.includes(typeOf(spec)) ? "Cluster" : undefined)),
    allocateLoadBalancerNodePorts: (spec) =>
      spec.allocateLoadBalancerNodePorts ?? (typeOf(spec) === "LoadBalancer" ? true : undefined),
  },
  "core.v1.ServicePort": {
    protocol: "TCP",
    targetPort: ({ port, targetPort }) =>
      targetPort === undefined || targetPort === 0 || targetPort === "" ? (port as Json) : targetPort,
  },
  "core.v1.LimitRangeItem": {
    default: ofContainer("default", "max"),
    defaultRequest: ofContainer("defaultRequest", "default", "min"),
  },
  "core.v1.EndpointPort": { protocol: "TCP" },
  "discovery.v1.EndpointPort": { name: "", protocol: "TCP" },
  "networking.v1.NetworkPolicySpec": { policyTypes },
  "networking.v1.NetworkPolicyPort": { protocol: "TCP" },
  "networking.v1.IngressClassParametersReference": { scope: "Cluster" },
  "rbac.v1.RoleBinding": { roleRef },
  "rbac.v1.ClusterRoleBinding": { roleRef },
  "rbac.v1.Subject": {
    apiGroup: ({ apiGroup, kind }) => apiGroup ?? (kind === "User" || kind === "Group" ? rbac : undefined),
  },
  "scheduling.v1.PriorityClass": { preemptionPolicy: "PreemptLowerPriority" },
  "flowcontrol.v1.FlowSchemaSpec": { matchingPrecedence: 1000 },
  "flowcontrol.v1.LimitedPriorityLevelConfiguration": { nominalConcurrencyShares: 30, lendablePercent: 0 },
  "flowcontrol.v1.ExemptPriorityLevelConfiguration": { nominalConcurrencyShares: 0, lendablePercent: 0 },
  "flowcontrol.v1.QueuingConfiguration": { handSize: 8, queues: 64, queueLengthLimit: 50 },
  "admissionregistration.v1.ValidatingWebhook": webhook,
  "admissionregistration.v1.MutatingWebhook": { ...webhook, reinvocationPolicy: "Never" },
  "admissionregistration.v1.RuleWithOperations": { scope: "*" },
  "admissionregistration.v1.NamedRuleWithOperations": { scope: "*" },
  "admissionregistration.v1.ServiceReference": servicePort,
  "admissionregistration.v1.MatchResources": { matchPolicy: "Equivalent", ...everything },
  "admissionregistration.v1.ValidatingAdmissionPolicySpec": { failurePolicy: "Fail" },
  "admissionregistration.v1.MutatingAdmissionPolicySpec": { failurePolicy: "Fail" },
  "apiregistration.v1.ServiceReference": servicePort,
  "apiextensions.v1.ServiceReference": servicePort,
  "apiextensions.v1.CustomResourceDefinitionSpec": { conversion: { strategy: "None" } },
  "apiextensions.v1.CustomResourceDefinitionNames": {
    singular: ({ singular, kind }) => singular ?? textOf(kind).toLowerCase(),
    listKind: ({ listKind, kind }) => listKind ?? `${textOf(kind)}List`,
  },
};
