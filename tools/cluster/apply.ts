import { isObject, type Json, type JsonObject, objectAt, stringAt } from "../core/json.ts";
import type { Resource } from "../core/resource.ts";
import { scopeOf } from "../validate/index.ts";
import { identity } from "./state.ts";

/** The field manager of `gitops up` in `metadata.managedFields`. */
export const fieldManager = "gitops";

/** Kinds that other objects depend on: they must exist and be established before the rest is applied. */
const first = ["Namespace", "CustomResourceDefinition"];

/** Splits resources into batches to apply one after the other, each in rendering order. Empty batches are left out. */
export function batches(resources: readonly Resource[]): Resource[][] {
  const isFirst = ({ kind }: Resource) => first.includes(kind);
  const both = [resources.filter(isFirst), resources.filter((resource) => !isFirst(resource))];
  return both.filter((batch) => batch.length > 0);
}

/**
 * The namespaces that resources are in or define; never empty.
 *
 * @param fallback the namespace of the context, which kubectl uses for resources without a namespace
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

/** What applying did to an object. */
export type Outcome = "created" | "changed" | "unchanged";

/** The result of applying an object. */
export interface Applied {
  readonly resource: Resource;
  readonly outcome: Outcome;
}

/** Compares the objects before and after applying. The status is ignored: it changes by itself. */
export function outcomes(before: readonly Resource[], after: readonly Resource[]): Applied[] {
  const had = new Map(before.map((resource) => [identity(resource), written(resource.object)]));
  return after.map((resource) => {
    const old = had.get(identity(resource));
    if (old === undefined) return { resource, outcome: "created" };
    return { resource, outcome: old === written(resource.object) ? "unchanged" : "changed" };
  });
}

/** An annotation in which the Deployment controller counts revisions. */
const counted = "deployment.kubernetes.io/revision";

/** An object as JSON with sorted keys, without its status and bookkeeping. */
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

/** The GitOps controller that also applies the object, according to its metadata; it reverts differences from Git. */
export function syncedBy({ object }: Resource): string | undefined {
  const metadata = objectAt(object, "metadata");
  const flux = stringAt(objectAt(metadata, "labels"), "kustomize.toolkit.fluxcd.io/name");
  if (flux !== undefined) return `the Flux Kustomization ${flux}`;
  const argo = stringAt(objectAt(metadata, "annotations"), "argocd.argoproj.io/tracking-id");
  return argo === undefined ? undefined : `the Argo CD Application ${argo.split(":")[0]}`;
}
