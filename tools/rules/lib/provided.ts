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
 * Whether something is there though the target does not render it: every namespace has it, the configuration declares it, a
 * controller makes it of a custom resource or copies it from another namespace, or a program of the target makes it.
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

/** What Flux installs with itself. https://fluxcd.io/flux/components/notification/receivers/ */
const ofFlux = new Set([
  "Service/flux-system/notification-controller",
  "Service/flux-system/source-controller",
  "Service/flux-system/webhook-receiver",
]);

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

/** What a controller makes of a custom resource: a kind, and how it is called. */
type Makes = (resource: Resource) => readonly [kind: string, name: string | undefined][];

const settings = ["", "-generated", "-web-config", "-cluster-tls-config", "-tls-assets-0"];

/** What the Prometheus operator makes: naming a Secret is no making. https://prometheus-operator.dev/docs/getting-started/design/ */
const ofPrometheus = (prefix: string, service: string): Makes => {
  return ({ name }) => [
    ["Service", service],
    ["StatefulSet.apps", `${prefix}-${name}`],
    ["ConfigMap", `${prefix}-${name}-rulefiles-0`],
    ...settings.map((suffix): [string, string] => ["Secret", `${prefix}-${name}${suffix}`]),
  ];
};

/** The others of its group are settings of these. */
const prometheus: Readonly<Record<string, Makes>> = {
  "Prometheus.monitoring.coreos.com": ofPrometheus("prometheus", "prometheus-operated"),
  "PrometheusAgent.monitoring.coreos.com": ofPrometheus("prom-agent", "prometheus-agent-operated"),
  "Alertmanager.monitoring.coreos.com": ofPrometheus("alertmanager", "alertmanager-operated"),
  "ThanosRuler.monitoring.coreos.com": ofPrometheus("thanos-ruler", "thanos-ruler-operated"),
};

