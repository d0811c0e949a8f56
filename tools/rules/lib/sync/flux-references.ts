import { glob } from "../../../core/glob.ts";
import { groupBy } from "../../../core/group.ts";
import { isObject, objectAt, own, stringAt } from "../../../core/json.ts";
import type { CreatedObject, ObjectFact, RepositoryContext, TargetFacts } from "../../../core/repository.ts";
import type { Resource } from "../../../core/resource.ts";
import type { Named } from "../named-references.ts";
import { type Placed, valuesAt } from "../places.ts";
import { groupKind, mayBeSameNamespace } from "../target.ts";
import { ownSyncs } from "./covered.ts";
import { syncsOf } from "./sync.ts";

const kustomization = "Kustomization.kustomize.toolkit.fluxcd.io";
const release = "HelmRelease.helm.toolkit.fluxcd.io";
const source = "source.toolkit.fluxcd.io";
const notification = "notification.toolkit.fluxcd.io";
const image = "image.toolkit.fluxcd.io";

/** A reference of a Flux object, which waits for it. */
interface FluxReference extends Named {
  readonly target: TargetFacts;
  readonly resource: Resource;
  /** Points to the name in the resource. */
  readonly pointer: string;
  readonly isElsewhere: boolean;
  /** The names of other objects of the kind. */
  readonly others: readonly string[];
}

/** Where a kind references others, and their kind if the reference does not name it. */
interface Place {
  readonly path: string;
  readonly kind?: string;
  /** Whether it is the source of the manifests, which may have been created along with the cluster. */
  readonly isEntry?: true;
}

const sourceRef: Place = { path: "spec/sourceRef", isEntry: true };

/**
 * https://fluxcd.io/flux/components/kustomize/kustomizations/, https://fluxcd.io/flux/components/helm/helmreleases/,
 * https://fluxcd.io/flux/components/notification/, https://fluxcd.io/flux/components/image/
 */
const places: Readonly<Record<string, readonly Place[]>> = {
  [kustomization]: [{ path: "spec/dependsOn/*", kind: kustomization }, sourceRef],
  [release]: [
    { path: "spec/dependsOn/*", kind: release },
    { path: "spec/chartRef" },
    { path: "spec/chart/spec/sourceRef" },
  ],
  [`Alert.${notification}`]: [{ path: "spec/providerRef", kind: `Provider.${notification}` }],
  [`Receiver.${notification}`]: [{ path: "spec/resources/*" }, { path: "spec/secretRef", kind: "Secret" }],
  [`ImagePolicy.${image}`]: [{ path: "spec/imageRepositoryRef", kind: `ImageRepository.${image}` }],
  [`ImageUpdateAutomation.${image}`]: [sourceRef],
};

/** The groups of kinds that are referenced without one; all others are sources. */
const groups: Readonly<Record<string, string>> = {
  Kustomization: "kustomize.toolkit.fluxcd.io",
  HelmRelease: "helm.toolkit.fluxcd.io",
  ...Object.fromEntries(["Repository", "Policy", "UpdateAutomation"].map((kind) => [`Image${kind}`, image])),
};

/** Whether a resource references others, apart from those that define what is synced. */
export function isNaming(resource: Resource): boolean {
  const kind = groupKind(resource);
  return kind !== kustomization && Object.hasOwn(places, kind);
}

/** A HelmRelease without its largest fields, which do not reference anything. */
export function withoutValues(resource: Resource): Resource {
  const { values: _, postRenderers: __, ...spec } = objectAt(resource.object, "spec") ?? {};
  return { ...resource, object: { ...resource.object, spec } };
}

/**
 * References to objects that the repository has in no namespace, although it has others of the kind in the right place: it
 * then tells which exist.
 */
