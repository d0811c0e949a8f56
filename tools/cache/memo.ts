import { dirname } from "node:path";
import { UserError } from "../core/errors.ts";
import { isObject, type Json } from "../core/json.ts";
import { readBytes, writeFiles } from "../system/disk.ts";
import { aspects } from "../system/observe.ts";
import { type Known, Snapshot, type Stamp } from "../system/snapshot.ts";
import { lastUse, markUsed, trim } from "../system/store.ts";
import { mostBytes } from "./folder.ts";
import { LargeValues, large } from "./large.ts";
import { decode, empty, encode, type Found, type Pack, Packer, type Stored } from "./pack.ts";
import { Recording } from "./recording.ts";

/** Outcomes that earlier runs came to, each with all that it depends on; one that is out of date is as good as none. */
export class Memo {
  readonly #file: string | undefined;
  readonly #large: LargeValues | undefined;
  #opened = 0;
  #pack: Pack = empty;
  /** The pack's paths by their names. */
  readonly #paths = new Map<string, number>();
  /** Of the pack's findings: 1 found again, 2 not. */
  #checked = new Uint8Array();
  readonly #used = new Set<string>();
  readonly #fresh = new Map<string, { readonly needs: readonly Found[]; readonly value: Json }>();
  readonly snapshot: Snapshot;

