import type { TreeState } from "../git/tree-state.ts";
import { differenceHashes, mayAffect, parsedHashes } from "./dependency-hashes.ts";
import type { Pack } from "./pack.ts";
import type { PartFiles } from "./part-files.ts";
import { differences, type Seal, type SealedPart } from "./seal.ts";

/** Which parts of the cache are still valid, according to Git's reports now and when they were sealed. */
export class Trust {
  readonly tree: TreeState;
  readonly #seal: Seal;
  readonly #changed: readonly number[] | undefined;
  readonly #parts = new Map<string, SealedPart | undefined>();

  constructor(seal: Seal, tree: TreeState) {
    [this.#seal, this.tree] = [seal, tree];
    const changed = seal.tree && differences(seal.tree, tree);
    this.#changed = changed && differenceHashes(changed);
  }

  /** A part that is still valid; undefined if that is not certain. */
  part(name: string): SealedPart | undefined {
    if (!this.#parts.has(name)) this.#parts.set(name, this.#find(name));
    return this.#parts.get(name);
  }

  #find(name: string): SealedPart | undefined {
    const part = this.#seal.part(name);
    if (part === undefined || this.#changed === undefined) return undefined;
    return !mayAffect(parsedHashes(part.near), this.#changed) && this.#seal.holdsBeyond(part) ? part : undefined;
  }

  /**
   * Seals the trusted parts and the outcomes that the run has confirmed, unless all of them are sealed for this index.
   *
   * @param made new parts, by their names
   * @param isKept whether an old part still exists, by its number
   */
  save(
    parts: PartFiles,
    made: ReadonlyMap<string, SealedPart | undefined>,
    isKept: (index: number) => boolean,
    sealed: (pack: Pack) => SealedPart | undefined,
  ): void {
    const kept = Array.from({ length: parts.count }, (_, index) => index).filter(isKept);
    const isNew = (index: number) => parts.isRead(index) && this.#seal.part(parts.nameOf(index)) === undefined;
    if (made.size === 0 && !kept.some(isNew) && this.#seal.tree?.index === this.tree.index) return;
    const found = new Map(made);
    for (const index of kept) {
      const [name, pack] = [parts.nameOf(index), parts.isRead(index) ? parts.pack(index) : undefined];
      found.set(name, this.part(name) ?? (pack && sealed(pack)));
    }
    this.#seal.write(this.tree, found);
  }
}
