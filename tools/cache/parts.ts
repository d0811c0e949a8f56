import { UserError } from "../core/errors.ts";
import { readBytes, writeFiles } from "../system/disk.ts";
import { digest } from "../system/snapshot.ts";
import type { LargeValues } from "./large.ts";
import { empty, type Pack } from "./pack.ts";

/** Where a part lies, and what has to be known of it without reading it. */
interface Entry {
  readonly name: string;
  readonly outcomes: number;
  /** Names of the large values that its outcomes have. */
  readonly large: readonly string[];
}

/** What the file of a memory holds: all of it, or where its parts lie. */
type Content = { readonly whole: Pack } | { readonly parts: readonly Entry[] };

const version = "gitops-cache-3";

/**
 * The memory of a folder: one file while it is small, else one that names parts of it, each a file of its own that is called
 * by its digest. An outcome is in the part that its key says. What is damaged, or gone, holds nothing.
 */
export class Parts {
  readonly #file: string;
  readonly #large: LargeValues;
  readonly #whole: Pack | undefined;
  readonly #entries: readonly Entry[];
  readonly #packs: (Pack | undefined)[] = [];
  readonly #learn: (pack: Pack) => void;

  /** @param learn is told of each part that is read */
  constructor(file: string, large: LargeValues, learn: (pack: Pack) => void) {
    this.#file = file;
    this.#learn = learn;
    this.#large = large;
    const content = read(file);
    this.#whole = "whole" in content ? content.whole : undefined;
    this.#entries = entriesOf(content);
  }

  get count(): number {
    return this.#entries.length;
  }

  /** How many outcomes there are. */
  get size(): number {
    return this.#entries.reduce((sum, { outcomes }) => sum + outcomes, 0);
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

  #read(index: number): Pack {
    const name = this.#entries[index]?.name;
    const pack = name === undefined ? undefined : this.#large.get(name);
    return pack === undefined ? empty : (pack as unknown as Pack);
  }

  /**
   * Writes parts over those that there are, one at a time: together they may be large.
   *
   * @param count how many there are then; where that is another number, all are given
   * @returns why it could not be written
   */
  write(count: number, changed: readonly (readonly [index: number, make: () => Pack])[]): string | undefined {
    const [[, whole] = []] = changed;
    if (count === 1 && whole !== undefined) return this.#finish({ whole: whole() });
    const entries = count === this.count ? [...this.#entries] : [];
    for (const [index, make] of changed) {
      const pack = make();
      const name = this.#large.add(JSON.stringify(pack));
      if (name === undefined) return `${this.#file}: a part of it could not be written`;
      entries[index] = entryOf(name, pack);
    }
    return this.#finish({ parts: entries });
  }

  #finish(content: Content): string | undefined {
    const failure = tryWrite(this.#file, encode(content));
    this.#large.keep(new Set(entriesOf(content).flatMap(({ name, large }) => [name, ...large])));
    return failure;
  }
}

function entriesOf(content: Content): readonly Entry[] {
  return "whole" in content ? [entryOf("", content.whole)] : content.parts;
}

function entryOf(name: string, { outcomes }: Pack): Entry {
  const stored = Object.values(outcomes);
  return { name, outcomes: stored.length, large: stored.flatMap(([, , , whole]) => whole ?? []) };
}

/** The part that an outcome is in. */
export function partOf(key: string, count: number): number {
  let sum = 0;
  for (let index = 0; count > 1 && index < key.length; index++) sum = (Math.imul(sum, 31) + key.charCodeAt(index)) | 0;
  return (sum >>> 0) % count;
}

/** How many parts so many outcomes have: as many as before, unless these would be much too large or too small. */
export function partsFor(outcomes: number, before: number, each: number): number {
  const now = outcomes / before;
  const isFitting = now <= 2 * each && (before === 1 || now >= each / 4);
  return isFitting ? before : 2 ** Math.max(0, Math.round(Math.log2(outcomes / each)));
}

/** With its own hash ahead: half of it, or any other byte, is not taken for it. */
function encode(content: Content): string {
  const body = JSON.stringify(content);
  return `${version} ${digest(body)}\n${body}`;
}

/** Two gigabytes of text is what Node holds; a tenth of it is more than a memory should need. */
const largest = 256 * 1024 * 1024;

function read(file: string): Content {
  try {
    const text = readBytes(file, largest).toString("utf8");
    const end = text.indexOf("\n");
    const body = text.slice(end + 1);
    if (end >= 0 && text.slice(0, end) === `${version} ${digest(body)}`) return JSON.parse(body) as Content;
  } catch {
    // Whatever cannot be read holds nothing.
  }
  return { whole: empty };
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
