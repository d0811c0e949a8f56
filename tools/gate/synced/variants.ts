import type { Additions } from "../../core/additions.ts";
import { distinctBy } from "../../core/group.ts";
import type { RepositoryContext, TargetFacts } from "../../core/repository.ts";
import type { Resource } from "../../core/resource.ts";
import { objectId } from "../../diff/match.ts";
import { canonicalValue } from "../../render/canonical.ts";
import { additionsIn, placeOfAdditions, rendersWith } from "../../rules/lib/sync/additions.ts";
import { covers } from "../../rules/lib/sync/applied-objects.ts";
import { ownSyncs } from "../../rules/lib/sync/covered.ts";
import type { Sync } from "../../rules/lib/sync/sync.ts";
import { digest } from "../../system/snapshot.ts";

/** A target as one Application or Kustomization applies it. Plain data, so that it can be cached. */
export interface Variant {
  /** The name of the target. */
  readonly target: string;
  readonly additions: Additions;
  /** A digest of what is added, and by what. */
  readonly id: string;
  /** Whether everything that applies the target adds something, so that it is never applied as it is. */
  readonly isAlways: boolean;
  /** The resource that adds it, as it is written; undefined if the target is not at its path. */
  readonly written: Resource | undefined;
  /** The resource that adds it, the name of the target that renders this resource, and where its additions are. */
  readonly by: Applier;
}

/** A resource that applies targets, the name of the target that renders it, and where it holds what it adds to them. */
interface Applier {
  readonly target: string;
  readonly resource: Resource;
  readonly pointer: string;
}

/** The variants of all targets; one if several are the same. A kustomization may only render with what is added to it. */
export function variantsOf(repository: RepositoryContext): Variant[] {
  if (additionsIn(repository).size === 0) return [];
  const targets = repository.targets.filter(({ kind, failed }) => kind === "kustomization" || !failed);
  const all = targets.flatMap((target) => ofTarget(target, repository));
  return [...distinctBy(all, ({ target, additions: { by: _, ...what } }) => `${target} ${canonicalValue(what)}`)];
}

function ofTarget(target: TargetFacts, repository: RepositoryContext): Variant[] {
  const added = additionsIn(repository);
  const own = ownSyncs(repository).filter((sync) => covers(sync, target, repository));
  const isAlways = own.every((sync) => rendersWith(target, sync, added.get(sync), repository));
  return own.flatMap((sync): Variant[] => {
    const additions = added.get(sync);
    if (additions === undefined || !rendersWith(target, sync, additions, repository)) return [];
    const by = applierOf(sync);
    const written = sync.path === target.path ? writtenOf(by, sync) : undefined;
    const id = digest(canonicalValue({ ...additions, written: written ? written.object : null }));
    return [{ target: target.name, additions, id, isAlways, written, by }];
  });
}

function writtenOf({ resource }: Applier, { target: { asWritten } }: Sync): Resource | undefined {
  if (asWritten === undefined) return resource;
  const id = objectId(resource);
  return asWritten.find((one) => objectId(one.resource) === id)?.resource;
}

function applierOf(sync: Sync): Applier {
  return { target: sync.target.name, resource: sync.resource, pointer: placeOfAdditions(sync) };
}

/** Identifies what applies which target, whatever it adds to it. */
export function applicationOf({ target, by }: Pick<Variant, "target" | "by">): string {
  return JSON.stringify([target, by.target, objectId(by.resource), by.pointer]);
}

/** The names of all targets that something of the repository applies, by {@link applicationOf}. */
export function applicationsIn(repository: RepositoryContext): Map<string, string> {
  const named = ownSyncs(repository).flatMap((sync) =>
    repository.targets.filter((target) => covers(sync, target, repository)).map(({ name }) => ({ sync, name })),
  );
  return new Map(named.map(({ sync, name }) => [applicationOf({ target: name, by: applierOf(sync) }), name]));
}
