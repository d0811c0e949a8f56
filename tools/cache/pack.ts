import type { Json } from "../core/json.ts";
import { type Found, type Known, type Snapshot, type Stamp, textOfKnown, wasThere } from "../system/snapshot.ts";
import { fromBase64, toBase64 } from "./base64.ts";

/**
 * A part of the memory of earlier runs, as it lies in its file: every path and every finding about one stands once, however many
 * outcomes depend on it. Lists that belong together have the same order.
 */
export interface Pack {
  readonly paths: readonly string[];
  /** Five numbers a path, zeros where nothing is known: see {@link Stamp}. */
  readonly stamps: Float64Array;
  readonly contents: readonly string[];
  readonly entries: readonly string[];
  /**
   * What was found: two numbers each, the path and the aspects; and in `values` what it was. An empty text stands for what
   * follows from what is known of the path, where no link is on the way to it.
   */
  readonly found: readonly number[];
  readonly values: readonly string[];
  readonly outcomes: Readonly<Record<string, Stored>>;
}

/** As it is written. */
export type Packed = Omit<Pack, "stamps"> & { readonly stamps: string };

export function packed({ stamps, ...others }: Pack): Packed {
  return { ...others, stamps: toBase64(stamps) };
}

export function unpacked({ stamps, ...others }: Packed): Pack {
  return { ...others, stamps: new Float64Array(fromBase64(stamps)) };
}

/**
 * One outcome: when it was last used (hours since 1970), which findings it depends on, and what it is; of one that is large,
 * what is neither a list nor an object, and the name of the whole: see `LargeValues`.
 */
export type Stored = readonly [used: number, needs: readonly number[], value: Json, whole?: string];

export const empty: Pack = {
  paths: [],
  stamps: new Float64Array(),
  contents: [],
  entries: [],
  found: [],
  values: [],
  outcomes: {},
};

/** Whether a part knows something of one of its paths. */
export function isKnown({ stamps }: Pack, id: number): boolean {
  return stamps[5 * id + 3] !== 0;
}

/** When it was changed last, in milliseconds since 1970: see {@link Stamp}. */
export function changedAt({ stamps }: Pack, id: number): number {
  return stamps[5 * id + 2] ?? 0;
}

export function knownIn({ stamps, contents, entries }: Pack, id: number): Known {
  const stamp = stamps.subarray(5 * id, 5 * id + 5) as unknown as Stamp;
  return { stamp, content: contents[id] ?? "", entries: entries[id] ?? "" };
}

/** The path that one of the findings of a part is about, by its number. */
export function pathOf({ found }: Pack, id: number): number {
  return found[2 * id] as number;
}

/** Whether a path is as a part knows it, by its metadata alone: see {@link Snapshot.isUnchanged}. */
export function isUnchangedIn({ paths, stamps, contents }: Pack, id: number, snapshot: Snapshot): boolean {
  return snapshot.isUnchanged(paths[id] ?? "", stamps, 5 * id, wasThere(contents[id] ?? ""));
}

/** Whether a finding follows from what is known of its path, where no link is on the way to it. */
export function followsIn({ values }: Pack, id: number): boolean {
  return values[id] === "";
}

/** What one of the findings of a part is about. */
export function aboutIn(pack: Pack, id: number): readonly [path: string, mask: number] {
  return [pack.paths[pathOf(pack, id)] as string, pack.found[2 * id + 1] as number];
}

/** One of the findings of a part, which must be found again for an outcome to hold. */
export function foundIn(pack: Pack, id: number): Found {
  const [path, mask] = aboutIn(pack, id);
  return [path, mask, pack.values[id] || textOfKnown(knownIn(pack, pathOf(pack, id)), mask)];
}

/** A question about things that have numbers up to a count, which is asked once of each. */
export function askedOnce(count: number, ask: (id: number) => boolean): (id: number) => boolean {
  const answers = new Uint8Array(count);
  return (id) => {
    if (answers[id] === 0) answers[id] = ask(id) ? 1 : 2;
    return answers[id] === 1;
  };
}

/** The stamp of a path of which nothing is known. */
const unknown: Stamp = [0, 0, 0, 0, 0];

/** Collects outcomes into a pack. */
export class Packer {
  readonly #paths = new Map<string, number>();
  readonly #known: (Known | undefined)[] = [];
  readonly #found: number[] = [];
  readonly #values: string[] = [];
  readonly #ids = new Map<string, number>();
  readonly #outcomes: Record<string, Stored> = {};
  readonly #knownOf: (path: string) => Known | undefined;

  constructor(knownOf: (path: string) => Known | undefined) {
    this.#knownOf = knownOf;
  }

  add(key: string, used: number, needs: Iterable<Found>, value: Json, whole?: string): void {
    const ids = Array.from(needs, (found) => this.#idOf(found));
    this.#outcomes[key] = whole === undefined ? [used, ids, value] : [used, ids, value, whole];
  }

  pack(): Pack {
    return {
      paths: [...this.#paths.keys()],
      stamps: Float64Array.from(this.#known.flatMap((known) => [...(known?.stamp ?? unknown)])),
      contents: this.#known.map((known) => known?.content ?? ""),
      entries: this.#known.map((known) => known?.entries ?? ""),
      found: this.#found,
      values: this.#values,
      outcomes: this.#outcomes,
    };
  }

  #idOf([path, mask, value]: Found): number {
    const key = `${mask} ${value} ${path}`;
    const before = this.#ids.get(key);
    if (before !== undefined) return before;
    const place = this.#pathOf(path);
    const known = this.#known[place];
    const isKnown = known !== undefined && textOfKnown(known, mask) === value;
    const id = this.#values.push(isKnown ? "" : value) - 1;
    this.#found.push(place, mask);
    this.#ids.set(key, id);
    return id;
  }

  #pathOf(path: string): number {
    let id = this.#paths.get(path);
    if (id === undefined) {
      id = this.#known.push(this.#knownOf(path)) - 1;
      this.#paths.set(path, id);
    }
    return id;
  }
}
