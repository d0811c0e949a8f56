import { dirname, join, resolve, sep } from "node:path";
import { readStart, tryKindOf } from "../system/disk.ts";

/**
 * The Git directory of a working tree: in linked working trees and submodules, `.git` is a file that contains its path.
 * https://git-scm.com/docs/gitrepository-layout
 *
 * @param top of the working tree
 * @returns undefined if the file contains no path
 */
export function gitFolder(top: string): string | undefined {
  const git = join(top, ".git");
  if (tryKindOf(git) !== "file") return git;
  const named = /^gitdir: (.+)$/m.exec(readStart(git, 4096))?.[1];
  return named === undefined ? undefined : resolve(dirname(git), named);
}

/**
 * A path relative to the top, as Git writes it; empty for the top, undefined outside. Faster than Node's `relative`.
 */
export function wayBelow(top: string, path: string): string | undefined {
  if (path === top) return "";
  if (path[top.length] !== sep || !path.startsWith(top)) return undefined;
  const way = path.slice(top.length + 1);
  return sep === "/" ? way : way.replaceAll(sep, "/");
}

/** The folder that contains such a path; empty for the top. */
export function parentOf(way: string): string {
  return way.slice(0, Math.max(0, way.lastIndexOf("/")));
}
