import type { Wants } from "../../core/finding.ts";
import { glob } from "../../core/glob.ts";
import { objectAt, own, stringAt } from "../../core/json.ts";
import { once } from "../../core/once.ts";
import { groupOf, type Resource } from "../../core/resource.ts";
import type { TargetContext } from "../../policy/define.ts";
import { valuesAt } from "./places.ts";
import { type Release, releasesOf } from "./sync/releases.ts";
import { byNamespace, groupKind, indexOf, mayBeSameNamespace, perTarget } from "./target.ts";

/** What a controller creates from a custom resource, by kind and name. */
type Creates = (resource: Resource) => readonly [kind: string, name: string | undefined][];

const settings = ["", "-generated", "-web-config", "-cluster-tls-config", "-tls-assets-0"];

/** What the Prometheus operator creates; Secrets that its resources name must exist. https://prometheus-operator.dev/docs/getting-started/design/ */
const ofPrometheus = (prefix: string, service: string): Creates => {
  return ({ name }) => [
    ["Service", service],
    ["StatefulSet.apps", `${prefix}-${name}`],
    ["ConfigMap", `${prefix}-${name}-rulefiles-0`],
    ...settings.map((suffix): [string, string] => ["Secret", `${prefix}-${name}${suffix}`]),
  ];
};

/** The kinds that run pods; the others of the group are settings of these. */
const prometheus: Readonly<Record<string, Creates>> = {
  "Prometheus.monitoring.coreos.com": ofPrometheus("prometheus", "prometheus-operated"),
  "PrometheusAgent.monitoring.coreos.com": ofPrometheus("prom-agent", "prometheus-agent-operated"),
  "Alertmanager.monitoring.coreos.com": ofPrometheus("alertmanager", "alertmanager-operated"),
  "ThanosRuler.monitoring.coreos.com": ofPrometheus("thanos-ruler", "thanos-ruler-operated"),
};

/** Kinds whose documentation says which objects are created from them. */
const creators: Readonly<Record<string, Creates>> = {
  ...prometheus,
  // Nothing is created from these that could be referenced.
  ...Object.fromEntries(
    [
      "ScaledObject.keda.sh",
      "TriggerAuthentication.keda.sh",
      "SecretStore.external-secrets.io",
      "PushSecret.external-secrets.io",
    ].map((kind): [string, Creates] => [kind, () => []]),
  ),
  "Ingress.networking.k8s.io": (resource) => issuedTo(resource, "spec/tls/*/secretName"),
  "Gateway.gateway.networking.k8s.io": (resource) => issuedTo(resource, "spec/listeners/*/tls/certificateRefs/*/name"),
  "Certificate.cert-manager.io": ({ object }) => [["Secret", stringAt(objectAt(object, "spec"), "secretName")]],
  "ExternalSecret.external-secrets.io": (resource) => [["Secret", targetName(resource) ?? resource.name]],
  "SealedSecret.bitnami.com": ({ object, name }) => {
    const template = objectAt(objectAt(object, "spec"), "template");
    return [["Secret", stringAt(objectAt(template, "metadata"), "name") ?? name]];
  },
  // The ACME account key; all other Secrets that it names must exist.
  "Issuer.cert-manager.io": ({ object }) => {
    const key = objectAt(objectAt(objectAt(object, "spec"), "acme"), "privateKeySecretRef");
    return [["Secret", stringAt(key, "name")]];
  },
  // https://fluxoperator.dev/docs/crd/fluxinstance/#sync-configuration
  "FluxInstance.fluxcd.controlplane.io": ({ object, namespace = "flux-system" }) => {
    const sync = objectAt(objectAt(object, "spec"), "sync");
    const kind = stringAt(sync, "kind");
    return kind === undefined ? [] : [[`${kind}.source.toolkit.fluxcd.io`, stringAt(sync, "name") ?? namespace]];
  },
  Service: ({ object }) => {
    const annotations = objectAt(objectAt(object, "metadata"), "annotations");
    return [
      ["Secret", stringAt(annotations, "service.beta.openshift.io/serving-cert-secret-name")],
      ["Secret", stringAt(annotations, "service.alpha.openshift.io/serving-cert-secret-name")],
    ];
  },
};

/** What a controller creates from a resource, if its documentation says so; undefined for unknown kinds. */
export function createdFrom(
  resource: Resource,
): readonly (readonly [kind: string, name: string | undefined])[] | undefined {
  return own(creators, groupKind(resource))?.(resource);
}

/** The Secrets that cert-manager or Gardener creates because of annotations. https://cert-manager.io/docs/usage/ingress/ */
function issuedTo({ object }: Resource, path: string): ["Secret", string][] {
  const annotations = objectAt(objectAt(object, "metadata"), "annotations") ?? {};
  const isIssued = Object.keys(annotations).some((key) =>
    /^(?:(?:acme\.)?cert-manager\.io\/|certmanager\.k8s\.io\/|kubernetes\.io\/tls-acme$|cert\.gardener\.cloud\/)/.test(
      key,
    ),
  );
  if (!isIssued) return [];
  return valuesAt(object, path).flatMap(({ value }): ["Secret", string][] =>
    typeof value === "string" ? [["Secret", value]] : [],
  );
}

function targetName({ object }: Resource): string | undefined {
  return stringAt(objectAt(objectAt(object, "spec"), "target"), "name");
}

/** Groups from whose kinds nothing is created that a pod could reference. */
const createNothing =
  /^(?:[^.]*|.*\.k8s\.io|monitoring\.coreos\.com|networking\.istio\.io|security\.istio\.io|traefik\.io|.*\.traefik\.containo\.us|kyverno\.io|cilium\.io|k8s\.ovn\.org|.*\.toolkit\.fluxcd\.io|argoproj\.io|autoscaling\.k8s\.io)$/;

