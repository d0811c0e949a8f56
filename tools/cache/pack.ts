import type { Json } from "../core/json.ts";
import type { Found, Known, Stamp } from "../system/snapshot.ts";

/**
 * A part of the memory of earlier runs, as it lies in its file: every path and every finding about one stands once, however many
 * outcomes depend on it. Lists that belong together have the same order.
 */
export interface Pack {
  readonly paths: readonly string[];
  /** Five numbers a path, zeros where nothing is known. */
  readonly stamps: readonly number[];
  readonly contents: readonly string[];
  readonly entries: readonly string[];
  /** What was found: two numbers each, the path and the aspects; and in `values` what it was. */
  readonly found: readonly number[];
  readonly values: readonly string[];
  readonly outcomes: Readonly<Record<string, Stored>>;
}

/**
 * One outcome: when it was last used (hours since 1970), which findings it depends on, and what it is; of one that is large,
 * what is neither a list nor an object, and the name of the whole: see `LargeValues`.
 */
export type Stored = readonly [used: number, needs: readonly number[], value: Json, whole?: string];

export const empty: Pack = { paths: [], stamps: [], contents: [], entries: [], found: [], values: [], outcomes: {} };

/** Whether a part knows something of one of its paths. */
export function isKnown({ stamps }: Pack, id: number): boolean {
  return stamps[5 * id + 3] !== 0;
}

/** When it was changed last, in milliseconds since 1970: see {@link Stamp}. */
export function changedAt({ stamps }: Pack, id: number): number {
  return stamps[5 * id + 2] ?? 0;
}

export function knownIn({ stamps, contents, entries }: Pack, id: number): Known {
  const stamp = stamps.slice(5 * id, 5 * id + 5) as unknown as Stamp;
  return { stamp, content: contents[id] ?? "", entries: entries[id] ?? "" };
}

/** One of the findings of a part, which must be found again for an outcome to hold. */
export function foundIn({ paths, found, values }: Pack, id: number): Found {
  return [paths[found[2 * id] as number] as string, found[2 * id + 1] as number, values[id] as string];
}

/** A question about the findings of a part, by their numbers, which is asked once of each. */
export function asked(pack: Pack, ask: (found: Found) => boolean): (id: number) => boolean {
  const answers = new Uint8Array(pack.values.length);
  return (id) => {
    if (answers[id] === 0) answers[id] = ask(foundIn(pack, id)) ? 1 : 2;
    return answers[id] === 1;
  };
}

/** Collects outcomes into a pack. */
export class Packer {
  readonly #paths = new Map<string, number>();
  readonly #stamps: number[] = [];
  readonly #contents: string[] = [];
  readonly #entries: string[] = [];
  readonly #found: number[] = [];
  readonly #values: string[] = [];
  readonly #ids = new Map<string, number>();
  readonly #outcomes: Record<string, Stored> = {};
  readonly #known: (path: string) => Known | undefined;

  constructor(known: (path: string) => Known | undefined) {
    this.#known = known;
  }

  add(key: string, used: number, needs: Iterable<Found>, value: Json, whole?: string): void {
    const ids = Array.from(needs, (found) => this.#idOf(found));
    this.#outcomes[key] = whole === undefined ? [used, ids, value] : [used, ids, value, whole];
  }

  pack(): Pack {
    return {
      paths: [...this.#paths.keys()],
      stamps: this.#stamps,
      contents: this.#contents,
      entries: this.#entries,
      found: this.#found,
      values: this.#values,
      outcomes: this.#outcomes,
    };
  }

  #idOf([path, mask, value]: Found): number {
    const key = `${mask} ${value} ${path}`;
    let id = this.#ids.get(key);
    if (id === undefined) {
      id = this.#values.push(value) - 1;
      this.#found.push(this.#pathOf(path), mask);
      this.#ids.set(key, id);
    }
    return id;
  }

  #pathOf(path: string): number {
    let id = this.#paths.get(path);
    if (id === undefined) {
      id = this.#paths.size;
      this.#paths.set(path, id);
      const { stamp = [0, 0, 0, 0, 0], content = "", entries = "" } = this.#known(path) ?? {};
      this.#stamps.push(...stamp);
      this.#contents.push(content);
      this.#entries.push(entries);
    }
    return id;
  }
}
