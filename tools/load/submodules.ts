import { join, relative, resolve } from "node:path";
import { readText } from "../parse/file.ts";
import { listFolder, tryKindOf } from "../system/disk.ts";
import { isEntered } from "./folder-tree.ts";
import { isInside, repositoryOfFolder, shown } from "./paths.ts";

/** A line of `.gitmodules`. https://git-scm.com/docs/gitmodules */
const pathLine = /^\s*path\s*=\s*"?(.+?)"?\s*$/gm;

/** The submodules in a folder that are not checked out: Git leaves an empty folder in their place. */
export function emptySubmodules(folder: string, cwd: string): string[] {
  const root = repositoryOfFolder(cwd, folder);
  const file = join(root, ".gitmodules");
  if (tryKindOf(file) !== "file") return [];
  const read = readText(file, shown(cwd, file));
  const paths = "text" in read ? [...read.text.matchAll(pathLine)].map(([, path = ""]) => resolve(root, path)) : [];
  const isSearched = (path: string) => isInside(folder, path) && relative(folder, path).split("/").every(isEntered);
  const isEmpty = (path: string) => tryKindOf(path) === "folder" && listFolder(path).length === 0;
  return paths.filter((path) => isSearched(path) && isEmpty(path)).map((path) => shown(cwd, path));
}
