import type { Wants } from "../../../core/finding.ts";
import { glob } from "../../../core/glob.ts";
import { isObject, listAt, objectAt } from "../../../core/json.ts";
import { once } from "../../../core/once.ts";
import type { OpenFact, RepositoryContext, TargetFacts } from "../../../core/repository.ts";
import { isClusterWide } from "../named-references.ts";
import { isPartOf } from "../provided.ts";
import { isOfProvider } from "../unmatched.ts";
import { applied, controllers, placeOf } from "./controllers.ts";
import { coveredBy, ownSyncs, reaches } from "./covered.ts";
import { openPaths, type Sync } from "./sync.ts";

/** A finding of a target that other targets resolve. */
export interface ResolvedFinding extends Pick<OpenFact, "rule" | "resource" | "pointer"> {
  /** The name of the target. */
  readonly target: string;
  /** Whether Flux fills in the value, which is unknown here. */
  readonly isVariable: boolean;
}

/**
 * Missing resources that other targets provide in every cluster that the target is synced to, and findings about values that
 * Flux substitutes. A target that nothing syncs stands for itself.
 */
export const resolvedFindings = once((repository: RepositoryContext): readonly ResolvedFinding[] => {
  const asking = repository.targets.filter(({ open = [] }) => open.length > 0);
  if (asking.length === 0) return [];
  const syncs = ownSyncs(repository);
  // A target that does not render may hold the Application that joins two folders on one control plane.
  const isUnsure = repository.targets.some(({ failed }) => failed);
  const planes = isUnsure ? [syncs] : controllers(syncs, repository);
  const clusters = planes.map((some) => new Cluster(some, repository));
  const isSubstituted = substitution(syncs, repository);
  return asking.flatMap((target) =>
    (target.open ?? [])
      .filter((fact) => (fact.isVariable ? isSubstituted(target) : isElsewhere(fact, target, clusters)))
      .map(({ rule, resource, pointer, isVariable = false }) => {
        return { target: target.name, rule, resource, pointer, isVariable };
      }),
  );
});

/** A resource that one target lacks, and another one renders into the same namespace. */
export interface MaybeResolved extends Pick<OpenFact, "rule" | "resource" | "pointer"> {
  /** The name of the target. */
  readonly target: string;
  /** The name of the target that renders it. */
  readonly other: string;
  /** Whether the two render nothing in common: they are then parts of one thing, not variants of it. */
  readonly isPart: boolean;
}

/**
 * Resources that targets lack in a namespace that they name, and others render there. Only if nothing defines what is synced:
 * it is then unknown whether both go to the same cluster.
 */
export const maybeResolvedFindings = once((repository: RepositoryContext): readonly MaybeResolved[] => {
  const { targets } = repository;
  if (targets.some(({ syncs, failed }) => failed || syncs.length > 0)) return [];
  return targets.flatMap((target) =>
    (target.open ?? []).flatMap(({ rule, resource, pointer, wants }) => {
      const namespace = wants?.namespace;
      if (wants?.name === undefined || !namespace) return [];
      const id = idOf(wants, namespace);
      const others = targets.filter((one) => one !== target && idsOf(one).has(id));
      const other = others.find((one) => !shares(one, target)) ?? others[0];
      if (other === undefined) return [];
      return [{ target: target.name, rule, resource, pointer, other: other.name, isPart: !shares(other, target) }];
    }),
  );
});

/** What a target renders into namespaces that it names, and what controllers create from it. */
const idsOf = once(({ objects, made = [] }: TargetFacts): ReadonlySet<string> => {
  const rendered = objects.map(({ group, kind, namespace, name }) => ({
    kind: group === "" ? kind : `${kind}.${group}`,
    namespace,
    name,
  }));
  return new Set([...rendered, ...made].flatMap((one) => (one.namespace ? [idOf(one, one.namespace)] : [])));
});

function shares(one: TargetFacts, other: TargetFacts): boolean {
  const ids = idsOf(other);
  return [...idsOf(one)].some((id) => ids.has(id));
}

function isElsewhere(fact: OpenFact, target: TargetFacts, clusters: readonly Cluster[]): boolean {
  const places = clusters.flatMap((cluster) => cluster.syncsOf(target).map((sync) => ({ cluster, sync })));
  return places.length > 0 && places.every(({ cluster, sync }) => cluster.has(fact, target, sync));
}

/** What the syncs of one control plane apply, by destination cluster. */
class Cluster {
  readonly #syncs: readonly Sync[];
  readonly #repository: RepositoryContext;
  readonly #holdings = new Map<string | undefined, Holding>();

