import type { Existing } from "../../core/existing.ts";
import { glob } from "../../core/glob.ts";
import { groupByEach } from "../../core/group.ts";
import { isObject, type Json, type JsonObject, listAt, objectAt, own, stringAt } from "../../core/json.ts";
import { containersOf } from "../../core/pod.ts";
import { groupOf, type Resource } from "../../core/resource.ts";
import type { TargetContext } from "../../policy/define.ts";
import { isCopied } from "./copies.ts";
import { type Named, namedReferences } from "./named-references.ts";
import { operatorReferences } from "./operator-references.ts";
import { valuesAt } from "./places.ts";
import { byNamespace, groupKind, indexOf, meets, perTarget } from "./target.ts";

/**
 * Whether a resource exists though the target does not render it: every namespace has it, the configuration declares it, a
 * controller creates it from a custom resource or copies it from another namespace, or a program of the target creates it.
 */
export function isProvided(named: Named, context: TargetContext): boolean {
  return (
    isBuiltIn(named) ||
    ofFlux.has(`${named.kind}/${named.namespace}/${named.name}`) ||
    isDeclared(named, context) ||
    isMadeByCustomResource(named, context) ||
    isClaimOfStatefulSet(named, context) ||
    isMadeByJob(named, context) ||
    isMadeByHolder(named, context) ||
    isCopied(named, context)
  );
}

/** https://kubernetes.io/docs/reference/access-authn-authz/service-accounts-admin/ */
const builtIn = new Set([
  "ConfigMap/kube-root-ca.crt",
  "ConfigMap/openshift-service-ca.crt",
  // https://istio.io/latest/docs/ops/common-problems/injection/
  "ConfigMap/istio-ca-root-cert",
  "ServiceAccount/default",
  "ServiceAccount/builder",
  "ServiceAccount/deployer",
  // https://kubernetes.io/docs/concepts/scheduling-eviction/pod-priority-preemption/
  "PriorityClass.scheduling.k8s.io/system-cluster-critical",
  "PriorityClass.scheduling.k8s.io/system-node-critical",
  // https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings
  ...["cluster-admin", "admin", "edit", "view"].map((name) => `ClusterRole.rbac.authorization.k8s.io/${name}`),
  "Role.rbac.authorization.k8s.io/extension-apiserver-authentication-reader",
]);

function isBuiltIn({ kind, name }: Named): boolean {
  return builtIn.has(`${kind}/${name}`) || (name.startsWith("system:") && /^(?:Cluster)?Role\./.test(kind));
}

/** Services that come with Flux. https://fluxcd.io/flux/components/notification/receivers/ */
const ofFlux = new Set([
  "Service/flux-system/notification-controller",
  "Service/flux-system/source-controller",
  "Service/flux-system/webhook-receiver",
]);

/** Whether gitops.yaml declares a resource under `cluster`. */
export function isDeclared(
  { kind, namespace, name }: Named,
  { cluster }: { readonly cluster?: readonly Existing[] | undefined },
): boolean {
  return (cluster ?? []).some(
    (one) =>
      (one.kind === kind || one.kind === kind.split(".")[0]) &&
      (one.name === undefined || glob(one.name).test(name)) &&
      meets(one.namespace, namespace),
  );
}

/** What a controller creates from a custom resource, by kind and name. */
type Makes = (resource: Resource) => readonly [kind: string, name: string | undefined][];

const settings = ["", "-generated", "-web-config", "-cluster-tls-config", "-tls-assets-0"];

/** What the Prometheus operator creates; Secrets that its resources name must exist. https://prometheus-operator.dev/docs/getting-started/design/ */
const ofPrometheus = (prefix: string, service: string): Makes => {
  return ({ name }) => [
    ["Service", service],
    ["StatefulSet.apps", `${prefix}-${name}`],
    ["ConfigMap", `${prefix}-${name}-rulefiles-0`],
    ...settings.map((suffix): [string, string] => ["Secret", `${prefix}-${name}${suffix}`]),
  ];
};