/** Kinds that install a chart, whose Services may have any name, whatever the name of the release. */
const charts = ["HelmRelease.helm.toolkit.fluxcd.io", "HelmChart.helm.cattle.io"];
const operators = "Subscription.operators.coreos.com";
const installers = new Set([...charts, operators, "Application.argoproj.io", "ArgoCD.argoproj.io"]);

/** Whether a resource makes OLM install an operator: its accounts, Deployments and Services may have any name. */
export function installsOperator(resource: Resource): boolean {
  return groupKind(resource) === operators;
}

/** A release of a chart, and the namespace of what it installs. The name is undefined if only a cluster knows it. */
type Chart = Pick<Release, "name" | "namespace">;

/**
 * The chart releases and operators that a resource installs, as far as the target tells where.
 * https://fluxcd.io/flux/components/helm/helmreleases/#target-namespace,
 * https://olm.operatorframework.io/docs/concepts/crds/subscription/
 */
export const chartsOf = once((resource: Resource): readonly Chart[] => {
  const { name, namespace, object } = resource;
  const spec = objectAt(object, "spec");
  if (charts.includes(groupKind(resource))) {
    return [{ name: stringAt(spec, "releaseName") ?? name, namespace: stringAt(spec, "targetNamespace") ?? namespace }];
  }
  if (installsOperator(resource))
    return [...new Set([name, stringAt(spec, "name") ?? name])].map((one) => ({ name: one, namespace }));
  return argoCharts(resource).filter((one) => !one.namespace?.includes("*"));
});

/** The releases of Argo CD. */
const argoCharts = once((resource: Resource): readonly Chart[] =>
  groupOf(resource.apiVersion) === "argoproj.io" ? releasesOf(resource) : [],
);

/** The ApplicationSets that may install a chart in a namespace that the target does not tell. */
const openInstallers = perTarget(({ resources }) =>
  resources.filter((resource) => argoCharts(resource).some((one) => one.namespace?.includes("*"))),
);

/** The ApplicationSet of a target that may install something, as far as the target tells. */
export function mayInstall({ kind, namespace, name }: Wants, context: TargetContext): Resource | undefined {
  return openInstallers(context).find((resource) =>
    argoCharts(resource).some(
      (one) =>
        one.namespace?.includes("*") &&
        (!namespace || glob(one.namespace).test(namespace)) &&
        (kind === "Service" || one.name === undefined || (name !== undefined && isPartOf(one.name, name))),
    ),
  );
}

/** Whether a name is another name, or some of its parts: `main` of `main-app` and `app.main.credentials`. */
export function isPartOf(part: string, name: string): boolean {
  return part !== "" && `-${name.replaceAll(".", "-")}-`.includes(`-${part.replaceAll(".", "-")}-`);
}

/** The resources of a target from which a controller may create others in a namespace. */
export const creatorsIn = perTarget(({ resources }) => {
  const creating = resources.filter(
    (resource) => Object.hasOwn(creators, groupKind(resource)) || mayCreateAnything(resource),
  );
  const placed = creating.flatMap((resource) =>
    resource.kind.startsWith("Cluster")
      ? [{ resource, namespace: undefined }]
      : namespacesOfCreated(resource).map((namespace) => ({ resource, namespace })),
  );
  const find = byNamespace(placed, ({ namespace }) => namespace);
  return (namespace: string | undefined) => find(namespace).map(({ resource }) => resource);
});

/** The namespaces of what is created from a resource: those of charts may be others. */
function namespacesOfCreated(resource: Resource): (string | undefined)[] {
  const all = chartsOf(resource);
  return all.length === 0 ? [resource.namespace] : [...new Set(all.map(({ namespace }) => namespace))];
}

/** Whether a controller may create something in a namespace from a resource. */
export function mayCreateIn(namespace: string | undefined, resource: Resource): boolean {
  return namespacesOfCreated(resource).some((one) => mayBeSameNamespace(one, namespace));
}

/** Whether a resource installs a chart in a namespace that may be named like this; a chart with an unknown name may. */
export function installsNamed(name: string, namespace: string | undefined, resource: Resource): boolean {
  return chartsOf(resource).some(
    (chart) =>
      mayBeSameNamespace(chart.namespace, namespace) && (chart.name === undefined || isPartOf(chart.name, name)),
  );
}

/** The names of a kind in a namespace: what the target renders, and what controllers are documented to create from it. */
export function namesIn(kind: string, namespace: string | undefined, context: TargetContext): string[] {
  const rendered = indexOf(context).ofKindIn(kind, namespace);
  const created = creatorsIn(context)(namespace).flatMap((one) => createdFrom(one) ?? []);
  return [...rendered.map(({ name }) => name), ...created.flatMap(([made, name]) => (made === kind && name) || [])];
}

/** Whether an operator may create anything from a resource: it is neither a chart nor of a known kind. */
export function isMaker(resource: Resource): boolean {
  const kind = groupKind(resource);
  return !Object.hasOwn(creators, kind) && !isInstaller(resource) && mayCreateAnything(resource);
}

/** The resources from which a controller may create pods: known kinds only if they do. */
export const podCreators = perTarget<readonly Resource[]>(({ resources }) =>
  resources.filter((resource) => {
    const kind = groupKind(resource);
    return Object.hasOwn(creators, kind) ? Object.hasOwn(prometheus, kind) : mayCreateAnything(resource);
  }),
);

function isInstaller(resource: Resource): boolean {
  return installers.has(groupKind(resource)) || chartsOf(resource).length > 0;
}

function mayCreateAnything(resource: Resource): boolean {
  return isInstaller(resource) || !createNothing.test(groupOf(resource.apiVersion));
}