  constructor(syncs: readonly Sync[], repository: RepositoryContext) {
    [this.#syncs, this.#repository] = [syncs, repository];
  }

  syncsOf(target: TargetFacts): Sync[] {
    return this.#syncs.filter((sync) => covers(sync, target, this.#repository));
  }

  /** Whether the resource that a target wants exists, or may exist. */
  has({ wants, isBeside }: OpenFact, target: TargetFacts, sync: Sync): boolean {
    if (wants === undefined) return false;
    const namespace = isBeside ? placeOf(wants.namespace, sync) : (wants.namespace ?? placeOf(undefined, sync));
    const { ids, charts, dark } = this.#holdingOf(sync.cluster);
    return (
      isOfProvider(namespace) ||
      ids.has(idOf(wants, namespace)) ||
      ids.has(idOf(wants, anywhere)) ||
      charts.some((chart) => chart.namespace === namespace && mayMake(chart.name, wants)) ||
      dark.some((one) => one.target !== target && (one.namespace ?? namespace) === namespace)
    );
  }

  #holdingOf(cluster: string | undefined): Holding {
    const known = this.#holdings.get(cluster) ?? holdingOf(cluster, this.#syncs, this.#repository);
    this.#holdings.set(cluster, known);
    return known;
  }
}

/** Stands for any namespace: no namespace has this name. */
const anywhere = "*";

/** The contents of a cluster, according to its syncs. */
interface Holding {
  /** The ids of objects: see {@link idOf}. */
  readonly ids: ReadonlySet<string>;
  readonly charts: readonly { readonly name: string; readonly namespace: string }[];
  /** Targets whose contents are unknown, since they do not render, and their namespace if it is known. */
  readonly dark: readonly { readonly target: TargetFacts; readonly namespace: string | undefined }[];
}

function holdingOf(cluster: string | undefined, syncs: readonly Sync[], repository: RepositoryContext): Holding {
  const [ids, charts, dark] = [new Set<string>(), [], []] as [
    Set<string>,
    Holding["charts"][number][],
    Holding["dark"][number][],
  ];
  for (const sync of syncs.filter((one) => one.cluster === cluster)) {
    if (repository.placeAt(sync.path) === "chart")
      charts.push({ name: sync.name, namespace: placeOf(undefined, sync) });
    for (const target of repository.targets.filter((one) => covers(sync, one, repository))) {
      for (const object of coveredBy(sync, target, repository)) {
        ids.add(applied(object, sync).id);
        // Any LimitRange will do, whatever its name.
        if (object.kind === "LimitRange")
          ids.add(idOf({ kind: object.kind, name: undefined }, placeOf(object.namespace, sync)));
      }
      for (const one of target.made ?? []) ids.add(idOf(one, one.isAnywhere ? anywhere : placeOf(one.namespace, sync)));
      for (const { name, namespace } of target.charts ?? [])
        charts.push({ name, namespace: namespace ?? placeOf(undefined, sync) });
      if (target.failed) dark.push({ target, namespace: sync.rename.namespace ?? sync.namespace });
    }
  }
  return { ids, charts, dark };
}

function covers(sync: Sync, target: TargetFacts, repository: RepositoryContext): boolean {
  if (target.kind !== "kustomization") return coveredBy(sync, target, repository).length > 0;
  return sync.path === target.path || (sync.by === "flux" && reaches(sync, target.path, [], repository));
}

/** The same id as that of {@link applied}. */
function idOf(wants: Pick<Wants, "kind" | "name">, namespace: string): string {
  const [kind = "", ...group] = wants.kind.split(".");
  return JSON.stringify([
    group.join("."),
    kind,
    isClusterWide({ ...wants, namespace, name: "" }) ? "" : namespace,
    wants.name,
  ]);
}

/** The Services of a chart may have any name; its other resources are named after the release. */
function mayMake(release: string, { kind, name }: Wants): boolean {
  return name !== undefined && (kind === "Service" || isPartOf(release, name));
}

/**
 * Tells whether Flux substitutes the variables of a target: it syncs the target, and something in the repository sets
 * substitutions. That may be a patch of the parent Kustomization, and the values may only be in the cluster.
 */
function substitution(syncs: readonly Sync[], repository: RepositoryContext): (target: TargetFacts) => boolean {
  const ofFlux = syncs.filter(({ by }) => by === "flux");
  const isUsed = repository.targets.some((target) =>
    target.syncs.some(({ resource }) => substitutes(resource.object.spec)),
  );
  const open = openPaths(repository).map((pattern) => glob(pattern));
  return (target) =>
    isUsed &&
    (ofFlux.some((sync) => covers(sync, target, repository)) || open.some((pattern) => pattern.test(target.path)));
}

function substitutes(spec: unknown): boolean {
  if (!isObject(spec)) return false;
  if (objectAt(spec, "postBuild") !== undefined) return true;
  return listAt(spec, "patches").some((one) => isObject(one) && String(one.patch).includes("postBuild"));
}
