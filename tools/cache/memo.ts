import { dirname } from "node:path";
import type { Json } from "../core/json.ts";
import { once } from "../core/once.ts";
import { aspects } from "../system/observe.ts";
import { type Found, type Known, Snapshot } from "../system/snapshot.ts";
import { lastUse, markUsed, trim } from "../system/store.ts";
import { mostBytes } from "./folder.ts";
import { LargeValues } from "./large.ts";
import {
  aboutIn,
  askedOnce,
  changedAt,
  followsIn,
  foundIn,
  isKnown,
  isUnchangedIn,
  knownIn,
  type Pack,
  pathOf,
  type Stored,
} from "./pack.ts";
import { Parts } from "./parts.ts";
import { Recording } from "./recording.ts";
import { type Fresh, rewritten } from "./rewrite.ts";

/** Nothing needs to be read for these. */
const seenAtAGlance = aspects.kind | aspects.place;

/** Outcomes that earlier runs came to, each with all that it depends on; one that is out of date is as good as none. */
export class Memo {
  readonly #file: string | undefined;
  readonly #large: LargeValues | undefined;
  readonly #each: number;
  #opened = 0;
  #parts: Parts | undefined;
  /** Which part knows a path, and by which number: of the parts in which not all is as it was. */
  readonly #paths = new Map<string, readonly [Pack, number]>();
  readonly #used = new Set<string>();
  readonly #fresh = new Map<string, Fresh>();
  readonly snapshot: Snapshot;

  /**
   * @param file undefined: nothing is remembered
   * @param each how many outcomes a part of it has, about
   */
  constructor(file: string | undefined, each = 512) {
    this.#file = file;
    this.#each = each;
    this.#large = file === undefined ? undefined : new LargeValues(file);
    this.#open(() => {});
    this.snapshot = new Snapshot((path) => this.#known(path));
  }

  /** @param learn is told of each part that is read */
  #open(learn: (pack: Pack) => void): void {
    if (this.#file === undefined || this.#large === undefined) return;
    this.#opened = lastUse(this.#file);
    this.#parts = new Parts(this.#file, this.#large, learn);
  }

  /** Parts were written at different times: what was seen last is more likely to be so still. */
  readonly #learn = once((pack: Pack): void => {
    for (const [id, path] of pack.paths.entries()) {
      if (!isKnown(pack, id)) continue;
      const other = this.#paths.get(path);
      if (other === undefined || changedAt(...other) < changedAt(pack, id)) this.#paths.set(path, [pack, id]);
    }
  });

  #known(path: string): Known | undefined {
    const place = this.#paths.get(path);
    return place && knownIn(...place);
  }

  /** Whether anything outlives this run. */
  get remembers(): boolean {
    return this.#file !== undefined;
  }

  /** The values of all outcomes; of those that are large, what is neither a list nor an object. */
  *values(): Generator<Json> {
    for (const [, , [, , value]] of this.#parts?.all() ?? []) yield value;
    for (const { value } of this.#fresh.values()) yield value;
  }

  /** How many outcomes it holds. */
  get size(): number {
    return this.#parts?.size ?? 0;
  }

  /** One that this run has found again. */
  #again(key: string): readonly [Pack, Stored] | undefined {
    return this.#used.has(key) ? this.#parts?.stored(key) : undefined;
  }

  /** The outcome by its key, when all that it depends on is as it was. */
  get(key: string): Json | undefined {
    const [pack, stored] = this.#parts?.stored(key) ?? [];
    const value = pack && stored?.[1].every(this.#holdsIn(pack)) ? this.#valueOf(stored) : undefined;
    if (value !== undefined) this.#used.add(key);
    return value;
  }

  readonly #holdsIn = once((pack: Pack) =>
    askedOnce(pack.values.length, (id) => {
      if (this.#isUnchanged(pack, id)) return true;
      const [path, mask, value] = foundIn(pack, id);
      if ((mask & ~seenAtAGlance) !== 0) this.#learn(pack);
      return this.snapshot.value(path, mask) === value;
    }),
  );

  /** Whether a finding holds by the metadata of its path alone, no link being on the way to it: most do, so it is asked first. */
  #isUnchanged(pack: Pack, id: number): boolean {
    return followsIn(pack, id) && this.#unchangedIn(pack)(pathOf(pack, id));
  }

  readonly #unchangedIn = once((pack: Pack) =>
    askedOnce(pack.paths.length, (id) => isUnchangedIn(pack, id, this.snapshot)),
  );

  #valueOf([, , value, whole]: Stored): Json | undefined {
    return whole === undefined ? value : this.#large?.get(whole);
  }

  /** What is stored of an outcome by its key, out of date or not: see {@link values}. */
  last(key: string): Json | undefined {
    return this.#parts?.stored(key)?.[1][2];
  }

  /**
   * Tells of outcomes whether they depend on something of a sort; undefined for those of which it is not known.
   *
   * @param is of a path, the aspects that were looked at, and whether no link is on the way to it
   */
  dependents(is: (path: string, mask: number, isPlain: boolean) => boolean): (key: string) => boolean | undefined {
    const ask = (path: string, mask: number) => is(path, mask, this.snapshot.isPlain(path));
    const isIn = once((pack: Pack) =>
      askedOnce(pack.values.length, (id) => {
        const [path, mask] = aboutIn(pack, id);
        return this.#isUnchanged(pack, id) ? is(path, mask, true) : ask(path, mask);
      }),
    );
    return (key) => {
      const fresh = this.#fresh.get(key);
      if (fresh !== undefined) return fresh.needs.some(([path, mask]) => ask(path, mask));
      const [pack, stored] = this.#again(key) ?? [];
      return pack && stored?.[1].some(isIn(pack));
    };
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
    const found = Array.from(seen, ([path, mask]) => this.snapshot.found(path, mask));
    const isListed = (path: string) => ((seen.get(dirname(path)) ?? 0) & aspects.entries) !== 0;
    return found.filter(([path, , value]) => !value.startsWith("-") || !isListed(path));
  }

  /** Lets something new depend on all that an outcome of this run depends on. */
  follow(key: string, recording: Recording): void {
    const [pack, stored] = this.#again(key) ?? [];
    const known = pack && stored?.[1].map((id) => foundIn(pack, id));
    for (const [path, mask] of this.#fresh.get(key)?.needs ?? known ?? []) recording.see(path, mask);
  }

  /**
   * Writes what is new, over what another run has written meanwhile.
   *
   * @param most how many outcomes are kept; those that were not used for longest go.
   * @returns why it could not be written.
   */
  save(most: number): string | undefined {
    if (this.#file === undefined) return undefined;
    if (this.#fresh.size === 0 && this.snapshot.read.size === 0) {
      markUsed(this.#file);
      return undefined;
    }
    if (lastUse(this.#file) !== this.#opened) this.#open(this.#learn);
    const failure = this.#parts && this.#write(this.#parts, this.#file, most);
    trim(dirname(this.#file), mostBytes);
    return failure;
  }

  #write(parts: Parts, file: string, most: number): string | undefined {
    const { snapshot } = this;
    const run = { parts, snapshot, fresh: this.#fresh, used: this.#used, each: this.#each, learn: this.#learn };
    const changes = rewritten(run, most, (text) => this.#large?.add(text));
    if (changes.size > 0) return parts.write(changes);
    markUsed(file);
    return undefined;
  }
}
