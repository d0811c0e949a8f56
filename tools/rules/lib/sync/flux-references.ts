import { glob } from "../../../core/glob.ts";
import { groupBy } from "../../../core/group.ts";
import { isObject, objectAt, stringAt } from "../../../core/json.ts";
import type { ObjectFact, RepositoryContext, TargetFacts } from "../../../core/repository.ts";
import type { Resource } from "../../../core/resource.ts";
import type { Named } from "../named-references.ts";
import { valuesAt } from "../places.ts";
import { groupKind, meets } from "../target.ts";
import { ownSyncs } from "./covered.ts";
import { syncsOf } from "./sync.ts";

const kustomization = "Kustomization.kustomize.toolkit.fluxcd.io";
const release = "HelmRelease.helm.toolkit.fluxcd.io";

/** What an object of Flux names, and waits for. */
export interface FluxReference extends Named {
  readonly target: TargetFacts;
  readonly resource: Resource;
  /** Into the resource, of the name. */
  readonly pointer: string;
  readonly isElsewhere: boolean;
}

/** Where a kind names others, and what that is where it does not say. https://fluxcd.io/flux/components/helm/helmreleases/ */
const places: Readonly<Record<string, readonly (readonly [path: string, kind?: string])[]>> = {
  [kustomization]: [["spec/dependsOn/*", kustomization]],
  [release]: [["spec/dependsOn/*", release], ["spec/chartRef"], ["spec/chart/spec/sourceRef"]],
};

export function isRelease(resource: Resource): boolean {
  return groupKind(resource) === release;
}

/** What a HelmRelease waits for is little of it. */
export function withoutValues(resource: Resource): Resource {
  const { values: _, postRenderers: __, ...spec } = objectAt(resource.object, "spec") ?? {};
  return { ...resource, object: { ...resource.object, spec } };
}

/**
 * What is nowhere in a repository under any namespace, where others of its kind are where it should be: the repository
 * then says which there are.
 */
export function missingOfFlux(repository: RepositoryContext): FluxReference[] {
  if (isOpen(repository)) return [];
  const objects = groupBy(
    repository.targets.flatMap((target) => target.objects),
    ({ group, kind }) => `${kind}.${group}`,
  );
  return repository.targets.flatMap(referencesIn).filter((reference) => {
    const known = objects.get(reference.kind) ?? [];
    return known.some((one) => isBeside(one, reference)) && !known.some((one) => isCalled(one, reference.name));
  });
}

/** Objects of Flux may come from what is not looked at: other sources, what did not render, what makes or renames them. */
function isOpen(repository: RepositoryContext): boolean {
  const { targets, whole, owns } = repository;
  const isTheirs = (url: string | undefined) => url !== undefined && owns(url) === "no";
  const makers = ({ kind, group }: ObjectFact) => kind === "ResourceSet" && group === "fluxcd.controlplane.io";
  return (
    !whole ||
    targets.some(({ failed, objects }) => failed || objects.some(makers)) ||
    targets.some(({ syncs }) => syncs.some(({ resource }) => isFromElsewhere(resource))) ||
    syncsOf(repository).some(({ by, url }) => by === "flux" && isTheirs(url)) ||
    ownSyncs(repository).some(({ by, rename }) => by === "flux" && rename.prefix + rename.suffix !== "")
  );
}

function isFromElsewhere(resource: Resource): boolean {
  const reference = objectAt(objectAt(resource.object, "spec"), "sourceRef");
  return groupKind(resource) === kustomization && reference?.kind !== "GitRepository";
}

function referencesIn(target: TargetFacts): FluxReference[] {
  return [...target.syncs.map(({ resource }) => resource), ...target.releases].flatMap((resource) => {
    if (objectAt(resource.object, "spec")?.suspend === true) return [];
    const own = places[groupKind(resource)] ?? [];
    return own.flatMap(([path, kind]) =>
      valuesAt(resource.object, path).flatMap(({ value, pointer }) => {
        if (!isObject(value)) return [];
        const [name = "", where] = [stringAt(value, "name"), stringAt(value, "namespace")];
        const full = kind ?? `${stringAt(value, "kind")}.source.toolkit.fluxcd.io`;
        // What installs Flux makes these.
        if (name === "" || name === "flux-system" || name.includes("${")) return [];
        const isElsewhere = where !== undefined && where !== resource.namespace;
        const named = { kind: full, namespace: where ?? resource.namespace, name, isElsewhere };
        return [{ ...named, target, resource, pointer: `${pointer}/name` }];
      }),
    );
  });
}

function isBeside({ namespace }: ObjectFact, wanted: FluxReference): boolean {
  return wanted.isElsewhere ? namespace === wanted.namespace : meets(namespace, wanted.namespace);
}

/** Variables of whoever applies it may stand in a name. */
function isCalled({ name }: ObjectFact, wanted: string): boolean {
  return name === wanted || (name.includes("${") && glob(name.replaceAll(/\$\{[^}]*\}/g, "*")).test(wanted));
}
