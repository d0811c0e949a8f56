import type { TreeState } from "../git/tree-state.ts";
import { footprintFrom, isConcerned, numbersOf } from "./footprint.ts";
import type { Pack } from "./pack.ts";
import type { Parts } from "./parts.ts";
import { differences, type Seal, type SealedPart } from "./seal.ts";

/** Which parts of the memory hold, by what Git sees now and by what it saw when they were sealed. */
export class Trust {
  readonly tree: TreeState;
  readonly #seal: Seal;
  readonly #changed: readonly number[] | undefined;
  readonly #parts = new Map<string, SealedPart | undefined>();

  constructor(seal: Seal, tree: TreeState) {
    [this.#seal, this.tree] = [seal, tree];
    const changed = seal.tree && differences(seal.tree, tree);
    this.#changed = changed && numbersOf(changed);
  }

  /** A part that holds; undefined where that is not certain. */
  part(name: string): SealedPart | undefined {
    if (!this.#parts.has(name)) this.#parts.set(name, this.#find(name));
    return this.#parts.get(name);
  }

  #find(name: string): SealedPart | undefined {
    const part = this.#seal.part(name);
    if (part === undefined || this.#changed === undefined) return undefined;
    return !isConcerned(footprintFrom(part.near), this.#changed) && this.#seal.holdsBeyond(part) ? part : undefined;
  }

  /**
   * Seals what Git's word was taken for, and what the run has found to hold; unless all of that is sealed already, of this index.
   *
   * @param made parts that are new, by their names
   * @param isKept which of the others are still there, by their numbers
   */
  save(
    parts: Parts,
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
