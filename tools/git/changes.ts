import { join } from "node:path";
import { tryKindOf } from "../system/disk.ts";
import { aspects } from "../system/observe.ts";
import { parentOf, wayBelow } from "./folder.ts";
import { type Listing, listingOf } from "./listing.ts";
import { type Different, differentEntries } from "./raw.ts";
import type { Revision } from "./revision.ts";
import type { TreeState } from "./tree-state.ts";

/**
 * The differences between a revision and the working tree, as reported by Git, which compares files by index metadata.
 */
export class Changes {
  readonly revision: Revision;
  /** The tree of the revision. */
  readonly listing: Listing;
  /** Files with different content, relative to the top. */
  readonly modified: readonly string[];
  /**
   * Paths that only one side has, that differ in kind, or that Git does not know. A folder stands for all its content.
   */
  readonly others: readonly string[];
  /** All differing paths, including the folders that only one side has. */
  readonly paths: ReadonlySet<string>;
  /** Folders that list different names on the two sides; the empty string is the top. */
  readonly folders = new Set<string>();
  /** Whether a folder or one above it has changed; a cache. */
  readonly #above = new Map<string, boolean>([["", false]]);

  constructor(revision: Revision, listing: Listing, modified: readonly string[], others: readonly string[]) {
    const paths = new Set([...modified, ...others]);
    [this.revision, this.listing, this.paths] = [revision, listing, paths];
    [this.modified, this.others] = [modified, others];
    for (const path of others) for (const folder of this.#comingAndGoing(path)) paths.add(folder);
  }

  /** The folders above a path that only one side has. Records them and their parent as folders with different names. */
  *#comingAndGoing(path: string): Generator<string> {
    for (let folder = parentOf(path); ; folder = parentOf(folder)) {
      this.folders.add(folder);
      const isHere = folder === "" || tryKindOf(join(this.revision.root, folder)) === "folder";
      if (folder === "" || isHere === this.listing.hasFolder(folder)) return;
      yield folder;
    }
  }

  /** Whether a path differs in one of the given aspects. @param path absolute, @param mask see {@link aspects} */
  touches(path: string, mask: number): boolean {
    const way = wayBelow(this.revision.root, path);
    if (way === undefined) return false;
    if ((mask & aspects.entries) !== 0 && this.folders.has(way)) return true;
    if (this.paths.has(way)) return true;
    // Modified files contain no paths, so only the others matter here.
    return this.others.length > 0 && this.#isIn(parentOf(way));
  }

  #isIn(folder: string): boolean {
    const known = this.#above.get(folder);
    if (known !== undefined) return known;
    const is = this.paths.has(folder) || this.#isIn(parentOf(folder));
    this.#above.set(folder, is);
    return is;
  }
}

/**
 * The differences between a revision and the working tree, including uncommitted, untracked and ignored files, since
 * kustomize reads them. Git does not have the files of submodules: these always differ.
 */
export async function changesSince(
  revision: Revision,
  state: Promise<TreeState>,
  tracked: Promise<Changes>,
): Promise<Changes> {
  const [{ untracked, blind }, { listing, modified, others }] = await Promise.all([state, tracked]);
  return new Changes(revision, listing, modified, [...others, ...blind, ...untracked]);
}

/**
 * The differences in tracked files: between the revision and the index, and between the index and the files. A file
 * that was changed in the index and changed back on disk is included.
 *
 * @param files the files that differ from the index
 * @throws UserError if there is no such commit
 */
export async function trackedChanges(revision: Revision, files: Promise<readonly Different[]>): Promise<Changes> {
  const { root, commit } = revision;
  const [entries, different, listing] = await Promise.all([differentEntries(root, commit), files, listingOf(revision)]);
  const all = [...entries, ...different];
  const others = new Set(all.flatMap(({ path, isModified }) => (isModified ? [] : [path])));
  const modified = new Set(all.flatMap(({ path }) => (others.has(path) ? [] : [path])));
  return new Changes(revision, listing, [...modified], [...others]);
}
