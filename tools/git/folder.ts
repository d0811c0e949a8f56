import { dirname, join, resolve, sep } from "node:path";
import { readStart, tryKindOf } from "../system/disk.ts";

/**
 * Where Git keeps what it knows of a working tree: in one that was added, and in a submodule, `.git` is a file that says where.
 * https://git-scm.com/docs/gitrepository-layout
 *
 * @param top of the working tree
 * @returns undefined where the file says nothing
 */
export function gitFolder(top: string): string | undefined {
  const git = join(top, ".git");
  if (tryKindOf(git) !== "file") return git;
  const named = /^gitdir: (.+)$/m.exec(readStart(git, 4096))?.[1];
  return named === undefined ? undefined : resolve(dirname(git), named);
}

/** The path of a file as Git writes it, an empty text for the top; undefined beyond. `relative` of Node takes its time. */
export function wayBelow(top: string, path: string): string | undefined {
  if (path === top) return "";
  if (path[top.length] !== sep || !path.startsWith(top)) return undefined;
  const way = path.slice(top.length + 1);
  return sep === "/" ? way : way.replaceAll(sep, "/");
}

/** The folder that such a path lies in. */
export function parentOf(way: string): string {
  return way.slice(0, Math.max(0, way.lastIndexOf("/")));
}
