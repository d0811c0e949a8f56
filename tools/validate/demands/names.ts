import type { Severity } from "../../core/finding.ts";
import type { JsonObject } from "../../core/json.ts";
import { checkOf, from, upTo } from "../../vocabulary/demand.ts";
import { dns1035Label, dns1123Label, dns1123Subdomain, pathSegment } from "../../vocabulary/names.ts";
import type { Check } from "../../vocabulary/place.ts";
import { isUnset } from "../../vocabulary/presence.ts";
import { type Format, format, textOf } from "../../vocabulary/text.ts";
import { exactIp } from "./address.ts";
import { trustBundleName } from "./certificates.ts";

/** A DNS name that leaves room for what a controller appends. */
function shorter(limit: number, why: string): Format {
  return format(
    `a DNS name of at most ${limit} characters (${why})`,
    `Use at most ${limit} lowercase letters, digits, - and dots.`,
    (name) => name.length <= limit && dns1123Subdomain.fits(name),
  );
}

/** From 1.36 on, the name of a Service may begin with a digit (RelaxedServiceNameValidation). */
export const serviceName = checkOf([upTo("1.35", dns1035Label), from("1.36", dns1123Label)]);

/**
 * The name of an object, or one that the server could generate from `generateName`
 * (k8s.io/apiserver/pkg/storage/names).
 */
export function givenName({ name, generateName }: JsonObject): string {
  return isUnset(name) ? generatedName(textOf(generateName)) : textOf(name);
}

/** `Group/Kind` → the check of its names, for kinds whose names are not DNS subdomains. */
const names: Readonly<Record<string, Check>> = {
  "/Event": pathSegment,
  "/Namespace": dns1123Label,
  "/Service": serviceName,
  "apiregistration.k8s.io/APIService": pathSegment,
  "apps/StatefulSet": dns1123Label,
  "batch/CronJob": shorter(52, "the names of its Jobs have 11 more"),
  "batch/Job": shorter(63, "it becomes a label on its Pods"),
  "certificates.k8s.io/CertificateSigningRequest": pathSegment,
  "certificates.k8s.io/ClusterTrustBundle": trustBundleName,
  "networking.k8s.io/IPAddress": exactIp,
  "policy/PodDisruptionBudget": pathSegment,
  "rbac.authorization.k8s.io/ClusterRole": pathSegment,
  "rbac.authorization.k8s.io/ClusterRoleBinding": pathSegment,
  "rbac.authorization.k8s.io/Role": pathSegment,
  "rbac.authorization.k8s.io/RoleBinding": pathSegment,
};

/** The check of the names of a kind's objects. */
export function nameOf(group: string, kind: string): Check {
  const id = `${group}/${kind}`;
  return (Object.hasOwn(names, id) ? names[id] : undefined) ?? dns1123Subdomain;
}

/**
 * A `generateName` beside a name has no effect; some kinds do not check it as a name from 1.35 on
 * (`ValidateObjectMetaWithOpts`).
 */
const unusedPrefix = checkOf([upTo("1.34", dns1123Subdomain), from("1.35", pathSegment)]);

/** Kinds with a shorter limit for names, which applies to the generated name and not to the prefix. */
const roomy = new Set(["batch/CronJob", "batch/Job"]);

/** Kinds whose updates check only what no object may have in its `generateName` (`rest.BeforeUpdate`). */
const uncheckedOnUpdate = new Set([
  ...["ReplicationController", "PodTemplate", "Service", "ResourceQuota"].map((kind) => `/${kind}`),
  ...["Deployment", "StatefulSet", "DaemonSet", "ReplicaSet"].map((kind) => `apps/${kind}`),
  ...["networking.k8s.io/NetworkPolicy", "networking.k8s.io/ServiceCIDR", "batch/CronJob", "events.k8s.io/Event"],
  ...["autoscaling/HorizontalPodAutoscaler", "storage.k8s.io/CSIDriver", "scheduling.k8s.io/PriorityClass"],
  ...["coordination.k8s.io/Lease", "apiextensions.k8s.io/CustomResourceDefinition", "resource.k8s.io/ResourceSlice"],
]);

/** The check of a kind's `generateName`, which generates a name if it `isUsed`, for an object that `isThere` or not. */
export function prefixOf(group: string, kind: string, isUsed: boolean, isThere: boolean): Check {
  const id = `${group}/${kind}`;
  if (isThere && uncheckedOnUpdate.has(id)) return pathSegment;
  if (!isUsed && (id === "/ReplicationController" || id === "resource.k8s.io/DeviceClass")) return unusedPrefix;
  return roomy.has(id) ? dns1123Subdomain : nameOf(group, kind);
}

/** An example of a name that the server generates from a prefix, which it truncates (`SimpleNameGenerator`). */
export function generatedName(prefix: string): string {
  return `${prefix.slice(0, 58)}aaaaa`;
}

/** Groups whose finalizers need no domain; the others use the validation of the core group. */
const plainFinalizers = new Set([
  "admissionregistration.k8s.io",
  "apiextensions.k8s.io",
  "apiregistration.k8s.io",
  "coordination.k8s.io",
  "node.k8s.io",
  "policy",
]);

/** Whether finalizers need a domain. Those of custom resources and of core/v1 Events do not. */
export function needsDomainInFinalizers(group: string, kind: string, isBuiltIn: boolean): boolean {
  return isBuiltIn && !plainFinalizers.has(group) && !(group === "" && kind === "Event");
}

const ofArgo = "resources-finalizer.argocd.argoproj.io";
const argoKinds = ["Application", "ApplicationSet", "AppProject"];

/** What to do about a finalizer of Argo CD, which knows only these names. `isPropagationPolicyFinalizer` in argo-cd */
function argoAdvice(finalizer: string, kind: string): string {
  return finalizer === ofArgo && kind === "Application"
    ? `Nothing has to be done. ${ofArgo}/foreground means the same to Argo CD, and there is no warning.`
    : "Keep it: Argo CD recognizes only this name, and the warning does no harm.";
}

/** Advice, and its severity if it is not that of the rule. */
interface FinalizerAdvice {
  readonly help: string;
  readonly severity?: Severity;
}

/**
 * What to do about a finalizer that is not of the form domain/name. If its controller does not know the new name,
 * nothing removes the finalizer, and the object is never deleted.
 */
export function finalizerAdvice(finalizer: string, group: string, kind: string): FinalizerAdvice {
  if (group === "argoproj.io" && argoKinds.includes(kind) && finalizer.endsWith("-finalizer.argocd.argoproj.io"))
    return { help: argoAdvice(finalizer, kind), severity: "info" };
  return { help: "Write it as domain/name (example.com/cleanup) if its controller supports that name." };
}
