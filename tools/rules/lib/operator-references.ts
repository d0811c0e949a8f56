import { isObject, type JsonObject, own, stringAt } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import type { ConfigReference } from "./config-references.ts";
import { type Placed, valuesAt } from "./places.ts";
import { groupKind, withoutGroups } from "./target.ts";

type Sort = ConfigReference["kind"];

/**
 * Where a kind references a Secret or a ConfigMap: a path, with `*` for every item of a list, to a name or to `{ name, key }`;
 * the field of the key (default: `key`), and the key if there is no such field.
 */
type Place = readonly [kind: Sort, path: string, key?: readonly [field: string, standard: string]];

const tls: Place[] = [
  ["Secret", "tlsConfig/ca/secret"],
  ["ConfigMap", "tlsConfig/ca/configMap"],
  ["Secret", "tlsConfig/cert/secret"],
  ["ConfigMap", "tlsConfig/cert/configMap"],
  ["Secret", "tlsConfig/keySecret"],
];
const client: Place[] = [
  ["Secret", "basicAuth/username"],
  ["Secret", "basicAuth/password"],
  ["Secret", "authorization/credentials"],
  ["Secret", "bearerTokenSecret"],
  ["Secret", "oauth2/clientId/secret"],
  ["ConfigMap", "oauth2/clientId/configMap"],
  ["Secret", "oauth2/clientSecret"],
  ...tls,
];
const below = (prefix: string, places: readonly Place[]) =>
  places.map(([kind, path, ...key]): Place => [kind, `${prefix}/${path}`, ...key]);

const mounted: Place[] = [
  ["Secret", "spec/secrets/*"],
  ["ConfigMap", "spec/configMaps/*"],
];
const prometheus: Place[] = [
  ...mounted,
  ["Secret", "spec/additionalScrapeConfigs"],
  ["Secret", "spec/additionalAlertRelabelConfigs"],
  ["Secret", "spec/additionalAlertManagerConfigs"],
  ...below("spec/remoteWrite/*", client),
  ...below("spec/remoteRead/*", client),
  ...below("spec/alerting/alertmanagers/*", client),
];
/** Solvers of ACME challenges. */
const solver: Place[] = [
  ["Secret", "cloudflare/apiTokenSecretRef"],
  ["Secret", "cloudflare/apiKeySecretRef"],
  ["Secret", "cloudDNS/serviceAccountSecretRef"],
  ["Secret", "azureDNS/clientSecretSecretRef"],
  ["Secret", "digitalocean/tokenSecretRef"],
  ["Secret", "route53/secretAccessKeySecretRef"],
  ["Secret", "rfc2136/tsigSecretSecretRef"],
];

const valuesKey = ["valuesKey", "values.yaml"] as const;
/** The certificate of a server: controllers read it from this key, whatever the type of the Secret. */
const certificate = ["key", "tls.crt"] as const;

/**
 * References of custom resources that must exist before the operator does anything.
 * https://gateway-api.sigs.k8s.io/reference/spec/, https://prometheus-operator.dev/docs/api-reference/api/,
 * https://cert-manager.io/docs/reference/api-docs/, https://keda.sh/docs/latest/concepts/authentication/,
 * https://fluxcd.io/flux/components/helm/helmreleases/#values-references
 */
const places: Readonly<Record<string, readonly Place[]>> = {
  "Ingress.networking.k8s.io": [["Secret", "spec/tls/*/secretName", certificate]],
  "Gateway.gateway.networking.k8s.io": [["Secret", "spec/listeners/*/tls/certificateRefs/*", certificate]],
  "ServiceMonitor.monitoring.coreos.com": below("spec/endpoints/*", client),
  "PodMonitor.monitoring.coreos.com": below("spec/podMetricsEndpoints/*", client),
  "Probe.monitoring.coreos.com": below("spec", client),
  "Prometheus.monitoring.coreos.com": prometheus,
  "PrometheusAgent.monitoring.coreos.com": prometheus,
  "Alertmanager.monitoring.coreos.com": [...mounted, ["Secret", "spec/configSecret"]],
  "Issuer.cert-manager.io": [
    ["Secret", "spec/ca/secretName"],
    ["Secret", "spec/vault/auth/tokenSecretRef"],
    ["Secret", "spec/vault/auth/appRole/secretRef"],
    ...below("spec/acme/solvers/*/dns01", solver),
  ],
  "TriggerAuthentication.keda.sh": [["Secret", "spec/secretTargetRef/*"]],
  "HelmRelease.helm.toolkit.fluxcd.io": [
    ["ConfigMap", "spec/valuesFrom/*", valuesKey],
    ["Secret", "spec/valuesFrom/*", valuesKey],
  ],
};

