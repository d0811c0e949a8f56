import type { Wants } from "../../../core/finding.ts";
import { glob } from "../../../core/glob.ts";
import type { OpenFact, RepositoryContext, SyncFact, TargetFacts } from "../../../core/repository.ts";
import { isPartOf } from "../created.ts";
import { isClusterWide } from "../named-references.ts";
import { isOfProvider } from "../unmatched.ts";
import { applied, namespaceOf } from "./control-planes.ts";
import { coveredBy, reaches } from "./covered.ts";
import { type Release, releasesOf } from "./releases.ts";
import type { Sync } from "./sync.ts";

/** What the syncs of one control plane apply, by destination cluster. */
export class ControlPlane {
  readonly #syncs: readonly Sync[];
  readonly #repository: RepositoryContext;
  readonly #contents = new Map<string | undefined, Contents>();
  #releases: readonly Release[] | undefined;

  constructor(syncs: readonly Sync[], repository: RepositoryContext) {
    [this.#syncs, this.#repository] = [syncs, repository];
  }

  syncsOf(target: TargetFacts): Sync[] {
    return this.#syncs.filter((sync) => covers(sync, target, this.#repository));
  }

  /** Whether the resource that a target wants exists, or may exist. */
  has({ wants, isBeside, resource }: OpenFact, target: TargetFacts, sync: Sync): boolean {
    if (wants === undefined) return false;
    // The values of a chart must exist before it is rendered.
    const isOfChart = /\/Helm(?:Release|Chart)\//.test(resource);
    const namespace = isBeside ? namespaceOf(wants.namespace, sync) : (wants.namespace ?? namespaceOf(undefined, sync));
    const { ids, charts, releases, makers, unrendered } = this.#contentsOf(sync.cluster);
    return (
      isOfProvider(namespace) ||
      ids.has(idOf(wants, namespace)) ||
      ids.has(idOf(wants, anywhere)) ||
      (!isOfChart && charts.some((chart) => chart.namespace === namespace && mayCreate(chart.name, wants))) ||
      (!isOfChart && releases.some((one) => isIn(namespace, one) && mayCreate(one.name, wants))) ||
      makers.some((maker) => maker.namespace === namespace && isNamedAfter(maker.name, wants)) ||
      unrendered.some((one) => one.target !== target && (one.namespace ?? namespace) === namespace)
    );
  }

  #contentsOf(cluster: string | undefined): Contents {
    this.#releases ??= releasesIn(this.#syncs, this.#repository);
    const known = this.#contents.get(cluster) ?? contentsOf(cluster, this.#syncs, this.#repository, this.#releases);
    this.#contents.set(cluster, known);
    return known;
  }
}

/** Stands for any namespace: no namespace has this name. */
const anywhere = "*";

/** A chart or a custom resource from which objects are created, and the namespace of these. */
interface Maker {
  readonly name: string;
  readonly namespace: string;
}

/** The contents of a cluster, according to its syncs. */
interface Contents {
  /** The ids of objects: see {@link idOf}. */
  readonly ids: ReadonlySet<string>;
  readonly charts: readonly Maker[];
  /** Those of Argo CD. */
  readonly releases: readonly Release[];
  readonly makers: readonly Maker[];
  /** Targets whose contents are unknown, since they do not render, and their namespace if it is known. */
  readonly unrendered: readonly { readonly target: TargetFacts; readonly namespace: string | undefined }[];
}

function contentsOf(
  cluster: string | undefined,
  syncs: readonly Sync[],
  repository: RepositoryContext,
  all: readonly Release[],
): Contents {
  const releases = all.filter((one) => one.cluster === undefined || one.cluster === cluster);
  const ids = new Set<string>();
  const [charts, makers]: [Maker[], Maker[]] = [[], []];
  const unrendered: Contents["unrendered"][number][] = [];
  for (const sync of syncs.filter((one) => one.cluster === cluster)) {
    if (repository.placeAt(sync.path) === "chart")
      charts.push({ name: sync.name, namespace: namespaceOf(undefined, sync) });
    for (const target of repository.targets.filter((one) => covers(sync, one, repository))) {
      for (const object of coveredBy(sync, target, repository)) {
        ids.add(applied(object, sync).id);
        // Any LimitRange will do, whatever its name.
        if (object.kind === "LimitRange")
          ids.add(idOf({ kind: object.kind, name: undefined }, namespaceOf(object.namespace, sync)));
      }
      for (const one of target.made ?? [])
        ids.add(idOf(one, one.isAnywhere ? anywhere : namespaceOf(one.namespace, sync)));
      for (const one of target.charts ?? [])
        charts.push({ ...one, namespace: one.namespace ?? namespaceOf(undefined, sync) });
      for (const one of target.makers ?? []) makers.push({ ...one, namespace: namespaceOf(one.namespace, sync) });
      // Files that are applied without their kustomization are not known.
      if (target.failed || (sync.asFiles && target.kind === "kustomization"))
        unrendered.push({ target, namespace: sync.rename.namespace ?? sync.namespace });
    }
  }
  return { ids, charts, releases, makers, unrendered };
}

/** The releases of the Applications that a control plane applies, or that it starts with. */
function releasesIn(syncs: readonly Sync[], repository: RepositoryContext): Release[] {
  const folders = new Set(syncs.map(({ folder }) => folder));
  const isApplied = ({ folder, file }: SyncFact) =>
    folders.has(folder) || syncs.some((sync) => reaches(sync, folder, [file], repository));
  return repository.targets
    .flatMap((target) => target.syncs.filter(({ resource }) => resource.kind.startsWith("Application")))
    .filter(isApplied)
    .flatMap(({ resource }) => releasesOf(resource, repository));
}

/** Whether a release may be in a namespace. */
function isIn(namespace: string, release: Release): boolean {
  return release.namespace !== undefined && glob(release.namespace).test(namespace);
}

/** Whether a sync applies a target, or at least some of its objects. */
export function covers(sync: Sync, target: TargetFacts, repository: RepositoryContext): boolean {
  if (target.kind !== "kustomization") return coveredBy(sync, target, repository).length > 0;
  return sync.path === target.path || (sync.by === "flux" && reaches(sync, target.path, [], repository));
}

/** The same id as that of {@link applied}. */
export function idOf(wants: Pick<Wants, "kind" | "name">, namespace: string): string {
  const [kind = "", ...group] = wants.kind.split(".");
  return JSON.stringify([
    group.join("."),
    kind,
    isClusterWide({ ...wants, namespace, name: "" }) ? "" : namespace,
    wants.name,
  ]);
}

/**
 * The Services of a chart may have any name; its other resources are named after the release, and its pods have a label
 * with that name.
 */
function mayCreate(release: string | undefined, wants: Wants): boolean {
  return (
    release === undefined || (wants.kind === "Service" && wants.name !== undefined) || isNamedAfter(release, wants)
  );
}

/** Pods have a label with the name of what they are created from. */
function isNamedAfter(maker: string, { kind, name, labels = [] }: Wants): boolean {
  if (kind === "Pod") return labels.some((value) => isPartOf(maker, value));
  return name !== undefined && isPartOf(maker, name);
}
