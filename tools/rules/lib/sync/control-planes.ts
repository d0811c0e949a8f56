import { groupBy } from "../../../core/group.ts";
import { once } from "../../../core/once.ts";
import type { ObjectFact, RepositoryContext } from "../../../core/repository.ts";
import { hasVariable, substituted } from "../../../core/variable.ts";
import { ownSyncs, reaches } from "./covered.ts";
import type { Sync } from "./sync.ts";

/**
 * Groups syncs by control plane: each group is all that is reached from a folder that nothing else syncs. Folders of two
 * clusters may sync the same paths.
 */
export function controlPlanes(syncs: readonly Sync[], repository: RepositoryContext): Sync[][] {
  const byFolder = groupBy(syncs, ({ folder }) => folder);
  const folders = [...byFolder.keys()];
  const files = folders.map((folder) => [...new Set(byFolder.get(folder)?.map(({ file }) => file))]);
  const below = new Map<string, Set<string>>(folders.map((folder) => [folder, new Set()]));
  for (const sync of syncs)
    for (const [index, folder] of folders.entries())
      if (reaches(sync, folder, files[index] ?? [], repository)) below.get(sync.folder)?.add(folder);
  const owned = new Set([...below].flatMap(([from, to]) => [...to].filter((folder) => folder !== from)));
  const roots = folders.filter((folder) => !owned.has(folder));
  return (roots.length > 0 ? roots : folders).map((root) => {
    const seen = new Set([root]);
    for (const folder of seen) for (const next of below.get(folder) ?? []) seen.add(next);
    return syncs.filter(({ folder }) => seen.has(folder));
  });
}

/** The control planes of the syncs of this repository; see {@link controlPlanes}. */
export const controlPlanesOf = once((repository: RepositoryContext) => controlPlanes(ownSyncs(repository), repository));

/** The resource that applies a sync, in words: of an ApplicationSet, the Application that it creates. */
export function wordsOf({ resource: { kind }, name }: Sync): string {
  return `${kind === "ApplicationSet" ? "Application" : kind} ${name}`;
}

/** Kinds whose names kustomize does not change. */
const named = ["Namespace", "CustomResourceDefinition", "APIService"];

/** The id and the name of an object as a sync applies it. */
export function applied(
  { group, kind, namespace, namespaced, name }: ObjectFact,
  sync: Sync,
): { id: string; shown: string } {
  const { rename } = sync;
  const where = namespaced === false ? "" : namespaceOf(namespace, sync);
  const called = known(named.includes(kind) ? name : `${rename.prefix}${name}${rename.suffix}`, sync);
  const shown = `${kind} ${where === "" ? "" : `${where}/`}${called}`;
  return { id: JSON.stringify([group, kind, where, called]), shown };
}

/** The namespace that a sync applies something to. */
export function namespaceOf(namespace: string | undefined, sync: Sync): string {
  return known(sync.rename.namespace ?? namespace ?? sync.namespace ?? "default", sync);
}

/** A text with the variables of a sync filled in; unknown ones may have a different value in each sync. */
function known(text: string, { variables, name }: Sync): string {
  const made = substituted(text, variables);
  return hasVariable(made) ? `${made} of ${name}` : made;
}
