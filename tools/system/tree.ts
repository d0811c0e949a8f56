import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { explain } from "./disk.ts";

/** A file of a tree, or a symbolic link with its target as content. */
export interface TreeEntry {
  /** Relative to the top, with `/` as separator, without `.` or `..`. */
  readonly path: string;
  readonly content: Uint8Array;
  readonly isLink: boolean;
}

/**
 * Writes a tree into an empty folder. Links are created last and nothing is written through them, so that no file ends
 * up outside the folder, whatever the tree contains.
 */
export function writeTree(folder: string, entries: readonly TreeEntry[]): void {
  for (const entry of entries.filter(({ isLink }) => !isLink))
    write(folder, entry, (path) => fs.writeFileSync(path, entry.content, { flag: "wx" }));
  for (const entry of entries.filter(({ isLink }) => isLink))
    write(folder, entry, (path) => fs.symlinkSync(Buffer.from(entry.content), path));
}

/**
 * Copies a file or a symbolic link into a tree.
 *
 * @param most size in bytes; larger files are left out.
 */
export function copyEntry(
  from: string,
  folder: string,
  { path, isLink }: Omit<TreeEntry, "content">,
  most: number,
): void {
  write(folder, { path }, (place) => {
    if (isLink) fs.symlinkSync(fs.readlinkSync(from), place);
    else if (fs.statSync(from).size <= most) fs.copyFileSync(from, place, fs.constants.COPYFILE_EXCL);
  });
}

/** Creates a folder in a tree, with its parents. */
export function makeFolder(folder: string, path: string): void {
  fs.mkdirSync(join(folder, path), { recursive: true });
}

/** The literal target of a link in a tree; undefined if the path is not a link. */
export function linkAt(folder: string, path: string): string | undefined {
  try {
    return fs.readlinkSync(join(folder, path));
  } catch {
    return undefined;
  }
}

function write(folder: string, { path }: Pick<TreeEntry, "path">, put: (path: string) => void): void {
  const place = join(folder, path);
  try {
    fs.mkdirSync(dirname(place), { recursive: true });
    put(place);
  } catch (error) {
    // A hand-made tree can contain a path twice, and a file system may treat two names as the same: the first one is
    // kept.
    // ENOENT: the file was removed after Git had compared it.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EEXIST" && code !== "ENOTDIR" && code !== "ENAMETOOLONG" && code !== "ENOENT")
      throw explain(error, `cannot write ${place}`);
  }
}