export function missingOfFlux(repository: RepositoryContext): FluxReference[] {
  if (isOpen(repository)) return [];
  const objects = groupBy(
    repository.targets.flatMap((target) => [...target.objects, ...(target.made ?? []).map(factOf)]),
    ({ group, kind }) => (group === "" ? kind : `${kind}.${group}`),
  );
  const isEntryKnown = knowsEntry(repository);
  return repository.targets.flatMap(referencesIn).flatMap(({ isEntry, ...reference }) => {
    const known = objects.get(reference.kind) ?? [];
    if (isEntry && !isEntryKnown) return [];
    if (!known.some((one) => isBeside(one, reference))) return [];
    return known.some((one) => isCalled(one, reference.name))
      ? []
      : [{ ...reference, others: known.map(({ name }) => name) }];
  });
}

type Fact = Pick<ObjectFact, "group" | "kind" | "namespace" | "name">;

function factOf({ kind: full, namespace, name }: CreatedObject): Fact {
  const [kind = "", ...group] = full.split(".");
  return { group: group.join("."), kind, namespace, name };
}

/** Whether the manifests include a source of this repository, so that it was not only created along with the cluster. */
function knowsEntry(repository: RepositoryContext): boolean {
  const isInstance = repository.targets.some(({ charts = [] }) => charts.some(({ name }) => name === "flux-instance"));
  return !isInstance && ownSyncs(repository).some(({ by, url }) => by === "flux" && url !== undefined);
}

/** Whether Flux objects may come from elsewhere: other sources, targets that did not render, generators, renamed objects. */
function isOpen(repository: RepositoryContext): boolean {
  const { targets, whole, owns } = repository;
  const isForeign = (url: string | undefined) => url !== undefined && owns(url) === "no";
  const makers = ({ kind, group }: ObjectFact) => kind === "ResourceSet" && group === "fluxcd.controlplane.io";
  return (
    !whole ||
    targets.some(({ failed, objects }) => failed || objects.some(makers)) ||
    targets.some(({ syncs }) => syncs.some(({ resource }) => isFromElsewhere(resource))) ||
    syncsOf(repository).some(({ by, url }) => by === "flux" && isForeign(url)) ||
    ownSyncs(repository).some(({ by, rename }) => by === "flux" && rename.prefix + rename.suffix !== "")
  );
}

function isFromElsewhere(resource: Resource): boolean {
  const reference = objectAt(objectAt(resource.object, "spec"), "sourceRef");
  return groupKind(resource) === kustomization && reference?.kind !== "GitRepository";
}

type Reference = Omit<FluxReference, "others"> & Pick<Place, "isEntry">;

function referencesIn(target: TargetFacts): Reference[] {
  return [...target.syncs.map(({ resource }) => resource), ...target.naming].flatMap((resource) => {
    if (objectAt(resource.object, "spec")?.suspend === true) return [];
    const at = own(places, groupKind(resource)) ?? [];
    return at.flatMap((place) =>
      valuesAt(resource.object, place.path).flatMap((placed) => reference(placed, place, resource, target)),
    );
  });
}

function reference(
  { value, pointer }: Placed,
  { kind, isEntry }: Place,
  resource: Resource,
  target: TargetFacts,
): Reference[] {
  if (!isObject(value)) return [];
  const [name = "", where, said = ""] = [
    stringAt(value, "name"),
    stringAt(value, "namespace"),
    stringAt(value, "kind"),
  ];
  // The installation of Flux creates these.
  if (["", "*", "flux-system"].includes(name) || name.includes("${")) return [];
  const isElsewhere = where !== undefined && where !== resource.namespace;
  const named = {
    kind: kind ?? `${said}.${own(groups, said) ?? source}`,
    namespace: where ?? resource.namespace,
    name,
    isElsewhere,
    ...(isEntry && { isEntry }),
  };
  return [{ ...named, target, resource, pointer: `${pointer}/name` }];
}

function isBeside({ namespace }: Fact, wanted: Reference): boolean {
  return wanted.isElsewhere ? namespace === wanted.namespace : mayBeSameNamespace(namespace, wanted.namespace);
}

/** A name may contain variables that are filled in when it is applied. */
function isCalled({ name }: Fact, wanted: string): boolean {
  return name === wanted || (name.includes("${") && glob(name.replaceAll(/\$\{[^}]*\}/g, "*")).test(wanted));
}
