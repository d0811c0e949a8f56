import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { realPath, tryKindOf } from "../system/disk.ts";
import type { Kustomization } from "./kustomization.ts";

/** The folders of a run: paths in reports are relative to `cwd`; nothing outside `root` is read. Both absolute. */
export interface Workspace {
  readonly cwd: string;
  /** Default: the repository of each target; see {@link repositoryOf}. */
  readonly root?: string;
  /** A folder for rendered output, absolute. It is not searched for manifests, nor for targets unless it is named. */
  readonly except?: string | undefined;
  /** The URLs of the repository; default: those of Git's remotes. */
  readonly urls?: readonly string[] | undefined;
  /** Kustomizations read in this run, by file: many targets share bases. `render` creates the map if it is missing. */
  readonly read?: Map<string, Kustomization>;
}

/** The possible names of a kustomization file, in the order in which kustomize tries them. */
export const kustomizationNames = ["kustomization.yaml", "kustomization.yml", "Kustomization"] as const;

/** The kustomization file of a folder, absolute; undefined if there is none. */
export function kustomizationIn(folder: string): string | undefined {
  return kustomizationNames.map((name) => join(folder, name)).find((path) => tryKindOf(path) === "file");
}

/** The path as shown in reports: relative to the working directory, with `/` as separator. */
export function shown(cwd: string, path: string): string {
  const short = relative(cwd, path);
  return short === "" ? "." : sep === "/" ? short : short.replaceAll(sep, "/");
}

/** Whether the path is the folder or is inside it; both absolute. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}

/** The real path of the folder that a target may read from. */
export function rootOf(workspace: Workspace, target: string): string {
  const root = workspace.root ?? repositoryOf(workspace.cwd, resolve(workspace.cwd, target));
  return realPath(root) ?? root;
}

/**
 * The top of the Git repository that contains the path. Without a repository, the working directory, or, for a path
 * outside it, the folder that contains the path.
 */
export function repositoryOf(cwd: string, path: string): string {
  return repositoryAround(path) ?? (isInside(cwd, path) ? cwd : dirname(path));
}

/** Like {@link repositoryOf}, for the files in a folder. */
export function repositoryOfFolder(cwd: string, folder: string): string {
  return repositoryAround(folder) ?? (isInside(cwd, folder) ? cwd : folder);
}

function repositoryAround(path: string): string | undefined {
  for (let folder = path; ; folder = dirname(folder)) {
    if (tryKindOf(join(folder, ".git")) !== undefined) return folder;
    if (dirname(folder) === folder) return undefined;
  }
}
