import { handled } from "../core/handled.ts";
import { type Changes, changesSince, trackedChanges } from "./changes.ts";
import { type Different, differentFiles } from "./raw.ts";
import type { Revision } from "./revision.ts";
import { type Comparison, type TreeState, treeState } from "./tree-state.ts";

/** Compares a working tree with commits, running Git once for each. */
export class Comparisons {
  readonly #root: string;
  #asked: Promise<Different[]> | undefined;
  readonly #known = new Map<string, Promise<Changes>>();

  /** @param root the top folder of the working tree, by its real path */
  constructor(root: string) {
    this.#root = root;
  }

  /** The files that differ from the index; shared by all comparisons. */
  readonly #files = (): Promise<Different[]> => {
    this.#asked ??= handled(differentFiles(this.#root));
    return this.#asked;
  };

  /** The differences in tracked files. @param commit its full name @throws UserError if it does not exist */
  with(commit: string): Promise<Changes> {
    const known = this.#known.get(commit) ?? trackedChanges({ ref: commit, commit, root: this.#root }, this.#files());
    this.#known.set(commit, known);
    return known;
  }

  /** All differences, including untracked files. @param state of the working tree, if it is already known */
  since(revision: Revision, state = treeState(this.#root, () => undefined, undefined, this.#files)): Promise<Changes> {
    return changesSince(revision, state, this.with(revision.commit));
  }

  /**
   * The state of the working tree, compared with a commit, and with the commit of the previous state.
   *
   * @param known the previous state
   */
  state(commit: string, known: () => TreeState | undefined): Promise<TreeState> {
    const compare = async (other: string): Promise<Comparison> => {
      const { modified, paths, folders } = await this.with(other);
      const contents = new Set(modified);
      const others = [...paths].filter((path) => !contents.has(path));
      return { commit: other, contents: [...contents], paths: others, folders: [...folders] };
    };
    return treeState(this.#root, known, { commit, compare }, this.#files);
  }
}
