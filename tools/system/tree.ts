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

function write(folder: string, { path }: TreeEntry, put: (path: string) => void): void {
  const place = join(folder, path);
  try {
    fs.mkdirSync(dirname(place), { recursive: true });
    put(place);
  } catch (error) {
    // A tree that was made by hand can name a path twice, and a file system take two names for one: the first stays.
    const { code } = error as NodeJS.ErrnoException;
    if (code !== "EEXIST" && code !== "ENOTDIR" && code !== "ENAMETOOLONG")
      throw explain(error, `cannot write ${place}`);
  }
}
