import { git } from "./git.ts";
import type { Revision } from "./revision.ts";
import { isPlain } from "./tree.ts";

/** The files and folders of a commit, by their paths below the top. */
export interface Listing {
  readonly files: ReadonlyMap<string, ListedFile>;
  /** The names in each; an empty text is the top. */
  readonly folders: ReadonlyMap<string, readonly string[]>;
}

export interface ListedFile {
  /** Of the blob. */
  readonly id: string;
  readonly isLink: boolean;
}

const maxOutput = 1024 * 1024 * 1024;

/** Submodules are not there: what is in them, Git does not have. */
export async function listingOf({ commit, root }: Revision): Promise<Listing> {
  const listing = await git(["ls-tree", "-r", "-z", "--full-tree", commit], { cwd: root, maxOutput });
  const files = new Map<string, ListedFile>();
  const folders = new Map<string, string[]>([["", []]]);
  for (const line of listing.toString("utf8").split("\0")) {
    const [path, type] = [line.slice(line.indexOf("\t") + 1), line.slice(7, 11)];
    if (type !== "blob" || !isPlain(path)) continue;
    files.set(path, { id: line.slice(12, line.indexOf("\t")), isLink: line.startsWith("120000") });
    place(path, folders);
  }
  return { files, folders };
}

/** Adds a name to its folder, and that one to the one above where it is new. */
function place(path: string, folders: Map<string, string[]>): void {
  for (let rest = path; ; ) {
    const end = rest.lastIndexOf("/");
    const [folder, name] = [rest.slice(0, Math.max(0, end)), rest.slice(end + 1)];
    const names = folders.get(folder);
    if (names !== undefined) {
      names.push(name);
      return;
    }
    folders.set(folder, [name]);
    rest = folder;
  }
}
