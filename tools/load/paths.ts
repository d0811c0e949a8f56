import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { realPath, tryKindOf } from "../system/disk.ts";
import type { Kustomization } from "./kustomization.ts";

/** Where a run works: paths in reports are relative to `cwd`; nothing outside `root` is read. Both absolute. */
export interface Workspace {
  readonly cwd: string;
  /** Default: the repository of each target; see {@link repositoryOf}. */
  readonly root?: string;
  /** A folder in which no targets are looked for, unless it is named, and no manifests: absolute. What is written there was rendered. */
  readonly except?: string | undefined;
  /** Kustomizations read in this run, by file: bases are shared by many targets. `render` makes one where there is none. */
  readonly read?: Map<string, Kustomization>;
}

/** The names of a kustomization file, in the order in which kustomize looks for them. */
export const kustomizationNames = ["kustomization.yaml", "kustomization.yml", "Kustomization"] as const;

/** The kustomization file of a folder, absolute; undefined when it has none. */
export function kustomizationIn(folder: string): string | undefined {
  return kustomizationNames.map((name) => join(folder, name)).find((path) => tryKindOf(path) === "file");
}

/** The path as reports show it: relative to the working directory, with `/` between its parts. */
export function shown(cwd: string, path: string): string {
  const short = relative(cwd, path);
  return short === "" ? "." : sep === "/" ? short : short.replaceAll(sep, "/");
}

/** Whether the path is the folder or lies in it; both absolute. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** The folder that a target may read from, by its real path. */
export function rootOf(workspace: Workspace, target: string): string {
  const root = workspace.root ?? repositoryOf(workspace.cwd, resolve(workspace.cwd, target));
  return realPath(root) ?? root;
}

/**
 * The top of the Git repository that holds the path; without one the working directory, or, for a path outside of it,
 * the folder that holds the path.
 */
export function repositoryOf(cwd: string, path: string): string {
  return repositoryAround(path) ?? (isInside(cwd, path) ? cwd : dirname(path));
}

/** As {@link repositoryOf}, of the files in a folder. */
export function repositoryOfFolder(cwd: string, folder: string): string {
  return repositoryAround(folder) ?? (isInside(cwd, folder) ? cwd : folder);
}

function repositoryAround(path: string): string | undefined {
  for (let folder = path; ; folder = dirname(folder)) {
    if (tryKindOf(join(folder, ".git")) !== undefined) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}
