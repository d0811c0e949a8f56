import { join } from "node:path";
import { tryKindOf } from "../system/disk.ts";
import { aspects } from "../system/observe.ts";
import { parentOf, wayBelow } from "./folder.ts";
import { type Listing, listingOf } from "./listing.ts";
import { type Different, differentEntries } from "./raw.ts";
import type { Revision } from "./revision.ts";
import type { TreeState } from "./tree-state.ts";

/** What is not the same in a revision and in the working tree, as Git knows it: by the metadata that its index holds. */
export class Changes {
  readonly revision: Revision;
  /** The tree of the revision. */
  readonly listing: Listing;
  /** Files that hold something else, below the top. */
  readonly modified: readonly string[];
  /** What only one side has, is something else there, or is unknown to Git; folders stand for all that is in them. */
  readonly others: readonly string[];
  /** All of them, with the folders that only one side has. */
  readonly paths: ReadonlySet<string>;
  /** Folders that hold other names on the two sides; an empty text is the top. */
  readonly folders = new Set<string>();
  /** Whether something is changed in which a folder lies. */
  readonly #above = new Map<string, boolean>([["", false]]);

  constructor(revision: Revision, listing: Listing, modified: readonly string[], others: readonly string[]) {
    const paths = new Set([...modified, ...others]);
    [this.revision, this.listing, this.paths] = [revision, listing, paths];
    [this.modified, this.others] = [modified, others];
    for (const path of others) for (const folder of this.#comingAndGoing(path)) paths.add(folder);
  }

  /** Folders above a path that only one side has. The one above them has other names. */
  *#comingAndGoing(path: string): Generator<string> {
    for (let folder = parentOf(path); ; folder = parentOf(folder)) {
      this.folders.add(folder);
      const isHere = folder === "" || tryKindOf(join(this.revision.root, folder)) === "folder";
      if (folder === "" || isHere === this.listing.hasFolder(folder)) return;
      yield folder;
    }
  }

  /** Whether what is to be seen at a path differs. @param path absolute, @param mask see {@link aspects} */
  touches(path: string, mask: number): boolean {
    const way = wayBelow(this.revision.root, path);
    if (way === undefined) return false;
    if ((mask & aspects.entries) !== 0 && this.folders.has(way)) return true;
    if (this.paths.has(way)) return true;
    // Nothing lies in a file.
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
 * What differs between a revision and the working tree: what is not committed and what is not even tracked or is ignored
 * counts, since kustomize reads it. Of a submodule Git does not have the files: all of it differs.
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
 * What differs of what is tracked, here or there: what the index has otherwise than the revision, and the files otherwise than
 * the index. What was changed there and changed back is among it.
 *
 * @param files that differ from the index
 * @throws UserError where there is no such commit
 */
export async function trackedChanges(revision: Revision, files: Promise<readonly Different[]>): Promise<Changes> {
  const { root, commit } = revision;
  const [entries, different, listing] = await Promise.all([differentEntries(root, commit), files, listingOf(revision)]);
  const all = [...entries, ...different];
  const others = new Set(all.flatMap(({ path, isModified }) => (isModified ? [] : [path])));
  const modified = new Set(all.flatMap(({ path }) => (others.has(path) ? [] : [path])));
  return new Changes(revision, listing, [...modified], [...others]);
}
