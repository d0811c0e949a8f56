import { once } from "../../../core/once.ts";
import type { ObjectFact, RepositoryContext, TargetFacts } from "../../../core/repository.ts";
import { isOfGlob } from "./directory-glob.ts";
import { listedSyncsOf, type Sync, syncsOf } from "./sync.ts";

/** Revisions that a checkout is assumed to be of. */
const usual = ["", "HEAD", "main", "master", "trunk"];

/** The syncs of this repository in its current state. */
export const ownSyncs = once((repository: RepositoryContext): readonly Sync[] =>
  syncsOf(repository).filter(ownSources(repository)),
);

/** The same, with those in the files of targets that do not render. Some may differ, so they only tell what may be applied. */
export const possibleSyncs = once((repository: RepositoryContext): readonly Sync[] => [
  ...ownSyncs(repository),
  ...listedSyncsOf(repository).filter(ownSources(repository)),
]);

type Source = Pick<Sync, "url" | "revision">;

/** What of a sync determines which files it applies. */
type Range = Pick<Sync, "path" | "by" | "recursive" | "include" | "exclude">;

/**
 * Tells whether a source is this repository in its current state. A URL of an unknown repository counts if one of its paths
 * exists here; so does a revision other than the usual branches, since it may hold other folders.
 */
export const ownSources = once((repository: RepositoryContext) => {
  const all = [...syncsOf(repository), ...listedSyncsOf(repository)];
  const syncs = all.filter(({ path }) => path !== "." && repository.placeAt(path));
  const here = new Set(syncs.map(sourceOf));
  return (source: Source): boolean => {
    const owns = source.url === undefined ? "maybe" : repository.owns(source.url);
    if (owns === "no") return false;
    return here.has(sourceOf(source)) || (owns === "yes" && usual.includes(source.revision ?? ""));
  };
});

function sourceOf({ url = "", revision = "" }: Source): string {
  return `${url}\n${revision}`;
}

/** The objects of a target that a sync applies; none for a plugin, whose output is unknown. */
export function coveredBy(sync: Sync, target: TargetFacts, repository: RepositoryContext): readonly ObjectFact[] {
  if (target.kind === "stdin" || sync.byPlugin) return [];
  if (repository.placeAt(sync.path) === "kustomization") return target.path === sync.path ? target.objects : [];
  // Without a kustomization, Argo CD only reads manifests.
  if (target.kind === "kustomization")
    return sync.by === "flux" && isGenerated(sync, target.path, repository) ? target.objects : [];
  return target.objects.filter(({ file = "" }) =>
    sync.by === "flux" ? isGenerated(sync, file, repository) : isRead(sync, file),
  );
}

/** The objects of all targets that a sync applies. */
export function appliedBy(sync: Sync, repository: RepositoryContext): ObjectFact[] {
  return repository.targets.flatMap((target) => coveredBy(sync, target, repository));
}

/** Whether Argo CD reads a file as a manifest of a folder. `getPotentiallyValidManifestFile` in its reposerver/repository */
function isRead({ path, recursive, include, exclude }: Range, file: string): boolean {
  if (recursive ? !isBelow(path, file) : folderOf(file) !== path) return false;
  const within = path === "." ? file : file.slice(path.length + 1);
  return !(exclude && isOfGlob(exclude, within)) && (!include || isOfGlob(include, within));
}

/**
 * Whether the kustomization that Flux generates for a folder without one includes a path: it skips subfolders that have one
 * themselves. `scanManifests` in github.com/fluxcd/pkg/kustomize
 */
function isGenerated({ path }: Range, place: string, repository: RepositoryContext): boolean {
  if (place === path) return true;
  if (!isBelow(path, place)) return false;
  for (let above = folderOf(place); above !== path && above !== "."; above = folderOf(above))
    if (repository.placeAt(above) === "kustomization") return false;
  return true;
}

/** Whether a sync applies the resources of a folder: at least one of its files, if the folder was not rendered. */
export function reaches(
  sync: Range,
  folder: string,
  files: readonly (string | undefined)[],
  repository: RepositoryContext,
): boolean {
  if (repository.placeAt(sync.path) === "kustomization") return folder === sync.path;
  if (sync.by === "flux") return isGenerated(sync, folder, repository);
  const holds = sync.recursive ? isBelow(sync.path, folder) : folder === sync.path;
  return holds && files.some((file) => file === undefined || isRead(sync, file));
}

/** Whether a path is a folder or below it. */
export function isBelow(folder: string, path: string): boolean {
  return folder === "." || path === folder || path.startsWith(`${folder}/`);
}

/** The folder of a path: `.` at the top. */
export function folderOf(path: string): string {
  const slash = path.lastIndexOf("/");
  return slash < 0 ? "." : path.slice(0, slash);
}
