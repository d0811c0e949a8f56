import type { ObjectFact, RepositoryContext } from "../../core/repository.ts";
import { definePolicy, type RepositoryViolation } from "../../policy/define.ts";
import { coveredBy, ownSyncs, reaches } from "../lib/sync/covered.ts";
import type { Sync } from "../lib/sync/sync.ts";

/** `SharedResourceWarning` of Argo CD; kustomize-controller takes an object over at each reconciliation without a word. */
export const ownedTwice = definePolicy({
  id: "gitops/owned-twice",
  severity: "error",
  why: "Two Applications or Kustomizations that apply one object undo each other's changes for ever, and when either is deleted or lets the object go, it is pruned under the other. https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#fail-the-sync-if-a-shared-resource-is-found",
  fix: "Let one of them have it: move what they share into a folder of its own, with an Application or Kustomization of its own.",
  *checkRepository(repository): Generator<RepositoryViolation> {
    const told = new Set<string>();
    for (const syncs of controllers(ownSyncs(repository), repository)) {
      for (const { first, second, objects } of clashes(syncs, repository)) {
        const pair = JSON.stringify([idOf(first), idOf(second)]);
        if (told.has(pair)) continue;
        told.add(pair);
        const [object] = objects;
        const more = objects.length > 1 ? ` and ${objects.length - 1} more` : "";
        const message = `${wordsOf(second)} applies ${object}${more}, as ${wordsOf(first)} does`;
        yield { target: second.target.name, resource: second.resource, pointer: second.pointer, message };
      }
    }
  },
});

/** What applies is the Application that an ApplicationSet makes. */
function wordsOf({ resource: { kind }, name }: Sync): string {
  return `${kind === "ApplicationSet" ? "Application" : kind} ${name}`;
}

function idOf({ target, resource, name, path }: Sync): string[] {
  return [target.name, resource.kind, resource.namespace ?? "", resource.name, name, path];
}

/**
 * What works together on one control plane: all that is reached from a folder which nobody else syncs. Two folders for
 * two clusters may point at the same paths.
 */
function controllers(syncs: readonly Sync[], repository: RepositoryContext): Sync[][] {
  const folders = [...new Set(syncs.map(({ folder }) => folder))];
  const below = new Map<string, Set<string>>(folders.map((folder) => [folder, new Set()]));
  for (const sync of syncs)
    for (const folder of folders) if (reaches(sync, folder, repository)) below.get(sync.folder)?.add(folder);
  const owned = new Set([...below].flatMap(([from, to]) => [...to].filter((folder) => folder !== from)));
  const roots = folders.filter((folder) => !owned.has(folder));
  return (roots.length > 0 ? roots : folders).map((root) => {
    const seen = new Set([root]);
    for (const folder of seen) for (const next of below.get(folder) ?? []) seen.add(next);
    return syncs.filter(({ folder }) => seen.has(folder));
  });
}

interface Clash {
  readonly first: Sync;
  readonly second: Sync;
  readonly objects: string[];
}

function clashes(syncs: readonly Sync[], repository: RepositoryContext): Clash[] {
  const owners = new Map<string, Sync>();
  const found = new Map<string, Clash>();
  for (const sync of syncs) {
    for (const object of objectsOf(sync, repository)) {
      const key = JSON.stringify([sync.cluster, object.id]);
      const first = owners.get(key);
      if (first === undefined) owners.set(key, sync);
      else if (first.name !== sync.name || first.resource.namespace !== sync.resource.namespace)
        clashOf(first, sync, found).objects.push(object.shown);
    }
  }
  return [...found.values()];
}

function clashOf(first: Sync, second: Sync, found: Map<string, Clash>): Clash {
  const key = JSON.stringify([idOf(first), idOf(second)]);
  const clash = found.get(key) ?? { first, second, objects: [] };
  found.set(key, clash);
  return clash;
}

/** What a sync applies, by the names that it gets there. */
function objectsOf(sync: Sync, repository: RepositoryContext): { id: string; shown: string }[] {
  if (sync.cluster === undefined) return [];
  return repository.targets.flatMap((target) =>
    coveredBy(sync, target, repository)
      .filter(({ shared }) => !shared)
      .map((object) => applied(object, sync)),
  );
}

/** Kinds whose names kustomize leaves alone. */
const named = ["Namespace", "CustomResourceDefinition", "APIService"];

function applied({ group, kind, namespace, namespaced, name }: ObjectFact, sync: Sync): { id: string; shown: string } {
  const { rename } = sync;
  const own = rename.namespace ?? namespace ?? sync.namespace ?? "default";
  const where = namespaced === false ? "" : own;
  const called = named.includes(kind) ? name : `${rename.prefix}${name}${rename.suffix}`;
  const shown = `${kind} ${where === "" ? "" : `${where}/`}${called}`;
  return { id: JSON.stringify([group, kind, where, called]), shown };
}
