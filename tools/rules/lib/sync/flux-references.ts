import { glob } from "../../../core/glob.ts";
import { groupBy } from "../../../core/group.ts";
import { isObject, objectAt, own, stringAt } from "../../../core/json.ts";
import { didYouMean, isOneEditApart } from "../../../core/nearest.ts";
import type { CreatedObject, ObjectFact, RepositoryContext, TargetFacts } from "../../../core/repository.ts";
import type { Resource } from "../../../core/resource.ts";
import type { Named } from "../named-references.ts";
import { type Placed, valuesAt } from "../places.ts";
import { groupKind, mayBeSameNamespace } from "../target.ts";
import { covers } from "./applied-objects.ts";
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
  /** Nothing waits for it, or it may be created by hand. */
  readonly isMild: boolean;
  /** Where it is missing and what exists instead, in words. */
  readonly lack: string;
}

/** Where a kind references others, and their kind if the reference does not name it. */
interface Place {
  readonly path: string;
  readonly kind?: string;
  /** Whether it is the source of the manifests, which may have been created along with the cluster. */
  readonly isEntry?: true;
  /** Whether it is a ConfigMap or a Secret, which scripts often create. */
  readonly isConfig?: true;
  readonly isMild?: true;
}

const sourceRef: Place = { path: "spec/sourceRef", isEntry: true };
const variables: Place = { path: "spec/postBuild/substituteFrom/*", isConfig: true, isMild: true };
const configs = ["ConfigMap", "Secret"];

/**
 * https://fluxcd.io/flux/components/kustomize/kustomizations/, https://fluxcd.io/flux/components/helm/helmreleases/,
 * https://fluxcd.io/flux/components/notification/, https://fluxcd.io/flux/components/image/
 */