  /** @param file undefined: nothing is remembered. */
  constructor(file: string | undefined) {
    this.#file = file;
    this.#large = file === undefined ? undefined : new LargeValues(file);
    if (file !== undefined) this.#open(file);
    this.snapshot = new Snapshot((path) => this.#known(path));
  }

  #open(file: string): void {
    this.#opened = lastUse(file);
    this.#pack = read(file);
    this.#checked = new Uint8Array(this.#pack.values.length);
    this.#paths.clear();
    for (const [id, path] of this.#pack.paths.entries()) this.#paths.set(path, id);
  }

  /** Whether anything outlives this run. */
  get remembers(): boolean {
    return this.#file !== undefined;
  }

  /** The values of all outcomes; of those that are large, what is neither a list nor an object. */
  *values(): Generator<Json> {
    for (const [, , value] of Object.values(this.#pack.outcomes)) yield value;
    for (const { value } of this.#fresh.values()) yield value;
  }

  /** How many outcomes it holds. */
  get size(): number {
    return Object.keys(this.#pack.outcomes).length;
  }

  /** The outcome by its key, when all that it depends on is as it was. */
  get(key: string): Json | undefined {
    const stored = Object.hasOwn(this.#pack.outcomes, key) ? this.#pack.outcomes[key] : undefined;
    if (stored === undefined || !stored[1].every((id) => this.#holds(id))) return undefined;
    const value = this.#valueOf(stored);
    if (value !== undefined) this.#used.add(key);
    return value;
  }

  /** What is stored of an outcome by its key, out of date or not: see {@link values}. */
  last(key: string): Json | undefined {
    return Object.hasOwn(this.#pack.outcomes, key) ? this.#pack.outcomes[key]?.[2] : undefined;
  }

  #valueOf([, , value, whole]: Stored): Json | undefined {
    return whole === undefined ? value : this.#large?.get(whole);
  }

  /**
   * Tells of outcomes whether they depend on something of a sort; undefined for those of which it is not known.
   *
   * @param is of a path and the aspects that were looked at
   */
  dependents(is: (path: string, mask: number) => boolean): (key: string) => boolean | undefined {
    const checked = new Uint8Array(this.#pack.values.length);
    const isOf = (id: number) => {
      if (checked[id] === 0) {
        const [path, mask] = this.#found(id);
        checked[id] = is(path, mask) ? 1 : 2;
      }
      return checked[id] === 1;
    };
    return (key) => {
      const fresh = this.#fresh.get(key);
      if (fresh !== undefined) return fresh.needs.some(([path, mask]) => is(path, mask));
      return this.#used.has(key) ? this.#pack.outcomes[key]?.[1].some(isOf) : undefined;
    };
  }

  #holds(id: number): boolean {
    if (this.#checked[id] === 0) {
      const [path, mask, value] = this.#found(id);
      this.#checked[id] = this.snapshot.value(path, mask) === value ? 1 : 2;
    }
    return this.#checked[id] === 1;
  }

  #found(id: number): Found {
    const { paths, found, values } = this.#pack;
    return [paths[found[2 * id] as number] as string, found[2 * id + 1] as number, values[id] as string];
  }

  #known(path: string): Known | undefined {
    const id = this.#paths.get(path);
    if (id === undefined) return undefined;
    const { stamps, contents, entries } = this.#pack;
    const stamp = stamps.slice(5 * id, 5 * id + 5) as unknown as Stamp;
    return stamp[3] === 0 ? undefined : { stamp, content: contents[id] as string, entries: entries[id] as string };
  }

  recording(): Recording {
    return new Recording(this.snapshot);
  }

  /** Remembers an outcome, unless what it came from has changed in the meantime. */
  put(key: string, recording: Recording, value: Json): void {
    if (this.#file === undefined || !recording.holds()) return;
    this.#fresh.set(key, { needs: this.#needs(recording.seen()), value });
  }

  /** What stands nowhere is no need of its own where the names in its folder are one. */
  #needs(seen: ReadonlyMap<string, number>): Found[] {
    const found = Array.from(seen, ([path, mask]): Found => [path, mask, this.snapshot.value(path, mask)]);
    const isListed = (path: string) => ((seen.get(dirname(path)) ?? 0) & aspects.entries) !== 0;
    return found.filter(([path, , value]) => !value.startsWith("-") || !isListed(path));
  }

  /** Lets something new depend on all that an outcome of this run depends on. */
  follow(key: string, recording: Recording): void {
    const stored = this.#used.has(key) ? this.#pack.outcomes[key]?.[1].map((id) => this.#found(id)) : undefined;
    for (const [path, mask] of this.#fresh.get(key)?.needs ?? stored ?? []) recording.see(path, mask);
  }

  /** A value as it lies in the pack. */
  #apart(value: Json): [value: Json, whole?: string] {
    const text = JSON.stringify(value);
    const whole = text.length > large ? this.#large?.add(text) : undefined;
    return whole === undefined ? [value] : [smallParts(value), whole];
  }

  /**
   * Writes what is new, over what another run has written meanwhile.
   *
   * @param most how many outcomes are kept; those that were not used for longest go.
   * @returns why it could not be written.
   */
  save(most: number): string | undefined {
    if (this.#file === undefined) return undefined;
    if (this.#fresh.size === 0 && this.snapshot.reads === 0) {
      markUsed(this.#file);
      return undefined;
    }
    if (lastUse(this.#file) !== this.#opened) this.#open(this.#file);
    const now = Math.floor(Date.now() / 3_600_000);
    const packer = new Packer((path) => this.snapshot.known(path));
    for (const [key, { needs, value }] of this.#fresh) packer.add(key, now, needs, ...this.#apart(value));
    const others = Object.entries(this.#pack.outcomes).filter(([key]) => !this.#fresh.has(key));
    const rank = ([key, [used]]: (typeof others)[number]) => (this.#used.has(key) ? now + 1 : used);
    others.sort((a, b) => rank(b) - rank(a));
    for (const [key, [used, needs, ...value]] of others.slice(0, Math.max(0, most - this.#fresh.size)))
      packer.add(
        key,
        this.#used.has(key) ? now : used,
        needs.map((id) => this.#found(id)),
        ...value,
      );
    const pack = packer.pack();
    const failure = tryWrite(this.#file, encode(pack));
    this.#large?.keep(new Set(Object.values(pack.outcomes).flatMap(([, , , whole]) => whole ?? [])));
    trim(dirname(this.#file), mostBytes);
    return failure;
  }
}

/** What is neither a list nor an object. */
function smallParts(value: Json): Json {
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).filter(([, part]) => typeof part !== "object"))
    : null;
}

/** Two gigabytes of text is what Node holds; a tenth of it is more than a memory should need. */
const largest = 256 * 1024 * 1024;

function read(file: string): Pack {
  try {
    return decode(readBytes(file, largest).toString("utf8")) ?? empty;
  } catch {
    return empty;
  }
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
