import type { Existing } from "../../core/existing.ts";
import { glob } from "../../core/glob.ts";
import { groupByEach } from "../../core/group.ts";
import { isObject, type Json, type JsonObject, listAt } from "../../core/json.ts";
import { type Container, containersOf } from "../../core/pod.ts";
import type { Resource } from "../../core/resource.ts";
import { hasVariable } from "../../core/variable.ts";
import type { TargetContext } from "../../policy/define.ts";
import { accountOf, rulesOf } from "./accounts.ts";
import { commandWords } from "./contracts.ts";
import { isCreatedByController } from "./controllers.ts";
import { isCopied } from "./copies.ts";
import { chartsOf, createdFrom, creatorsIn, installsNamed, installsOperator, isPartOf } from "./created.ts";
import { type Environment, environmentOf } from "./environment.ts";
import { meant } from "./misspelt.ts";
import { type Named, namedReferences } from "./named-references.ts";
import { operatorReferences } from "./operator-references.ts";
import { valuesAt } from "./places.ts";
import { indexOf, mayBeSameNamespace, perTarget, type Workload } from "./target.ts";

/**
 * Whether a resource exists though the target does not render it: every namespace has it, the configuration declares it, a
 * controller creates it from a custom resource or copies it from another namespace, or a program of the target creates it. A
 * name with a variable is only known when Flux has substituted it.
 */
