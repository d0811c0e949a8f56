import type { Existing } from "../../core/existing.ts";
import { nearest } from "../../core/nearest.ts";
import type { Resource } from "../../core/resource.ts";
import type { TargetContext, Violation } from "../../policy/define.ts";
import type { Named } from "./named-references.ts";
import { isClusterWide, type NamedReference } from "./named-references.ts";
import { isProvided } from "./provided.ts";
import { indexOf, meets, perTarget } from "./target.ts";

/** The outcome of looking for what a reference names: itself, that it is provided elsewhere, or nothing. */
export type Found = Resource | "provided" | undefined;

/** Looks for what a reference names, first in the target, then in what the cluster provides. */
export function lookUp(named: Named, context: TargetContext): Found {
  const found = indexOf(context).find(named.kind, named.namespace, named.name);
  return found ?? (isProvided(named, context) ? "provided" : undefined);
}

/**
 * Whether a target is one manifest that was handed over alone (a file, standard input), or several without a single pod or
 * Service: what they refer to may well be in the files beside it, so that references are not judged.
 */
export const isFragment = perTarget((context) => {
  if (context.target.kind === "kustomization") return false;
  const { workloads, ofKind } = indexOf(context);
  return context.resources.length <= 1 || (workloads.length === 0 && ofKind("Service").length === 0);
});

/** Whether the target renders something of a kind in that very namespace: it then says which there are. */
export function isRenderedIn(namespace: string | undefined, kind: string, context: TargetContext): boolean {
  return indexOf(context)
    .ofKind(kind)
    .some((one) => one.namespace === namespace);
}

/**
 * Whether what is not here is nowhere. What is of the whole cluster (classes, ClusterIssuers, ClusterRoles) is of other
 * targets, unless the configuration lists those that there are; what is in another namespace as well, unless this target
 * renders others of its kind there.
 */
export function isKnownHere(reference: NamedReference, context: TargetContext): boolean {
  const { kind, namespace, isElsewhere } = reference;
  if (isClusterWide(reference))
    return (context.cluster ?? []).some((one) => kind.split(".")[0] === one.kind.split(".")[0]);
  return !isElsewhere || isRenderedIn(namespace, kind, context);
}

/** What the configuration says of a kind that the cluster has already, by names that a person could have meant. */
function declared(kind: string, { cluster }: TargetContext): readonly Existing[] {
  return (cluster ?? []).filter((one) => one.kind.split(".")[0] === kind.split(".")[0] && !one.name?.includes("*"));
}

/**
 * The violation of a reference that leads nowhere, with the candidate that it most likely means.
 *
 * @param own the name of what refers, where it is of that kind: it does not mean itself
 */
export function missing(named: Named, what: string, pointer: string, context: TargetContext, own = ""): Violation {
  const { kind, namespace, name } = named;
  const all = indexOf(context).ofKind(kind);
  const here = [...all, ...declared(kind, context)]
    .filter((one) => meets(one.namespace, namespace))
    .map((one) => one.name ?? "")
    .filter((one) => one !== own)
    .sort();
  const elsewhere = all.find((one) => one.name === name);
  const near = nearest(name, here);
  const short = kind.split(".")[0];
  const where = namespace ? ` in namespace ${namespace}` : "";
  const help = elsewhere
    ? `There is one in namespace ${elsewhere.namespace}: both must be in the same.`
    : near !== undefined
      ? `Did you mean ${near}?`
      : `Render it with this target, or, where the cluster has it already, say so: cluster: [{ kind: ${short}, name: ${name} }] in gitops.yaml.`;
  const wants = { kind, namespace, name };
  const told = { what: `${kind} ${namespace ?? ""}/${name}`, by: what };
  return { pointer, message: `${what} names ${short} ${name}, and there is none${where}`, help, wants, missing: told };
}