const places: Readonly<Record<string, readonly Place[]>> = {
  [kustomization]: [{ path: "spec/dependsOn/*", kind: kustomization }, sourceRef, variables],
  [release]: [
    { path: "spec/dependsOn/*", kind: release },
    { path: "spec/chartRef" },
    { path: "spec/chart/spec/sourceRef" },
  ],
  [`Alert.${notification}`]: [
    { path: "spec/providerRef", kind: `Provider.${notification}` },
    { path: "spec/eventSources/*", isMild: true },
  ],
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
 * References to objects that the repository does not have, if it tells which exist: it has others of the kind in the right
 * place, or the same name in another namespace or of another kind.
 */
export function missingOfFlux(repository: RepositoryContext): FluxReference[] {
  const references = repository.targets.flatMap(referencesIn);
  if (references.length === 0 || isPartial(repository)) return [];
  const moved = movedTargets(repository);
  const facts = repository.targets.flatMap((target) =>
    [...target.objects, ...(target.made ?? []).map(factOf)].map((one) => ({ ...one, isMoved: moved.has(target) })),
  );
  const objects = groupBy(facts, ({ group, kind }) => (group === "" ? kind : `${kind}.${group}`));
  const known: Known = {
    objects,
    moved,
    isOpen: isOpen(repository),
    isEntryKnown: knowsEntry(repository),
  };
  return references.flatMap((reference) => {
    const lack = lackOf(reference, known);
    return lack === undefined ? [] : [{ ...reference, lack }];
  });
}

interface Known {
  readonly objects: ReadonlyMap<string, readonly Fact[]>;
  readonly moved: ReadonlySet<TargetFacts>;
  readonly isOpen: boolean;
  readonly isEntryKnown: boolean;
}

/** Undefined if the object exists or may exist. */
function lackOf(reference: Reference, { objects, moved, isOpen, isEntryKnown }: Known): string | undefined {
  const { kind, name, isEntry, isConfig } = reference;
  const all = objects.get(kind) ?? [];
  const called = all.filter((one) => isCalled(one, name));
  if (called.some((one) => mayBeIn(one, reference.namespace))) return undefined;
  const isHere = !moved.has(reference.target) && reference.namespace !== undefined;
  const other = isHere && called.length === 0 ? ofOtherKind(reference, objects) : undefined;
  if (other !== undefined) return `does not exist in this repository, but ${other.kind} ${name} does`;
  // The installation of Flux creates these.
  if (isOpen || (isEntry && !isEntryKnown) || name === "flux-system") return undefined;
  const [first] = called;
  const elsewhere = `does not exist in namespace ${reference.namespace}, only in ${first?.namespace}`;
  if (first !== undefined) return isHere ? elsewhere : undefined;
  const beside = all.filter((one) => isBeside(one, reference));
  const near = isConfig ? beside.filter((one) => isOneEditApart(one.name, name)) : all;
  if (beside.length === 0 || near.length === 0) return undefined;
  return `does not exist in this repository${didYouMean(
    name,
    near.map((one) => one.name),
  )}`;
}

/** A source or a configuration of the same name, but of another kind. */
function ofOtherKind(reference: Reference, objects: Known["objects"]): Fact | undefined {
  const { kind, name, namespace, isConfig, isInstalled } = reference;
  if (isInstalled || (!isConfig && !kind.endsWith(`.${source}`))) return undefined;
  const kinds = isConfig ? configs : [...objects.keys()].filter((one) => isSource(one));
  const others = kinds.filter((one) => one !== kind).flatMap((one) => objects.get(one) ?? []);
  return others.find((one) => one.name === name && one.namespace === namespace && !one.isMoved);
}

function isSource(kind: string): boolean {
  return kind.endsWith(`Repository.${source}`) || kind === `Bucket.${source}`;
}

/** The targets whose objects get another namespace when they are applied. */
function movedTargets(repository: RepositoryContext): ReadonlySet<TargetFacts> {
  const syncs = ownSyncs(repository).filter(({ rename }) => rename.namespace !== undefined);
  return new Set(repository.targets.filter((target) => syncs.some((sync) => covers(sync, target, repository))));
}

interface Fact extends Pick<ObjectFact, "group" | "kind" | "namespace" | "name"> {
  readonly isMoved: boolean;
}

function factOf({ kind: full, namespace, name }: CreatedObject): Omit<Fact, "isMoved"> {
  const [kind = "", ...group] = full.split(".");
  return { group: group.join("."), kind, namespace, name };
}

/** Whether the manifests include a source of this repository, so that it was not only created along with the cluster. */
function knowsEntry(repository: RepositoryContext): boolean {
  const isInstance = repository.targets.some(({ charts = [] }) => charts.some(({ name }) => name === "flux-instance"));
  return !isInstance && ownSyncs(repository).some(({ by, url }) => by === "flux" && url !== undefined);
}

/** Whether some Flux objects are not known: targets that did not render, and generators. */
function isPartial({ targets, whole }: RepositoryContext): boolean {
  const makers = ({ kind, group }: ObjectFact) => kind === "ResourceSet" && group === "fluxcd.controlplane.io";
  return !whole || targets.some(({ failed, objects }) => failed || objects.some(makers));
}

/** Whether Flux objects may come from elsewhere: other sources, or renamed objects. */
function isOpen(repository: RepositoryContext): boolean {
  const { targets, owns } = repository;
  const isForeign = (url: string | undefined) => url !== undefined && owns(url) === "no";
  return (
    targets.some(({ syncs }) => syncs.some(({ resource }) => isFromElsewhere(resource))) ||
    syncsOf(repository).some(({ by, url }) => by === "flux" && isForeign(url)) ||
    ownSyncs(repository).some(({ by, rename }) => by === "flux" && rename.prefix + rename.suffix !== "")
  );
}

function isFromElsewhere(resource: Resource): boolean {
  const reference = objectAt(objectAt(resource.object, "spec"), "sourceRef");
  return groupKind(resource) === kustomization && reference?.kind !== "GitRepository";
}

interface Reference extends Omit<FluxReference, "lack">, Pick<Place, "isEntry" | "isConfig"> {
  /** Whether the object is the source that the installation of Flux creates, which need not be in the repository. */
  readonly isInstalled: boolean;
}

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
  { kind, isEntry, isConfig, isMild }: Place,
  resource: Resource,
  target: TargetFacts,
): Reference[] {
  if (!isObject(value) || value.optional === true) return [];
  const [name = "", where, said = ""] = [
    stringAt(value, "name"),
    stringAt(value, "namespace"),
    stringAt(value, "kind"),
  ];
  if (["", "*"].includes(name) || [name, where].some((one) => one?.includes("${"))) return [];
  const isElsewhere = where !== undefined && where !== resource.namespace;
  const named = {
    kind: isConfig ? said : (kind ?? `${said}.${own(groups, said) ?? source}`),
    namespace: where ?? resource.namespace,
    name,
    isElsewhere,
    isMild: isMild === true,
    isInstalled: name === "flux-system" && said === "GitRepository",
    ...(isEntry && { isEntry }),
    ...(isConfig && { isConfig }),
  };
  return [{ ...named, target, resource, pointer: `${pointer}/name` }];
}

function mayBeIn({ namespace, isMoved }: Fact, wanted: string | undefined): boolean {
  return isMoved || namespace?.includes("${") === true || mayBeSameNamespace(namespace, wanted);
}

function isBeside({ namespace }: Fact, wanted: Reference): boolean {
  return wanted.isElsewhere ? namespace === wanted.namespace : mayBeSameNamespace(namespace, wanted.namespace);
}

/** A name may contain variables that are filled in when it is applied. */
function isCalled({ name }: Fact, wanted: string): boolean {
  return name === wanted || (name.includes("${") && glob(name.replaceAll(/\$\{[^}]*\}/g, "*")).test(wanted));
}