/** Controllers whose documentation says which object they make. */
const makers: Readonly<Record<string, Makes>> = {
  ...prometheus,
  // They are read, and make nothing that has a name here.
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
  // The account key of ACME; what else it names must be there before.
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

/** What a controller makes of a resource, where its documentation says so; undefined for kinds of which nothing is known. */
export function madeOf(resource: Resource): readonly (readonly [kind: string, name: string | undefined])[] | undefined {
  return own(makers, groupKind(resource))?.(resource);
}

/** What annotations let cert-manager or Gardener make of it. https://cert-manager.io/docs/usage/ingress/ */
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

/** Groups whose kinds make nothing that a pod could name. */
const makeNothing =
  /^(?:[^.]*|.*\.k8s\.io|monitoring\.coreos\.com|networking\.istio\.io|security\.istio\.io|traefik\.io|.*\.traefik\.containo\.us|kyverno\.io|cilium\.io|.*\.toolkit\.fluxcd\.io|argoproj\.io|autoscaling\.k8s\.io)$/;
/** They install a chart, which calls its Services as it likes, whatever the release is called. */
const charts = ["HelmRelease.helm.toolkit.fluxcd.io", "HelmChart.helm.cattle.io"];

/**
 * The releases of charts that a resource installs, and where they go.
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
 * Operators call what they make after the custom resource that they make it of (`main-app` of a database `main`), or are
 * told the name by it.
 */
function isMadeByCustomResource(named: Named, context: TargetContext): boolean {
  for (const maker of customResources(context)(named.namespace)) {
    const exact = madeOf(maker);
    // A chart is not rendered before its values are there.
    if (chartsOf(maker).length > 0 && reads(maker, named)) continue;
    if (exact !== undefined) {
      if (exact.some(([kind, name]) => kind === named.kind && name === named.name)) return true;
    } else if (named.kind === "Service" && chartsOf(maker).length > 0) return true;
    else if (isPartOf(maker.name, named.name)) return true;
    else if (mentions(objectOf(maker), named.name) && !reads(maker, named)) return true;
  }
  return false;
}

/** What a resource names as something that it needs is none that is made of it. */
function reads(resource: Resource, { kind, name }: Named): boolean {
  return [...operatorReferences(resource), ...namedReferences(resource)].some(
    (one) => one.kind === kind && one.name === name,
  );
}

/** A StatefulSet calls its claims after the template, itself and the ordinal: `data-db-0`. */
function isClaimOfStatefulSet({ kind, namespace, name }: Named, context: TargetContext): boolean {
  if (kind !== "PersistentVolumeClaim") return false;
  const base = name.replace(/-\d+$/, "");
  return indexOf(context)
    .ofKind("StatefulSet.apps")
    .some((set) => meets(set.namespace, namespace) && templateNames(set).some((one) => `${one}-${set.name}` === base));
}

/** The names of the claims that a StatefulSet makes for each of its pods. */
export function templateNames({ object }: Resource): string[] {
  return valuesAt(object, "spec/volumeClaimTemplates/*/metadata/name").flatMap(({ value }) =>
    typeof value === "string" ? value : [],
  );
}

function objectOf({ object }: Resource): Json {
  return object.spec ?? null;
}

/** The resources of a target of which a controller may make others in a namespace. */
const customResources = perTarget(({ resources }) =>
  byNamespace(
    resources.filter((resource) => Object.hasOwn(makers, groupKind(resource)) || makesAnything(resource)),
    (resource) => (resource.kind.startsWith("Cluster") ? undefined : placeOfMade(resource)),
  ),
);

/** Where what is made of a resource is: a chart may go elsewhere. */
export function placeOfMade(resource: Resource): string | undefined {
  const [chart] = chartsOf(resource);
  return chart === undefined ? resource.namespace : chart.namespace;
}

/** Those of which it may make pods: of the others it is known that they make something else. */
export const podMakers = perTarget<readonly Resource[]>(({ resources }) =>
  resources.filter((resource) => {
    const kind = groupKind(resource);
    return Object.hasOwn(makers, kind) ? Object.hasOwn(prometheus, kind) : makesAnything(resource);
  }),
);

function makesAnything(resource: Resource): boolean {
  return makesAll.has(groupKind(resource)) || !makeNothing.test(groupOf(resource.apiVersion));
}

/** Whether one name is another, or some of its parts: `main` of `main-app` and `app.main.credentials`. */
export function isPartOf(part: string, name: string): boolean {
  return part !== "" && `-${name.replaceAll(".", "-")}-`.includes(`-${part.replaceAll(".", "-")}-`);
}

/** Whether a string somewhere in a value is this one. */
function mentions(value: Json, name: string): boolean {
  if (Array.isArray(value)) return value.some((item) => mentions(item, name));
  return isObject(value) ? Object.values(value).some((item) => mentions(item, name)) : value === name;
}

/** Charts make the certificate of a webhook in a Job, which is told the name: `--secret-name=ingress-nginx-admission`. */
function isMadeByJob({ kind, namespace, name }: Named, context: TargetContext): boolean {
  if (kind !== "Secret" && kind !== "ConfigMap") return false;
  return (jobsTold(context).get(name) ?? []).some(({ resource }) => meets(resource.namespace, namespace));
}

/** Jobs by the words of their commands. */
const jobsTold = perTarget((context) => {
  const jobs = indexOf(context).workloads.filter(({ resource: { kind } }) => kind === "Job" || kind === "CronJob");
  return groupByEach(jobs, ({ pod }) => containersOf(pod).flatMap(wordsOf));
});

function wordsOf({ object }: { readonly object: JsonObject }): string[] {
  const texts = [...listAt(object, "command"), ...listAt(object, "args")].filter((one) => typeof one === "string");
  return texts.flatMap((text) => text.split(/[^A-Za-z0-9.-]+/));
}

/**
 * A program that may create Secrets, and whose role names this one, makes it when it starts: Argo CD's password of Redis.
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
