import { once } from "../../../core/once.ts";
import type { ObjectFact, RepositoryContext, TargetFacts } from "../../../core/repository.ts";
import { isOfGlob } from "./directory-glob.ts";
import { listedSyncsOf, type Sync, syncsOf, syncsOfFile } from "./sync.ts";

/** Revisions that a checkout is assumed to be of. */
const usual = ["", "HEAD", "main", "master", "trunk"];

/** The syncs of this repository in its current state. */
export const ownSyncs = once((repository: RepositoryContext): readonly Sync[] =>
  syncsOf(repository).filter(ownSources(repository)),
);

/**
 * The same, with those in the files of targets that do not render, and in files that are applied without the kustomization
 * beside them. Some may differ, so they only tell what may be applied.
 */
export const possibleSyncs = once((repository: RepositoryContext): readonly Sync[] => {
  const own = ownSyncs(repository);
  const others = [...listedSyncsOf(repository), ...own.flatMap((sync) => syncsInFiles(sync, repository))];
  return [...own, ...others.filter(ownSources(repository))];
});

function syncsInFiles(sync: Sync, repository: RepositoryContext): Sync[] {
  const { path, recursive, asFiles } = sync;
  const target = repository.targets.find((one) => one.path === path);
  if (!asFiles || target?.kind !== "kustomization") return [];
  const files = repository.files(`${path}/${recursive ? "**/" : ""}*.y*ml`, "argoproj.io/");
  const read = files.filter((file) => isRead(sync, file.path));
  return read.flatMap((file) => syncsOfFile(file.path, file.documents, target, repository));
}

type Source = Pick<Sync, "url" | "revision">;

/** What of a sync determines which files it applies. */
type Range = Pick<Sync, "path" | "by" | "recursive" | "include" | "exclude" | "asFiles">;

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

/**
 * The objects of a target that a sync applies; none for a plugin, whose output is unknown, and of the files of a kustomization
 * that are applied as they are.
 */
export function coveredBy(sync: Sync, target: TargetFacts, repository: RepositoryContext): readonly ObjectFact[] {
  if (target.kind === "stdin" || sync.byPlugin) return [];
  if (isBuilt(sync, repository)) return target.path === sync.path ? target.objects : [];
  // Without a kustomization, Argo CD only reads manifests.
  if (target.kind === "kustomization")
    return sync.by === "flux" && isGenerated(sync, target.path, repository) ? target.objects : [];
  return target.objects.filter(({ file = "" }) =>
    sync.by === "flux" ? isGenerated(sync, file, repository) : isRead(sync, file),
  );
}

/** Whether the controller runs kustomize in a folder that has a kustomization. */
export function isBuilt({ path, asFiles }: Range, { placeAt }: RepositoryContext): boolean {
  return !asFiles && placeAt(path) === "kustomization";
}

/** The objects of all targets that a sync applies. */
export function appliedBy(sync: Sync, repository: RepositoryContext): ObjectFact[] {
  return repository.targets.flatMap((target) => coveredBy(sync, target, repository));
}

/** Whether Argo CD reads a file as a manifest of a folder. `getPotentiallyValidManifestFile` in its reposerver/repository */
export function isRead({ path, recursive, include, exclude }: Range, file: string): boolean {
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
  if (isBuilt(sync, repository)) return folder === sync.path;
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
