import * as fs from "node:fs";
import { dirname, join } from "node:path";
import { explain } from "./disk.ts";

/** One file of a tree, or a symbolic link whose content is where it leads. */
export interface TreeEntry {
  /** Relative to the top, with `/` between its parts, none of them `.` or `..`. */
  readonly path: string;
  readonly content: Uint8Array;
  readonly isLink: boolean;
}

/**
 * Writes a tree into an empty folder. Links come last and nothing is written through one, so that no file lands outside
 * the folder, whatever the tree holds.
 */
export function writeTree(folder: string, entries: readonly TreeEntry[]): void {
  for (const entry of entries.filter(({ isLink }) => !isLink))
    write(folder, entry, (path) => fs.writeFileSync(path, entry.content, { flag: "wx" }));
  for (const entry of entries.filter(({ isLink }) => isLink))
    write(folder, entry, (path) => fs.symlinkSync(Buffer.from(entry.content), path));
}

/**
 * Copies a file or a symbolic link into a tree that is written as far as it is looked at.
 *
 * @param most bytes; what is larger is left out.
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

/** Makes a folder of a tree. */
export function makeFolder(folder: string, path: string): void {
  fs.mkdirSync(join(folder, path), { recursive: true });
}

/** Where a link in a tree leads, as it is written; undefined where it is none. */
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
    // A tree that was made by hand can name a path twice, and a file system take two names for one: the first stays.
    const { code } = error as NodeJS.ErrnoException;
    // A file that is gone since Git compared it is not there to be copied, either.
    if (code !== "EEXIST" && code !== "ENOTDIR" && code !== "ENAMETOOLONG" && code !== "ENOENT")
      throw explain(error, `cannot write ${place}`);
  }
}
