import type { Wants } from "../../../core/finding.ts";
import type { OpenFact, RepositoryContext, TargetFacts } from "../../../core/repository.ts";
import { isClusterWide } from "../named-references.ts";
import { isPartOf } from "../provided.ts";
import { isOfProvider } from "../unmatched.ts";
import { applied, namespaceOf } from "./control-planes.ts";
import { coveredBy, reaches } from "./covered.ts";
import type { Sync } from "./sync.ts";

/** What the syncs of one control plane apply, by destination cluster. */
export class ControlPlane {
  readonly #syncs: readonly Sync[];
  readonly #repository: RepositoryContext;
  readonly #contents = new Map<string | undefined, Contents>();

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
    const { ids, charts, makers, unrendered } = this.#contentsOf(sync.cluster);
    return (
      isOfProvider(namespace) ||
      ids.has(idOf(wants, namespace)) ||
      ids.has(idOf(wants, anywhere)) ||
      (!isOfChart && charts.some((chart) => chart.namespace === namespace && mayCreate(chart.name, wants))) ||
      makers.some((maker) => maker.namespace === namespace && isNamedAfter(maker.name, wants)) ||
      unrendered.some((one) => one.target !== target && (one.namespace ?? namespace) === namespace)
    );
  }

  #contentsOf(cluster: string | undefined): Contents {
    const known = this.#contents.get(cluster) ?? contentsOf(cluster, this.#syncs, this.#repository);
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
  readonly makers: readonly Maker[];
  /** Targets whose contents are unknown, since they do not render, and their namespace if it is known. */
  readonly unrendered: readonly { readonly target: TargetFacts; readonly namespace: string | undefined }[];
}

function contentsOf(cluster: string | undefined, syncs: readonly Sync[], repository: RepositoryContext): Contents {
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
      if (target.failed) unrendered.push({ target, namespace: sync.rename.namespace ?? sync.namespace });
    }
  }
  return { ids, charts, makers, unrendered };
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
function mayCreate(release: string, wants: Wants): boolean {
  return (wants.kind === "Service" && wants.name !== undefined) || isNamedAfter(release, wants);
}

/** Pods have a label with the name of what they are created from. */
function isNamedAfter(maker: string, { kind, name, labels = [] }: Wants): boolean {
  if (kind === "Pod") return labels.some((value) => isPartOf(maker, value));
  return name !== undefined && isPartOf(maker, name);
}