const ofSource: Place[] = [
  ["Secret", "spec/secretRef"],
  ["Secret", "spec/certSecretRef"],
  ["Secret", "spec/proxySecretRef"],
  ["Secret", "spec/verify/secretRef"],
];

/**
 * Secrets and ConfigMaps that are mostly created by hand before the first sync, and are in no repository. If a target
 * generates one, the reference is wrong all the same: it lacks the suffix of the name. https://fluxcd.io/flux/components/
 */
const generated: Readonly<Record<string, readonly Place[]>> = {
  "HelmRelease.helm.toolkit.fluxcd.io": [
    ["Secret", "spec/kubeConfig/secretRef"],
    ["ConfigMap", "spec/kubeConfig/configMapRef"],
    ["Secret", "spec/chart/spec/verify/secretRef"],
  ],
  "Kustomization.kustomize.toolkit.fluxcd.io": [
    ["ConfigMap", "spec/postBuild/substituteFrom/*"],
    ["Secret", "spec/postBuild/substituteFrom/*"],
    ["Secret", "spec/decryption/secretRef"],
    ["Secret", "spec/kubeConfig/secretRef"],
    ["ConfigMap", "spec/kubeConfig/configMapRef"],
  ],
  ...Object.fromEntries(
    ["GitRepository", "OCIRepository", "HelmRepository", "Bucket"].map((kind) => [
      `${kind}.source.toolkit.fluxcd.io`,
      ofSource,
    ]),
  ),
  "Provider.notification.toolkit.fluxcd.io": ofSource,
  "Receiver.notification.toolkit.fluxcd.io": ofSource,
};

/** The kinds that {@link operatorReferences} and {@link generatedReferences} read. */
export const operatorKinds = withoutGroups([...Object.keys(places), ...Object.keys(generated)]);

/** The Secrets and ConfigMaps in its own namespace that a custom resource references. */
export function operatorReferences(resource: Resource): ConfigReference[] {
  return referencesAt(places, resource);
}

/** References that may already exist in the cluster, unless the target generates them. */
export function generatedReferences(resource: Resource): ConfigReference[] {
  return referencesAt(generated, resource);
}

function referencesAt(known: Readonly<Record<string, readonly Place[]>>, resource: Resource): ConfigReference[] {
  return (own(known, groupKind(resource)) ?? []).flatMap((place) =>
    valuesAt(resource.object, place[1]).flatMap((placed) => reference(placed, place)),
  );
}

function reference({ value, pointer }: Placed, [kind, , keyed]: Place): ConfigReference[] {
  const [field, standard] = keyed ?? ["key", undefined];
  if (typeof value === "string") {
    const key = standard && { key: standard, keyPointer: pointer };
    return value === "" ? [] : [{ kind, name: value, optional: false, pointer, ...key }];
  }
  if (!isObject(value) || !isOfKind(value, kind)) return [];
  const [name, written] = [stringAt(value, "name"), stringAt(value, field)];
  const key = written || standard;
  if (!name) return [];
  const whole = { kind, name, optional: value.optional === true, pointer: `${pointer}/name` };
  return [key ? { ...whole, key, keyPointer: `${pointer}/${written ? field : "name"}` } : whole];
}

/** A reference may name its kind; one into another namespace depends on a grant there. */
function isOfKind({ kind, group, namespace }: JsonObject, wanted: Sort): boolean {
  return (kind ?? wanted) === wanted && (group ?? "") === "" && namespace === undefined;
}