export function isProvided(named: Named, context: TargetContext): boolean {
  return (
    hasVariable(named.name) ||
    isBuiltIn(named) ||
    ofInstallers.has(`${named.kind}/${named.namespace}/${named.name}`) ||
    isDeclared(named, context) ||
    isCreatedByCustomResource(named, context) ||
    isClaimOfStatefulSet(named, context) ||
    isCreatedByJob(named, context) ||
    isCreatedByProgram(named, context) ||
    isCreatedByController(named, context) ||
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

/**
 * What Flux and kubeadm install. https://fluxcd.io/flux/components/notification/receivers/,
 * https://kubernetes.io/docs/reference/setup-tools/kubeadm/implementation-details/#addons-installation
 */
const ofInstallers = new Set([
  ...["coredns", "kube-proxy"].flatMap((name) => [
    `ServiceAccount/kube-system/${name}`,
    `ConfigMap/kube-system/${name}`,
  ]),
  "Service/kube-system/kube-dns",
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
      mayBeSameNamespace(one.namespace, namespace),
  );
}

/**
 * Operators name what they create after the custom resource (`main-app` for a database `main`), or the custom resource sets
 * the name.
 */
function isCreatedByCustomResource(named: Named, context: TargetContext): boolean {
  for (const creator of creatorsIn(context)(named.namespace)) {
    const exact = createdFrom(creator);
    // A ClusterIssuer creates no Issuer.
    if (creator.kind === `Cluster${named.kind.split(".")[0]}`) continue;
    // The values of a chart must exist before it is rendered.
    if (chartsOf(creator).length > 0 && reads(creator, named)) continue;
    if (exact !== undefined) {
      if (exact.some(([kind, name]) => kind === named.kind && name === named.name)) return true;
    } else if (isNamedFreely(named, creator, context)) return true;
    else if (isPartOf(creator.name, named.name)) return true;
    else if (installsNamed(named.name, named.namespace, creator)) return true;
    else if (mentions(specOf(creator), named.name) && !reads(creator, named)) return true;
  }
  return false;
}

/** Whether a chart, or what OLM installs, may bring an object of any name. One with a typo means another object of the target. */
function isNamedFreely({ kind, namespace, name }: Named, creator: Resource, context: TargetContext): boolean {
  if (!installsOperator(creator)) return kind === "Service" && chartsOf(creator).length > 0;
  const names = indexOf(context)
    .ofKindIn(kind, namespace)
    .map((one) => one.name);
  return ofBundles.includes(kind) && meant(name, names, context) === undefined;
}

/** https://olm.operatorframework.io/docs/tasks/creating-operator-manifests/ */
const ofBundles = ["Service", "Deployment.apps", "ServiceAccount"];

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
    .ofKindIn("StatefulSet.apps", namespace)
    .some((set) => templateNames(set).some((one) => `${one}-${set.name}` === base));
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

/** Whether a value contains this string at any depth. */
function mentions(value: Json, name: string): boolean {
  if (Array.isArray(value)) return value.some((item) => mentions(item, name));
  return isObject(value) ? Object.values(value).some((item) => mentions(item, name)) : value === name;
}

/**
 * Charts create the certificate of a webhook in a Job that gets the name: `--secret-name=ingress-nginx-admission`. The program
 * of another Job knows the names (`contour certgen`), and its role only says that it creates Secrets.
 */
function isCreatedByJob({ kind, namespace, name }: Named, context: TargetContext): boolean {
  if (kind !== "Secret" && kind !== "ConfigMap") return false;
  const isThere = ({ resource }: Workload) => mayBeSameNamespace(resource.namespace, namespace);
  const creating = creatingJobs(context)[kind].filter(({ pod }) => !mentions(pod.spec, name));
  return (jobsByWord(context).get(name) ?? []).some(isThere) || creating.some(isThere);
}

/** The Jobs whose roles are about a kind and nothing else, and allow them to create any object of it. */
const creatingJobs = perTarget((context) => {
  const jobs = jobsIn(context).flatMap((job) => {
    const account = accountOf(job.resource, context);
    return account === undefined ? [] : [{ job, rules: rulesOf(account.name, job.resource.namespace, context) }];
  });
  const of = (resource: string) =>
    jobs
      .filter(({ rules }) => rules.every((rule) => isAbout(rule, resource)) && rules.some(creates))
      .map(({ job }) => job);
  return { Secret: of("secrets"), ConfigMap: of("configmaps") };
});

function isAbout(rule: JsonObject, resource: string): boolean {
  return listAt(rule, "resources").every((one) => one === resource);
}

function creates(rule: JsonObject): boolean {
  return listAt(rule, "verbs").includes("create") && listAt(rule, "resourceNames").length === 0;
}

/** Jobs by the words of their commands. */
const jobsByWord = perTarget((context) => {
  return groupByEach(jobsIn(context), ({ pod, resource: { namespace } }) =>
    containersOf(pod).flatMap((container) => wordsOf(container, namespace, context)),
  );
});

function jobsIn(context: TargetContext): readonly Workload[] {
  return indexOf(context).workloads.filter(({ resource: { kind } }) => kind === "Job" || kind === "CronJob");
}

function wordsOf(container: Container, namespace: string | undefined, context: TargetContext): string[] {
  const { variables } = environmentOf(container, namespace, context);
  // The host of a URL is no name of a Secret.
  return commandWords(container).flatMap(({ word }) =>
    expanded(word, variables)
      .replaceAll(/\b[a-z]+:\/\/\S*/g, " ")
      .split(/[^A-Za-z0-9.-]+/),
  );
}

/** A text with the variables of a container, as the kubelet writes them, `$(NAME)`, or a shell: `$NAME`, `${NAME}`. */
function expanded(text: string, variables: Environment["variables"]): string {
  if (!text.includes("$")) return text;
  return text.replaceAll(
    /\$(?:\((\w+)\)|\{(\w+)\}|(\w+))/g,
    (written, ...[one, two, three]: (string | undefined)[]) =>
      variables.get(one ?? two ?? three ?? "")?.value ?? written,
  );
}

/**
 * A program that may create Secrets, and whose role names this one, creates it when it starts: Argo CD's Redis password.
 * https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources
 */
function isCreatedByProgram({ kind, namespace, name }: Named, context: TargetContext): boolean {
  const resource = `${kind.toLowerCase()}s`;
  return indexOf(context)
    .ofKindIn("Role.rbac.authorization.k8s.io", namespace)
    .map(({ object }) => listAt(object, "rules").filter(isObject))
    .map((rules) => rules.filter((rule) => listAt(rule, "resources").includes(resource)))
    .some(
      (rules) =>
        rules.some((rule) => listAt(rule, "verbs").includes("create")) &&
        rules.some((rule) => listAt(rule, "resourceNames").includes(name)),
    );
}
