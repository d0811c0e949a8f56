import type { Json } from "../core/json.ts";
import { digest, type Stamp } from "../system/snapshot.ts";

/**
 * The memory of earlier runs, as it lies in its file: every path and every finding about one stands once, however many
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

const version = "gitops-cache-2";

/** With its own hash ahead: half of it, or any other byte, is not taken for it. */
export function encode(pack: Pack): string {
  const body = JSON.stringify(pack);
  return `${version} ${digest(body)}\n${body}`;
}

/** Undefined for what is damaged, or of another version. */
export function decode(text: string): Pack | undefined {
  const end = text.indexOf("\n");
  const body = text.slice(end + 1);
  if (end < 0 || text.slice(0, end) !== `${version} ${digest(body)}`) return undefined;
  return JSON.parse(body) as Pack;
}

export const empty: Pack = { paths: [], stamps: [], contents: [], entries: [], found: [], values: [], outcomes: {} };

/** One thing that was found, and must be found again for an outcome to hold. */
export type Found = readonly [path: string, mask: number, value: string];

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
  readonly #known: (path: string) => { stamp: Stamp; content: string; entries: string } | undefined;

  constructor(known: (path: string) => { stamp: Stamp; content: string; entries: string } | undefined) {
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
