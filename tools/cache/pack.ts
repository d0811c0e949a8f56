import type { Json } from "../core/json.ts";
import { didExist, type Found, type Known, type Snapshot, type Stamp, textOfKnown } from "../system/snapshot.ts";
import { fromBase64, toBase64 } from "./base64.ts";

/**
 * A part of the cache, as stored in its file: each path and each finding about it is stored once, regardless of how
 * many outcomes depend on it. Lists that belong together have the same order.
 */
export interface Pack {
  readonly paths: readonly string[];
  /** Five numbers per path, zeros if unknown; see {@link Stamp}. */
  readonly stamps: Float64Array;
  readonly contents: readonly string[];
  readonly entries: readonly string[];
  /**
   * The findings: two numbers each, the path and the aspects. `values` has what was found; an empty string stands for
   * the value that follows from the path's stamp, content and entries if the path contains no links.
   */
  readonly found: readonly number[];
  readonly values: readonly string[];
  readonly outcomes: Readonly<Record<string, Stored>>;
}

/** The serializable form of a pack. */
export type Packed = Omit<Pack, "stamps"> & { readonly stamps: string };

/** Converts a pack to its serializable form. */
export function packed({ stamps, ...others }: Pack): Packed {
  return { ...others, stamps: toBase64(stamps) };
}

/** Converts a pack back from its serializable form. */
export function unpacked({ stamps, ...others }: Packed): Pack {
  return { ...others, stamps: new Float64Array(fromBase64(stamps)) };
}

/**
 * An outcome: when it was last used (in hours since 1970), the findings that it depends on, and its value. For a large
 * outcome, the value has only the fields that are neither lists nor objects, and `whole` names the file of the rest;
 * see `LargeValues`.
 */
export type Stored = readonly [used: number, needs: readonly number[], value: Json, whole?: string];

/** A part without outcomes. */
export const empty: Pack = {
  paths: [],
  stamps: new Float64Array(),
  contents: [],
  entries: [],
  found: [],
  values: [],
  outcomes: {},
};

/** Whether a part has a stamp of one of its paths. */
export function isKnown({ stamps }: Pack, id: number): boolean {
  return stamps[5 * id + 3] !== 0;
}

/** When a path last changed, in milliseconds since 1970; see {@link Stamp}. */
export function changedAt({ stamps }: Pack, id: number): number {
  return stamps[5 * id + 2] ?? 0;
}

/** What a part knows about one of its paths. */
export function knownIn({ stamps, contents, entries }: Pack, id: number): Known {
  const stamp = stamps.subarray(5 * id, 5 * id + 5) as unknown as Stamp;
  return { stamp, content: contents[id] ?? "", entries: entries[id] ?? "" };
}

/** The number of the path that a finding of a part is about. */
export function pathOf({ found }: Pack, id: number): number {
  return found[2 * id] as number;
}

/** Whether metadata alone proves that a path is as the part knows it; see {@link Snapshot.isUnchanged}. */
export function isUnchangedIn({ paths, stamps, contents }: Pack, id: number, snapshot: Snapshot): boolean {
  return snapshot.isUnchanged(paths[id] ?? "", stamps, 5 * id, didExist(contents[id] ?? ""));
}

/** Whether a finding follows from what the part knows about its path, if the path contains no links. */
export function followsIn({ values }: Pack, id: number): boolean {
  return values[id] === "";
}

/** The path and the aspects of a finding. */
export function aboutIn(pack: Pack, id: number): readonly [path: string, mask: number] {
  return [pack.paths[pathOf(pack, id)] as string, pack.found[2 * id + 1] as number];
}

/** A finding of a part; outcomes that depend on it are valid only if it is found again. */
export function foundIn(pack: Pack, id: number): Found {
  const [path, mask] = aboutIn(pack, id);
  return [path, mask, pack.values[id] || textOfKnown(knownIn(pack, pathOf(pack, id)), mask)];
}

/** Caches the answers of a predicate for the numbers below `count`. */
export function askedOnce(count: number, ask: (id: number) => boolean): (id: number) => boolean {
  const answers = new Uint8Array(count);
  return (id) => {
    if (answers[id] === 0) answers[id] = ask(id) ? 1 : 2;
    return answers[id] === 1;
  };
}

/** The stamp of an unknown path. */
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
