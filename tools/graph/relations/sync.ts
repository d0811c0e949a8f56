import { isObject, type JsonObject, objectAt, stringAt } from "../../core/json.ts";
import type { RepositoryContext } from "../../core/repository.ts";
import type { Resource } from "../../core/resource.ts";
import type { TargetContext } from "../../policy/define.ts";
import type { Named } from "../../rules/lib/named-references.ts";
import { valuesAt } from "../../rules/lib/places.ts";
import { syncsOf } from "../../rules/lib/sync/sync.ts";
import { groupKind } from "../../rules/lib/target.ts";
import { endOf, type Link } from "../link.ts";

/**
 * What a target makes Argo CD and Flux apply: folders of a repository, and in which order.
 *
 * @param repository with this target alone
 */
export function* syncs(repository: RepositoryContext, context: TargetContext): Generator<Link> {
  for (const { resource, path, url } of syncsOf(repository)) {
    const isOwn = url === undefined || repository.owns(url) !== "no";
    const state = isOwn && repository.placeAt(path) === undefined ? ("missing" as const) : ("outside" as const);
    const to = { kind: "Folder", namespace: undefined, name: isOwn ? path : `${url} ${path}`, state };
    yield { from: resource, to, relation: "syncs" };
  }
  for (const resource of context.resources) {
    if (Object.hasOwn(sources, groupKind(resource))) yield* ofFlux(resource, context);
    if (groupKind(resource) === "Application.argoproj.io") yield* ofProject(resource, context);
  }
}

/** Where the kinds of Flux name their sources. */
const sources: Readonly<Record<string, readonly string[]>> = {
  "Kustomization.kustomize.toolkit.fluxcd.io": ["spec/sourceRef"],
  "HelmRelease.helm.toolkit.fluxcd.io": ["spec/chart/spec/sourceRef", "spec/chartRef"],
};

/** https://fluxcd.io/flux/components/kustomize/kustomizations/#dependencies */
function* ofFlux(from: Resource, context: TargetContext): Generator<Link> {
  const kind = groupKind(from);
  const named = (paths: readonly string[]) =>
    paths.flatMap((path) => valuesAt(from.object, path)).map(({ value }) => value);
  for (const one of named(["spec/dependsOn/*"]).filter(isObject))
    yield { from, to: endOf(namedBy(one, kind, from), context, false), relation: "waits-for" };
  for (const one of named(sources[kind] ?? []).filter(isObject)) {
    const source = `${stringAt(one, "kind")}.source.toolkit.fluxcd.io`;
    yield { from, to: endOf(namedBy(one, source, from), context, false), relation: "reads" };
  }
}

function namedBy(reference: JsonObject, kind: string, { namespace }: Resource): Named {
  return { kind, namespace: stringAt(reference, "namespace") ?? namespace, name: stringAt(reference, "name") ?? "" };
}

/** https://argo-cd.readthedocs.io/en/stable/user-guide/projects/#the-default-project */
function* ofProject(from: Resource, context: TargetContext): Generator<Link> {
  const name = stringAt(objectAt(from.object, "spec"), "project");
  if (!name || name === "default") return;
  const named = { kind: "AppProject.argoproj.io", namespace: from.namespace, name };
  yield { from, to: endOf(named, context, false), relation: "names" };
}
