import { UserError } from "../core/errors.ts";
import { readBytes, writeFiles } from "../system/disk.ts";
import type { LargeValues } from "./large-values.ts";
import { empty, type Pack, type Packed, packed, type Stored, unpacked } from "./pack.ts";
import { type Signed, signed, verified } from "./signed.ts";

/** The location of a part, and what must be known without reading it. */
interface Entry {
  /** The first key of the part, in code unit order. The first part also has all keys before it. */
  readonly from: string;
  readonly name: string;
  readonly outcomes: number;
  /** The number of dependencies of its first outcome. */
  readonly needs: number;
  /** The names of its outcomes' large values. */
  readonly large: readonly string[];
}

/** A part, or one of several, that replaces an old part. */
export interface Piece {
  readonly from: string;
  readonly make: () => Pack;
}

/** An outcome and the part that contains it. */
export type Placed = readonly [key: string, pack: Pack, stored: Stored];

/** The content of a cache file: the whole cache, or the locations of its parts. */
type Content = { readonly whole: Pack } | { readonly parts: readonly Entry[] };

const version = "gitops-cache-4";

/**
 * The cache of a folder: one file while it is small, otherwise a file that lists parts, which are separate files named
 * by their digests. Parts are sorted by key, so that similar outcomes, which share dependencies, are stored together.
 * Damaged or missing files count as empty.
 */
export class PartFiles {
  readonly #file: string;
  readonly #large: LargeValues;
  readonly #whole: Pack | undefined;
  /** Digest of the file's content. */
  readonly #name: string;
  readonly #entries: readonly Entry[];
  readonly #packs: (Pack | undefined)[] = [];
  readonly #learn: (pack: Pack) => void;

  /** @param learn is called with each part that is read */
  constructor(file: string, large: LargeValues, learn: (pack: Pack) => void) {
    this.#file = file;
    this.#learn = learn;
    this.#large = large;
    const [content, name] = read(file);
    this.#name = name;
    this.#whole = "whole" in content ? content.whole : undefined;
    this.#entries = entriesOf(content);
  }

  get count(): number {
    return this.#entries.length;
  }

  /** The number of parts, except those for one outcome with many dependencies. @param each see `Memo` */
  shared(each: number): number {
    return this.#entries.filter(({ outcomes, needs }) => outcomes > 1 || needs <= each).length;
  }

  /** The number of outcomes. */
  get size(): number {
    return this.#entries.reduce((sum, { outcomes }) => sum + outcomes, 0);
  }

  /** The name of a part, which is a digest of it. */
  nameOf(index: number): string {
    return this.#entries[index]?.name || this.#name;
  }

  isRead(index: number): boolean {
    return this.#packs[index] !== undefined;
  }

  pack(index: number): Pack {
    const known = this.#packs[index];
    if (known !== undefined) return known;
    const pack = this.#whole ?? this.#read(index);
    this.#packs[index] = pack;
    this.#learn(pack);
    return pack;
  }

  /** An outcome by its key, with the part that contains it. */
  stored(key: string): readonly [Pack, Stored] | undefined {
    const pack = this.pack(this.indexOf(key));
    const stored = Object.hasOwn(pack.outcomes, key) ? pack.outcomes[key] : undefined;
    return stored && [pack, stored];
  }

  *outcomes(index: number): Generator<Placed> {
    const pack = this.pack(index);
    for (const [key, stored] of Object.entries(pack.outcomes)) yield [key, pack, stored];
  }

  *all(): Generator<Placed> {
    for (let index = 0; index < this.count; index++) yield* this.outcomes(index);
  }

  #read(index: number): Pack {
    const name = this.#entries[index]?.name;
    const pack = name === undefined ? undefined : this.#large.get(name);
    return pack === undefined ? empty : unpacked(pack as unknown as Packed);
  }

  /** The index of the part that contains, or would contain, an outcome. */
  indexOf(key: string): number {
    let [low, high] = [0, this.count - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if ((this.#entries[middle]?.from ?? "") <= key) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** The first key of a part. */
  fromOf(index: number): string {
    return this.#entries[index]?.from ?? "";
  }

  /**
   * Replaces parts one at a time, since together they may be large.
   *
   * @param changes the pieces that replace parts, by the parts' numbers; empty to remove a part
   * @param made is called with each new part and its name
   * @returns an error message if it could not be written
   */
  write(changes: ReadonlyMap<number, readonly Piece[]>, made: (name: string, pack: Pack) => void): string | undefined {
    const pieces = this.#entries.flatMap((entry, index): (Entry | Piece)[] => [...(changes.get(index) ?? [entry])]);
    const [first] = pieces;
    if (first === undefined) return this.#finish({ whole: empty }, made);
    if (pieces.length === 1 && "make" in first) return this.#finish({ whole: first.make() }, made);
    const entries: Entry[] = [];
    for (const piece of pieces) {
      const entry = "make" in piece ? this.#written(piece, made) : piece;
      if (entry === undefined) return `cannot write a part of ${this.#file}`;
      entries.push(entry);
    }
    return this.#finish({ parts: entries }, made);
  }

  #written({ from, make }: Piece, made: (name: string, pack: Pack) => void): Entry | undefined {
    const pack = make();
    const name = this.#large.add(JSON.stringify(packed(pack)));
    if (name === undefined) return undefined;
    made(name, pack);
    return entryOf(from, name, pack);
  }

  #finish(content: Content, made: (name: string, pack: Pack) => void): string | undefined {
    const { name, text } = encoded(content);
    const failure = tryWrite(this.#file, text);
    if ("whole" in content) made(name, content.whole);
    this.#large.keep(new Set(entriesOf(content).flatMap(({ name, large }) => [name, ...large])));
    return failure;
  }
}

function entriesOf(content: Content): readonly Entry[] {
  return "whole" in content ? [entryOf("", "", content.whole)] : content.parts;
}

function entryOf(from: string, name: string, { outcomes }: Pack): Entry {
  const stored = Object.values(outcomes);
  return {
    from,
    name,
    outcomes: stored.length,
    needs: stored[0]?.[1].length ?? 0,
    large: stored.flatMap(([, , , whole]) => whole ?? []),
  };
}

function encoded(content: Content): Signed {
  return signed(version, JSON.stringify("whole" in content ? { whole: packed(content.whole) } : content));
}

/** In bytes. More than a cache should need, and well below Node's limit for strings. */
const largest = 256 * 1024 * 1024;

function read(file: string): [content: Content, name: string] {
  try {
    const found = verified(version, readBytes(file, largest));
    if (found !== undefined) {
      const content = JSON.parse(found.body);
      return ["whole" in content ? { whole: unpacked(content.whole) } : content, found.name];
    }
  } catch {
    // An unreadable file counts as empty.
  }
  return [{ whole: empty }, ""];
}

function tryWrite(path: string, content: string): string | undefined {
  try {
    writeFiles([{ path, content }]);
    return undefined;
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
}
