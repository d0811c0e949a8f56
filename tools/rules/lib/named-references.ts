import { isObject, type Json, stringAt } from "../../core/json.ts";
import { podKinds, podOf } from "../../core/pod.ts";
import { groupOf, type Resource } from "../../core/resource.ts";
import { type Placed, valuesAt } from "./places.ts";
import { groupKind } from "./target.ts";

/** What a reference names: a kind with its group, where, and how it is called there. */
export interface Named {
  readonly kind: string;
  readonly namespace: string | undefined;
  readonly name: string;
}

/** What a field of a resource names, beside Secrets and ConfigMaps. */
export interface NamedReference extends Named {
  /** Into the resource, of the name. */
  readonly pointer: string;
  /** It says so itself: what is in another namespace is mostly of another target. */
  readonly isElsewhere: boolean;
  /** Nothing waits for it; what it is for is lacking. */
  readonly isMild: boolean;
}

/** Where a kind names others: a path that ends at a name, or at `{ group, kind, namespace, name }`. */
interface Place {
  readonly path: string;
  readonly group: string;
  /** Which it may be: the first where it does not say. */
  readonly kinds: readonly string[];
  readonly isMild?: boolean;
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
  "PushSecret.external-secrets.io": [store("spec/secretStoreRefs/*")],
  "ScaledObject.keda.sh": [trigger],
  "ScaledJob.keda.sh": [trigger],
  [`RoleBinding.${rbac}`]: [place("roleRef", rbac, "Role", "ClusterRole")],
  [`ClusterRoleBinding.${rbac}`]: [place("roleRef", rbac, "ClusterRole")],
  "Prometheus.monitoring.coreos.com": [alertmanagers],
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

/** Kinds whose resources are of the whole cluster, and are mostly there before any target is. */
const clusterWide = new Set([
  ...["Issuer", "SecretStore", "TriggerAuthentication", "Role"].map((kind) => `Cluster${kind}`),
  ...["Storage", "Ingress", "Gateway", "Priority", "Runtime"].map((kind) => `${kind}Class`),
]);

export function isClusterWide({ kind }: Named): boolean {
  return clusterWide.has(kind.split(".")[0] ?? "");
}

/** The kinds that {@link namedReferences} reads. */
export const namingKinds = [...new Set([...podKinds, ...Object.keys(places).map((kind) => kind.split(".")[0] ?? "")])];

/** What a resource names, beside Secrets and ConfigMaps. */
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
  const { kind, name, where, at } = saidBy(value, pointer, place);
  if (!kind || !name) return [];
  const full = place.group === "" ? kind : `${kind}.${place.group}`;
  const home = clusterWide.has(kind) ? undefined : (where ?? namespace);
  const isElsewhere = home !== undefined && home !== namespace;
  return [{ kind: full, namespace: home, name, pointer: at, isElsewhere, isMild: place.isMild ?? false }];
}

/** A name alone is one of the first kind; an object may say which. Nothing for what is of another kind or group. */
function saidBy(value: Json, pointer: string, place: Place) {
  const said = { kind: place.kinds[0], name: undefined, where: undefined, at: pointer };
  if (typeof value === "string") return { ...said, name: value };
  if (!isObject(value)) return said;
  const group = stringAt(value, "apiGroup") ?? stringAt(value, "group") ?? groupIn(value.apiVersion) ?? place.group;
  const kind = stringAt(value, "kind") ?? place.kinds[0];
  if (group !== place.group || !place.kinds.includes(kind ?? "")) return said;
  return { kind, name: stringAt(value, "name"), where: stringAt(value, "namespace"), at: `${pointer}/name` };
}

function groupIn(apiVersion: unknown): string | undefined {
  return typeof apiVersion === "string" ? groupOf(apiVersion) : undefined;
}