/** The kinds that run pods; the others of the group are settings of these. */
const prometheus: Readonly<Record<string, Makes>> = {
  "Prometheus.monitoring.coreos.com": ofPrometheus("prometheus", "prometheus-operated"),
  "PrometheusAgent.monitoring.coreos.com": ofPrometheus("prom-agent", "prometheus-agent-operated"),
  "Alertmanager.monitoring.coreos.com": ofPrometheus("alertmanager", "alertmanager-operated"),
  "ThanosRuler.monitoring.coreos.com": ofPrometheus("thanos-ruler", "thanos-ruler-operated"),
};

/** Kinds whose documentation says which objects are created from them. */
const makers: Readonly<Record<string, Makes>> = {
  ...prometheus,
  // Nothing is created from these that could be referenced.
  ...Object.fromEntries(
    [
      "ScaledObject.keda.sh",
      "TriggerAuthentication.keda.sh",
      "SecretStore.external-secrets.io",
      "PushSecret.external-secrets.io",
    ].map((kind): [string, Makes] => [kind, () => []]),
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
  return own(makers, groupKind(resource))?.(resource);
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
const makeNothing =
  /^(?:[^.]*|.*\.k8s\.io|monitoring\.coreos\.com|networking\.istio\.io|security\.istio\.io|traefik\.io|.*\.traefik\.containo\.us|kyverno\.io|cilium\.io|.*\.toolkit\.fluxcd\.io|argoproj\.io|autoscaling\.k8s\.io)$/;
/** Kinds that install a chart, whose Services may have any name, whatever the name of the release. */
const charts = ["HelmRelease.helm.toolkit.fluxcd.io", "HelmChart.helm.cattle.io"];

/**
 * The chart releases that a resource installs, and their namespaces.
 * https://fluxcd.io/flux/components/helm/helmreleases/#target-namespace
 */
export function chartsOf(resource: Resource): { readonly name: string; readonly namespace: string | undefined }[] {
  const { name, namespace, object } = resource;
  const spec = objectAt(object, "spec");
  if (charts.includes(groupKind(resource))) {
    return [{ name: stringAt(spec, "releaseName") ?? name, namespace: stringAt(spec, "targetNamespace") ?? namespace }];
  }
  if (groupKind(resource) !== "Application.argoproj.io") return [];
  const sources = [objectAt(spec, "source"), ...listAt(spec, "sources")].filter(isObject);
  const where = stringAt(objectAt(spec, "destination"), "namespace");
  return sources.some(({ chart }) => chart !== undefined) ? [{ name, namespace: where }] : [];
}
const makesAll = new Set([...charts, "Application.argoproj.io"]);

/**
 * Operators name what they create after the custom resource (`main-app` for a database `main`), or the custom resource sets
 * the name.
 */
function isMadeByCustomResource(named: Named, context: TargetContext): boolean {
  for (const maker of customResources(context)(named.namespace)) {
    const exact = createdFrom(maker);
    // The values of a chart must exist before it is rendered.
    if (chartsOf(maker).length > 0 && reads(maker, named)) continue;
    if (exact !== undefined) {
      if (exact.some(([kind, name]) => kind === named.kind && name === named.name)) return true;
    } else if (named.kind === "Service" && chartsOf(maker).length > 0) return true;
    else if (isPartOf(maker.name, named.name)) return true;
    else if (mentions(specOf(maker), named.name) && !reads(maker, named)) return true;
  }
  return false;
}

/** Whether a resource needs another one, which is then not created from it. */
function reads(resource: Resource, { kind, name }: Named): boolean {
  return [...operatorReferences(resource), ...namedReferences(resource)].some(
    (one) => one.kind === kind && one.name === name,
  );
}

/** A StatefulSet names its claims after the template, itself and the ordinal: `data-db-0`. */
function isClaimOfStatefulSet({ kind, namespace, name }: Named, context: TargetContext): boolean {
  if (kind !== "PersistentVolumeClaim") return false;
  const base = name.replace(/-\d+$/, "");
  return indexOf(context)
    .ofKind("StatefulSet.apps")
    .some((set) => meets(set.namespace, namespace) && templateNames(set).some((one) => `${one}-${set.name}` === base));
}

/** The names of the claim templates of a StatefulSet. */
export function templateNames({ object }: Resource): string[] {
  return valuesAt(object, "spec/volumeClaimTemplates/*/metadata/name").flatMap(({ value }) =>
    typeof value === "string" ? value : [],
  );
}

function specOf({ object }: Resource): Json {
  return object.spec ?? null;
}

/** The resources of a target from which a controller may create others in a namespace. */
const customResources = perTarget(({ resources }) =>
  byNamespace(
    resources.filter((resource) => Object.hasOwn(makers, groupKind(resource)) || makesAnything(resource)),
    (resource) => (resource.kind.startsWith("Cluster") ? undefined : namespaceOfCreated(resource)),
  ),
);

/** The namespace of what is created from a resource: that of a chart may be another one. */
export function namespaceOfCreated(resource: Resource): string | undefined {
  const [chart] = chartsOf(resource);
  return chart === undefined ? resource.namespace : chart.namespace;
}

/** The resources from which a controller may create pods: known kinds only if they do. */
export const podCreators = perTarget<readonly Resource[]>(({ resources }) =>
  resources.filter((resource) => {
    const kind = groupKind(resource);
    return Object.hasOwn(makers, kind) ? Object.hasOwn(prometheus, kind) : makesAnything(resource);
  }),
);

function makesAnything(resource: Resource): boolean {
  return makesAll.has(groupKind(resource)) || !makeNothing.test(groupOf(resource.apiVersion));
}

/** Whether a name is another name, or some of its parts: `main` of `main-app` and `app.main.credentials`. */
export function isPartOf(part: string, name: string): boolean {
  return part !== "" && `-${name.replaceAll(".", "-")}-`.includes(`-${part.replaceAll(".", "-")}-`);
}

/** Whether a value contains this string at any depth. */
function mentions(value: Json, name: string): boolean {
  if (Array.isArray(value)) return value.some((item) => mentions(item, name));
  return isObject(value) ? Object.values(value).some((item) => mentions(item, name)) : value === name;
}

/** Charts create the certificate of a webhook in a Job that gets the name: `--secret-name=ingress-nginx-admission`. */
function isMadeByJob({ kind, namespace, name }: Named, context: TargetContext): boolean {
  if (kind !== "Secret" && kind !== "ConfigMap") return false;
  return (jobsByWord(context).get(name) ?? []).some(({ resource }) => meets(resource.namespace, namespace));
}

/** Jobs by the words of their commands. */
const jobsByWord = perTarget((context) => {
  const jobs = indexOf(context).workloads.filter(({ resource: { kind } }) => kind === "Job" || kind === "CronJob");
  return groupByEach(jobs, ({ pod }) => containersOf(pod).flatMap(wordsOf));
});

function wordsOf({ object }: { readonly object: JsonObject }): string[] {
  const texts = [...listAt(object, "command"), ...listAt(object, "args")].filter((one) => typeof one === "string");
  return texts.flatMap((text) => text.split(/[^A-Za-z0-9.-]+/));
}

/**
 * A program that may create Secrets, and whose role names this one, creates it when it starts: Argo CD's Redis password.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources
 */
function isMadeByHolder({ kind, namespace, name }: Named, context: TargetContext): boolean {
  const resource = `${kind.toLowerCase()}s`;
  return indexOf(context)
    .ofKind("Role.rbac.authorization.k8s.io")
    .filter((role) => meets(role.namespace, namespace))
    .map(({ object }) => listAt(object, "rules").filter(isObject))
    .map((rules) => rules.filter((rule) => listAt(rule, "resources").includes(resource)))
    .some(
      (rules) =>
        rules.some((rule) => listAt(rule, "verbs").includes("create")) &&
        rules.some((rule) => listAt(rule, "resourceNames").includes(name)),
    );
}
