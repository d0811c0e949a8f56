import { handled } from "../core/handled.ts";
import { type Changes, changesSince, trackedChanges } from "./changes.ts";
import { type Different, differentFiles } from "./raw.ts";
import type { Revision } from "./revision.ts";
import { type Comparison, type TreeState, treeState } from "./tree-state.ts";

/** How a working tree differs from commits, each of which Git is asked about once. */
export class Comparisons {
  readonly #root: string;
  #asked: Promise<Different[]> | undefined;
  readonly #known = new Map<string, Promise<Changes>>();

  /** @param root the top folder of the working tree, by its real path */
  constructor(root: string) {
    this.#root = root;
  }

  /** All comparisons share it. */
  readonly #files = (): Promise<Different[]> => {
    this.#asked ??= handled(differentFiles(this.#root));
    return this.#asked;
  };

  /** @param commit its full name @throws UserError where there is none */
  with(commit: string): Promise<Changes> {
    const known = this.#known.get(commit) ?? trackedChanges({ ref: commit, commit, root: this.#root }, this.#files());
    this.#known.set(commit, known);
    return known;
  }

  /** What is not tracked is among it. @param state of the working tree, where Git was asked for it already */
  since(revision: Revision, state = treeState(this.#root, () => undefined, undefined, this.#files)): Promise<Changes> {
    return changesSince(revision, state, this.with(revision.commit));
  }

  /**
   * What Git sees, compared with a commit, and with that of what it saw before.
   *
   * @param known what it saw
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
