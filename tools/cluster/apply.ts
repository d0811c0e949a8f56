import { isObject, type Json, type JsonObject, objectAt, stringAt } from "../core/json.ts";
import type { Resource } from "../core/resource.ts";
import { scopeOf } from "../validate/index.ts";
import { identity } from "./state.ts";

/** The owner of what `gitops up` sets, in `metadata.managedFields`. */
export const fieldManager = "gitops";

/** What others can only be created in, or of: it has to be there, and established, before the rest is asked for. */
const first = ["Namespace", "CustomResourceDefinition"];

/**
 * What is applied at a time, in the order in which it was rendered. An empty batch is left out.
 */
export function batches(resources: readonly Resource[]): Resource[][] {
  const isFirst = ({ kind }: Resource) => first.includes(kind);
  const both = [resources.filter(isFirst), resources.filter((resource) => !isFirst(resource))];
  return both.filter((batch) => batch.length > 0);
}

/**
 * The namespaces that resources are in, or are.
 *
 * @param fallback the namespace of the context, where kubectl puts what names none
 */
export function namespacesOf(resources: readonly Resource[], fallback: string): string[] {
  const own = resources.filter(({ kind }) => kind === "Namespace").map(({ name }) => name);
  const named = resources.flatMap(({ namespace }) => namespace ?? []);
  const isLeftToContext = resources.some((one) => one.namespace === undefined && isNamespaced(one));
  const all = [...new Set([...own, ...named, ...(isLeftToContext ? [fallback] : [])])];
  return all.length > 0 ? all : [fallback];
}

function isNamespaced({ apiVersion, kind }: Resource): boolean {
  return scopeOf(apiVersion, kind) === "namespaced";
}

export type Outcome = "created" | "changed" | "unchanged";

/** What became of an object by applying it. */
export interface Applied {
  readonly resource: Resource;
  readonly outcome: Outcome;
}

/** Holds what the cluster had against what it answered. Only what somebody wrote counts: a status changes by itself. */
export function outcomes(before: readonly Resource[], after: readonly Resource[]): Applied[] {
  const had = new Map(before.map((resource) => [identity(resource), written(resource.object)]));
  return after.map((resource) => {
    const old = had.get(identity(resource));
    if (old === undefined) return { resource, outcome: "created" };
    return { resource, outcome: old === written(resource.object) ? "unchanged" : "changed" };
  });
}

/** What controllers count in an object's annotations. */
const counted = "deployment.kubernetes.io/revision";

/** An object without its status and its book-keeping, keys in one order. */
function written(object: JsonObject): string {
  const { status: _, metadata: __, ...rest } = object;
  const metadata = objectAt(object, "metadata");
  const { [counted]: ___, ...annotations } = objectAt(metadata, "annotations") ?? {};
  return JSON.stringify(ordered({ ...rest, annotations, labels: objectAt(metadata, "labels") ?? {} }));
}

function ordered(value: Json): Json {
  if (Array.isArray(value)) return value.map(ordered);
  if (!isObject(value)) return value;
  const entries = Object.entries(value).map(([key, member]): [string, Json] => [key, ordered(member)]);
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A GitOps controller that applies the object too, as its labels and annotations say; it will undo what differs from Git. */
export function syncedBy({ object }: Resource): string | undefined {
  const metadata = objectAt(object, "metadata");
  const flux = stringAt(objectAt(metadata, "labels"), "kustomize.toolkit.fluxcd.io/name");
  if (flux !== undefined) return `the Flux Kustomization ${flux}`;
  const argo = stringAt(objectAt(metadata, "annotations"), "argocd.argoproj.io/tracking-id");
  return argo === undefined ? undefined : `the Argo CD Application ${argo.split(":")[0]}`;
}
