import type { Existing } from "../../core/existing.ts";
import { editDistance, nearest } from "../../core/nearest.ts";
import type { Resource } from "../../core/resource.ts";
import type { TargetContext, Violation } from "../../policy/define.ts";
import { mayInstall } from "./created.ts";
import { meant, renamedFrom } from "./misspelt.ts";
import type { Named } from "./named-references.ts";
import { isClusterWide, type NamedReference } from "./named-references.ts";
import { isProvided } from "./provided.ts";
import { indexOf, mayBeSameNamespace, perTarget } from "./target.ts";

/** The result of a lookup: the resource, `provided` if it exists elsewhere, or undefined. */
export type Found = Resource | "provided" | undefined;

/** Looks up a referenced resource, first in the target, then in what the cluster provides. */
export function lookUp(named: Named, context: TargetContext): Found {
  const found = indexOf(context).find(named.kind, named.namespace, named.name);
  return found ?? (isProvided(named, context) ? "provided" : undefined);
}

/**
 * Whether a target is a part of something: a kustomization of which not everything is rendered, a single manifest (a file,
 * standard input), or several without any pods or Services. The resources that they reference may be in other files, so
 * references are not judged.
 */
export const isFragment = perTarget((context) => {
  if (context.target.kind === "kustomization") return context.isPartial === true;
  const { workloads, ofKind } = indexOf(context);
  return context.resources.length <= 1 || (workloads.length === 0 && ofKind("Service").length === 0);
});

/** Whether the target renders a resource of a kind in exactly this namespace: it then tells which exist there. */
export function isRenderedIn(namespace: string | undefined, kind: string, context: TargetContext): boolean {
  return indexOf(context)
    .ofKindIn(kind, namespace)
    .some((one) => one.namespace === namespace);
}

/**
 * Whether a resource that is not found here does not exist. Cluster-scoped resources (classes, ClusterIssuers, ClusterRoles)
 * are in other targets, unless the configuration lists some or this target shows what was meant; so are resources in another
 * namespace, unless this target renders others of the kind there.
 */
export function isKnownHere(reference: NamedReference, context: TargetContext): boolean {
  const { kind, namespace, name, isElsewhere, isBeside, isShared } = reference;
  if (isBeside || isShared) {
    const hasOthers = indexOf(context).ofKind(kind).length > 0;
    if (isBeside || !hasOthers) return hasOthers;
    // Istio also accepts Gateways of the Gateway API.
    if (indexOf(context).find("Gateway.gateway.networking.k8s.io", namespace, name)) return false;
    // The name without the namespace is that of one in another namespace.
    if (isElsewhere && kind.startsWith("Gateway.") && indexOf(context).find(kind, undefined, name)) return true;
  }
  if (!isClusterWide(reference)) return !isElsewhere || isRenderedIn(namespace, kind, context);
  const names = indexOf(context)
    .ofKind(kind)
    .map((one) => one.name);
  return (
    (context.cluster ?? []).some((one) => kind.split(".")[0] === one.kind.split(".")[0]) ||
    isReserved(reference) ||
    meant(name, names, context) !== undefined ||
    ofOtherScope(reference, context) !== undefined
  );
}

/** `ValidatePriorityClass` of Kubernetes accepts no other names with this prefix. */
function isReserved({ kind, name }: Named): boolean {
  return kind === "PriorityClass.scheduling.k8s.io" && name.startsWith("system-");
}

/** `ClusterIssuer` for an `Issuer`, and the other way round, if there is one of this name. */
function ofOtherScope({ kind, namespace, name }: Named, context: TargetContext): string | undefined {
  const other = kind.startsWith("Cluster") ? kind.slice("Cluster".length) : `Cluster${kind}`;
  const names = indexOf(context)
    .ofKindIn(other, namespace)
    .map((one) => one.name);
  return names.includes(name) || renamedFrom(name, names, context) !== undefined ? other.split(".")[0] : undefined;
}

/** The resources of a kind that the configuration declares, without patterns of names. */
function declared(kind: string, { cluster }: TargetContext): readonly Existing[] {
  return (cluster ?? []).filter((one) => one.kind.split(".")[0] === kind.split(".")[0] && !one.name?.includes("*"));
}

/**
 * The candidate that a misspelt name most likely means. Names consist of parts, and each part must be close: `hf-secret` does
 * not mean `chap-secret`.
 */
function nearestName(name: string, candidates: readonly string[]): string | undefined {
  const near = nearest(name, candidates);
  const [parts, others] = [name, near ?? ""].map((one) => one.split(/[-.]/)) as [string[], string[]];
  if (near === undefined || near.startsWith(name) || near.endsWith(name)) return near;
  const isClose = (one: string, other: string) => editDistance(one, other) <= Math.max(1, Math.floor(one.length / 4));
  const isAlike = parts.length === others.length && parts.every((part, index) => isClose(part, others[index] ?? ""));
  return isAlike || isClose(name, near) ? near : undefined;
}

/**
 * The violation for a reference to a missing resource, with the most likely candidate.
 *
 * @param own the name of the referring resource, if it is of the same kind: it does not mean itself
 */
export function missing(
  named: Named & Partial<NamedReference>,
  what: string,
  pointer: string,
  context: TargetContext,
  own = "",
): Violation {
  const { kind, namespace, name } = named;
  const others = declared(kind, context).filter((one) => mayBeSameNamespace(one.namespace, namespace));
  const here = [...indexOf(context).ofKindIn(kind, namespace), ...others]
    .map((one) => one.name ?? "")
    .filter((one) => one !== own)
    .sort();
  const elsewhere = indexOf(context).find(kind, undefined, name);
  const near = meant(name, here, context) ?? nearestName(name, here);
  const other = ofOtherScope(named, context);
  const short = kind.split(".")[0];
  const where = namespace ? ` in namespace ${namespace}` : "";
  const help = other
    ? `It exists as ${other}: set kind: ${other}.`
    : elsewhere
      ? `It exists in namespace ${elsewhere.namespace}${named.isElsewhere ? "." : ": both must be in the same namespace."}`
      : near !== undefined
        ? `Did you mean ${near}?`
        : isReserved(named)
          ? "Only system-cluster-critical and system-node-critical exist: other names that begin with system- are refused."
          : `Add it to this target, or, if the cluster already has it, declare it: cluster: [{ kind: ${short}, name: ${name} }] in gitops.yaml.`;
  const wants = { kind, namespace, name };
  const fact = { what: `${kind} ${namespace ?? ""}/${name}`, by: what };
  const message = `${what} references ${short} ${name}, which does not exist${where}`;
  const installer = isClusterWide(named) ? undefined : mayInstall(wants, context);
  if (installer === undefined) return { pointer, message, help, wants, missing: fact };
  const unsure = `${installer.kind} ${installer.name} may install it with a chart: the target does not tell where. ${help}`;
  return { pointer, severity: "warning", message, help: unsure, wants, missing: fact };
}
