import { isObject, type Json, stringAt } from "../../core/json.ts";
import { podKinds, podOf } from "../../core/pod.ts";
import { groupOf, type Resource } from "../../core/resource.ts";
import { type Placed, valuesAt } from "./places.ts";
import { groupKind } from "./target.ts";

/** The kind with its group, the namespace and the name of a referenced resource. */
export interface Named {
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

/** A reference in a field of a resource, other than to a Secret or ConfigMap. */
export interface NamedReference extends Named {
  /** Points to the name in the resource. */
  readonly pointer: string;
  /** Whether it names another namespace, whose resources are mostly in another target. */
  readonly isElsewhere: boolean;
  /** Whether nothing waits for it. */
  readonly isMild: boolean;
  /** Whether it is in the same target as others of its kind, whatever its namespace. */
  readonly isBeside: boolean;
  /** Whether it may be in another target, unless this one has others of its kind. */
  readonly isShared: boolean;
}

/** Where a kind references others: a path to a name, or to `{ group, kind, namespace, name }`. */
interface Place {
  readonly path: string;
  readonly group: string;
  /** The possible kinds; the first is the default. */
  readonly kinds: readonly string[];
  readonly isMild?: boolean;
  readonly isBeside?: boolean;
  readonly isShared?: boolean;
  /** The field that holds the name, if it is not `name`. */
  readonly nameField?: string;
  /** The part of a text that is the name, and the namespace (`where`). */
  readonly within?: RegExp;
}

const place = (path: string, group: string, ...kinds: string[]): Place => ({ path, group, kinds });

const certManager = "cert-manager.io";
const issuer = place("spec/issuerRef", certManager, "Issuer", "ClusterIssuer");
const store = (path: string) => place(path, "external-secrets.io", "SecretStore", "ClusterSecretStore");
const trigger = place(
  "spec/triggers/*/authenticationRef",
  "keda.sh",
  "TriggerAuthentication",
  "ClusterTriggerAuthentication",
);
const rbac = "rbac.authorization.k8s.io";
const argo = "argoproj.io";
const analysisTemplates = ["AnalysisTemplate", "ClusterAnalysisTemplate"];
/** https://argoproj.github.io/argo-rollouts/features/specification/: a Rollout waits with InvalidSpec until all of them exist. */
const ofRollout: readonly Place[] = [
  ...["canary/canaryService", "canary/stableService", "blueGreen/activeService", "blueGreen/previewService"].map(
    (path) => place(`spec/strategy/${path}`, "", "Service"),
  ),
  place("spec/strategy/canary/trafficRouting/nginx/stableIngress", "networking.k8s.io", "Ingress"),
  ...["steps/*/analysis", "analysis"].map((path) => analysis(`canary/${path}`)),
  ...["prePromotionAnalysis", "postPromotionAnalysis"].map((path) => analysis(`blueGreen/${path}`)),
  {
    ...place("spec/strategy/canary/steps/*/experiment/analyses/*", argo, ...analysisTemplates),
    nameField: "templateName",
  },
];

function analysis(path: string): Place {
  const kinds = place(`spec/strategy/${path}/templates/*`, argo, ...analysisTemplates);
  return { ...kinds, nameField: "templateName" };
}

/** A name may have a namespace in front, and `mesh` means all sidecars. https://istio.io/latest/docs/reference/config/networking/virtual-service/ */
const meshGateways = ["spec/gateways/*", "spec/http/*/match/*/gateways/*"].map((path) => ({
  ...place(path, "networking.istio.io", "Gateway"),
  isShared: true,
}));
/** `NAMESPACE/NAME`. https://cert-manager.io/docs/concepts/ca-injector/#injecting-ca-data-from-a-certificate-resource */
const injected: Place = {
  ...place("metadata/annotations/cert-manager.io~1inject-ca-from", certManager, "Certificate"),
  isBeside: true,
};

/** https://istio.io/latest/docs/reference/config/security/authorization-policy/#Source: `cluster.local/ns/shop/sa/web` */
const ofPolicy: readonly Place[] = ["principals", "notPrincipals"].flatMap((field) => {
  const path = `spec/rules/*/from/*/source/${field}/*`;
  return [
    { ...place(path, "", "Namespace"), within: /(?:^|\/)ns\/(?<name>[a-z0-9-]+)\/sa\/[a-z0-9.-]+$/, isMild: true },
    {
      ...place(path, "", "ServiceAccount"),
      within: /(?:^|\/)ns\/(?<where>[a-z0-9-]+)\/sa\/(?<name>[a-z0-9.-]+)$/,
      isMild: true,
      isShared: true,
    },
  ];
});

/** https://external-secrets.io/latest/provider/hashicorp-vault/#authentication, and the other providers. */
const ofStore: readonly Place[] = [
  "vault/auth/kubernetes/serviceAccountRef",
  "vault/auth/jwt/kubernetesServiceAccountToken/serviceAccountRef",
  "aws/auth/jwt/serviceAccountRef",
  "azurekv/serviceAccountRef",
  "gcpsm/auth/workloadIdentity/serviceAccountRef",
  "kubernetes/auth/serviceAccount",
].map((path) => ({ ...place(`spec/provider/${path}`, "", "ServiceAccount"), isMild: true, isShared: true }));

const alertmanagers = place("spec/alerting/alertmanagers/*", "", "Service");

/**
 * https://cert-manager.io/docs/reference/api-docs/, https://external-secrets.io/latest/api/externalsecret/,
 * https://keda.sh/docs/latest/reference/scaledobject-spec/, https://kubernetes.io/docs/reference/access-authn-authz/rbac/,
 * https://prometheus-operator.dev/docs/api-reference/api/, https://gateway-api.sigs.k8s.io/reference/spec/,
 * https://kubernetes.io/docs/concepts/storage/persistent-volumes/#volume-cloning
 */
const places: Readonly<Record<string, readonly Place[]>> = {
  [`Certificate.${certManager}`]: [issuer],
  [`CertificateRequest.${certManager}`]: [issuer],
  "ExternalSecret.external-secrets.io": [
    store("spec/secretStoreRef"),
    store("spec/data/*/sourceRef/storeRef"),
    store("spec/dataFrom/*/sourceRef/storeRef"),
  ],
  "SecretStore.external-secrets.io": ofStore,
  "AuthorizationPolicy.security.istio.io": ofPolicy,
  "PushSecret.external-secrets.io": [store("spec/secretStoreRefs/*")],
  "ScaledObject.keda.sh": [trigger],
  "ScaledJob.keda.sh": [trigger],
  [`RoleBinding.${rbac}`]: [place("roleRef", rbac, "Role", "ClusterRole")],
  [`ClusterRoleBinding.${rbac}`]: [place("roleRef", rbac, "ClusterRole")],
  "Prometheus.monitoring.coreos.com": [alertmanagers],
  [`Rollout.${argo}`]: ofRollout,
  "VirtualService.networking.istio.io": meshGateways,
  "ValidatingWebhookConfiguration.admissionregistration.k8s.io": [injected],
  "MutatingWebhookConfiguration.admissionregistration.k8s.io": [injected],
  "CustomResourceDefinition.apiextensions.k8s.io": [injected],
  "APIService.apiregistration.k8s.io": [injected],
  PersistentVolumeClaim: [
    place("spec/storageClassName", "storage.k8s.io", "StorageClass"),
    place("spec/dataSource", "", "PersistentVolumeClaim"),
    place("spec/dataSourceRef", "", "PersistentVolumeClaim"),
  ],
  "StatefulSet.apps": [
    { ...place("spec/serviceName", "", "Service"), isMild: true },
    place("spec/volumeClaimTemplates/*/spec/storageClassName", "storage.k8s.io", "StorageClass"),
  ],
  "Ingress.networking.k8s.io": [
    place("spec/ingressClassName", "networking.k8s.io", "IngressClass"),
    place("metadata/annotations/cert-manager.io~1issuer", certManager, "Issuer"),
    place("metadata/annotations/cert-manager.io~1cluster-issuer", certManager, "ClusterIssuer"),
  ],
  "Gateway.gateway.networking.k8s.io": [
    place("spec/gatewayClassName", "gateway.networking.k8s.io", "GatewayClass"),
    place("metadata/annotations/cert-manager.io~1issuer", certManager, "Issuer"),
    place("metadata/annotations/cert-manager.io~1cluster-issuer", certManager, "ClusterIssuer"),
  ],
};

const ofPods: readonly Place[] = [
  place("priorityClassName", "scheduling.k8s.io", "PriorityClass"),
  place("runtimeClassName", "node.k8s.io", "RuntimeClass"),
];

/** Cluster-scoped kinds, whose resources mostly exist before any target. */
const clusterWide = new Set([
  ...["Issuer", "SecretStore", "TriggerAuthentication", "Role", "AnalysisTemplate"].map((kind) => `Cluster${kind}`),
  "Namespace",
  ...["Storage", "Ingress", "Gateway", "Priority", "Runtime"].map((kind) => `${kind}Class`),
]);

/** Whether a reference is to one of the cluster-scoped kinds that are known here. */
export function isClusterWide({ kind }: Named): boolean {
  return clusterWide.has(kind.split(".")[0] ?? "");
}

/** The kinds that {@link namedReferences} reads. */
export const namingKinds = [...new Set([...podKinds, ...Object.keys(places).map((kind) => kind.split(".")[0] ?? "")])];

/** The references of a resource, other than to Secrets and ConfigMaps. */
export function namedReferences(resource: Resource): NamedReference[] {
  const kind = groupKind(resource);
  const own = Object.hasOwn(places, kind) ? (places[kind] ?? []) : [];
  const pod = podOf(resource);
  return [
    ...own.flatMap((one) => valuesAt(resource.object, one.path).flatMap((at) => reference(at, one, resource))),
    ...(pod === undefined ? [] : ofPods).flatMap((one) =>
      valuesAt(pod?.spec ?? null, one.path)
        .map(({ value, pointer }) => ({ value, pointer: `${pod?.specPointer}${pointer}` }))
        .flatMap((at) => reference(at, one, resource)),
    ),
  ];
}

function reference({ value, pointer }: Placed, place: Place, { namespace }: Resource): NamedReference[] {
  const { kind, name, where, at } = partsOf(value, pointer, place);
  if (!kind || !name) return [];
  const full = place.group === "" ? kind : `${kind}.${place.group}`;
  const home = clusterWide.has(kind) ? undefined : (where ?? namespace);
  const isElsewhere = home !== undefined && home !== namespace;
  const { isMild = false, isBeside = false, isShared = false } = place;
  return [{ kind: full, namespace: home, name, pointer: at, isElsewhere, isMild, isBeside, isShared }];
}

/** A plain name is of the first kind; an object may name its kind. The name is undefined if the kind or group differs. */
function partsOf(value: Json, pointer: string, place: Place) {
  const plain = { kind: place.kinds[0], name: undefined, where: undefined, at: pointer };
  if (typeof value === "string" && place.within !== undefined) {
    const { name, where } = place.within.exec(value)?.groups ?? {};
    return { ...plain, name, where };
  }
  if (typeof value === "string") {
    const [name, where] = value.split("/").reverse();
    // Istio reads a domain as the old form of a name, and `mesh` as all sidecars.
    return name === "mesh" || name?.includes(".svc.") ? plain : { ...plain, name, where };
  }
  if (!isObject(value)) return plain;
  const group = stringAt(value, "apiGroup") ?? stringAt(value, "group") ?? groupIn(value.apiVersion) ?? place.group;
  const kind = stringAt(value, "kind") ?? place.kinds[value.clusterScope === true ? 1 : 0];
  if (group !== place.group || !place.kinds.includes(kind ?? "")) return plain;
  const field = place.nameField ?? "name";
  return { kind, name: stringAt(value, field), where: stringAt(value, "namespace"), at: `${pointer}/${field}` };
}

function groupIn(apiVersion: unknown): string | undefined {
  return typeof apiVersion === "string" ? groupOf(apiVersion) : undefined;
}
