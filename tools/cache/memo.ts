import { dirname } from "node:path";
import { groupBy } from "../core/group.ts";
import { isObject, type Json } from "../core/json.ts";
import { once } from "../core/once.ts";
import { aspects } from "../system/observe.ts";
import { type Known, Snapshot } from "../system/snapshot.ts";
import { lastUse, markUsed, trim } from "../system/store.ts";
import { mostBytes } from "./folder.ts";
import { LargeValues, large } from "./large.ts";
import { asked, changedAt, type Found, foundIn, isKnown, knownIn, type Pack, Packer, type Stored } from "./pack.ts";
import { Parts, partOf, partsFor } from "./parts.ts";
import { Recording } from "./recording.ts";

/** An outcome that was remembered, and the part that it is in. */
type Placed = readonly [key: string, pack: Pack, stored: Stored];

/** One that this run came to. */
interface Fresh {
  readonly needs: readonly Found[];
  readonly value: Json;
}

/** Outcomes that earlier runs came to, each with all that it depends on; one that is out of date is as good as none. */
export class Memo {
  readonly #file: string | undefined;
  readonly #large: LargeValues | undefined;
  readonly #each: number;
  #opened = 0;
  #parts: Parts | undefined;
  /** Which of the parts that were read knows a path, and by which number. */
  readonly #paths = new Map<string, readonly [Pack, number]>();
  readonly #used = new Set<string>();
  readonly #fresh = new Map<string, Fresh>();
  /** What this run found at a path, once for each set of aspects. */
  readonly #findings = new Map<string, readonly Found[]>();
  readonly snapshot: Snapshot;

  /**
   * @param file undefined: nothing is remembered
   * @param each how many outcomes a part of it has, about
   */
  constructor(file: string | undefined, each = 512) {
    this.#file = file;
    this.#each = each;
    this.#large = file === undefined ? undefined : new LargeValues(file);
    this.#open();
    this.snapshot = new Snapshot((path) => this.#known(path));
  }

  #open(): void {
    if (this.#file === undefined || this.#large === undefined) return;
    this.#opened = lastUse(this.#file);
    this.#parts = new Parts(this.#file, this.#large, (pack) => this.#learn(pack));
  }

  /** Parts were written at different times: what was seen last is more likely to be so still. */
  #learn(pack: Pack): void {
    for (const [id, path] of pack.paths.entries()) {
      if (!isKnown(pack, id)) continue;
      const other = this.#paths.get(path);
      if (other === undefined || changedAt(...other) < changedAt(pack, id)) this.#paths.set(path, [pack, id]);
    }
  }

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
    for (const [, , [, , value]] of this.#all()) yield value;
    for (const { value } of this.#fresh.values()) yield value;
  }

  /** How many outcomes it holds. */
  get size(): number {
    return this.#parts?.size ?? 0;
  }

  *#all(): Generator<Placed> {
    for (let index = 0; index < (this.#parts?.count ?? 0); index++) yield* this.#in(index);
  }

  *#in(index: number): Generator<Placed> {
    const pack = this.#parts?.pack(index);
    if (pack === undefined) return;
    for (const [key, stored] of Object.entries(pack.outcomes)) yield [key, pack, stored];
  }

  #stored(key: string): readonly [Pack, Stored] | undefined {
    const pack = this.#parts?.pack(partOf(key, this.#parts.count));
    const stored = pack && Object.hasOwn(pack.outcomes, key) ? pack.outcomes[key] : undefined;
    return pack && stored && [pack, stored];
  }

  /** The outcome by its key, when all that it depends on is as it was. */
  get(key: string): Json | undefined {
    const [pack, stored] = this.#stored(key) ?? [];
    if (pack === undefined || stored === undefined || !stored[1].every(this.#holdsIn(pack))) return undefined;
    const value = this.#valueOf(stored);
    if (value !== undefined) this.#used.add(key);
    return value;
  }

  readonly #holdsIn = once((pack: Pack) =>
    asked(pack, ([path, mask, value]) => this.snapshot.value(path, mask) === value),
  );

  #valueOf([, , value, whole]: Stored): Json | undefined {
    return whole === undefined ? value : this.#large?.get(whole);
  }

  /** What is stored of an outcome by its key, out of date or not: see {@link values}. */
  last(key: string): Json | undefined {
    return this.#stored(key)?.[1][2];
  }

  /**
   * Tells of outcomes whether they depend on something of a sort; undefined for those of which it is not known.
   *
   * @param is of a path and the aspects that were looked at
   */
  dependents(is: (path: string, mask: number) => boolean): (key: string) => boolean | undefined {
    const isIn = once((pack: Pack) => asked(pack, ([path, mask]) => is(path, mask)));
    return (key) => {
      const fresh = this.#fresh.get(key);
      if (fresh !== undefined) return fresh.needs.some(([path, mask]) => is(path, mask));
      const [pack, stored] = (this.#used.has(key) && this.#stored(key)) || [];
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
    const found = Array.from(seen, ([path, mask]) => this.#findingOf(path, mask));
    const isListed = (path: string) => ((seen.get(dirname(path)) ?? 0) & aspects.entries) !== 0;
    return found.filter(([path, , value]) => !value.startsWith("-") || !isListed(path));
  }

  /** Most targets share most of what they depend on: each finding is kept once. */
  #findingOf(path: string, mask: number): Found {
    const known = this.#findings.get(path) ?? [];
    const before = known.find(([, asked]) => asked === mask);
    if (before !== undefined) return before;
    const found: Found = [known[0]?.[0] ?? path, mask, this.snapshot.value(path, mask)];
    this.#findings.set(found[0], [...known, found]);
    return found;
  }

  /** Lets something new depend on all that an outcome of this run depends on. */
  follow(key: string, recording: Recording): void {
    const [pack, stored] = (this.#used.has(key) && this.#stored(key)) || [];
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
    if (lastUse(this.#file) !== this.#opened) this.#open();
    const failure = this.#parts && this.#write(this.#parts, most);
    trim(dirname(this.#file), mostBytes);
    return failure;
  }

  #write(parts: Parts, most: number): string | undefined {
    const added = [...this.#fresh.keys()].filter((key) => this.#stored(key) === undefined).length;
    const dropped = this.#least(parts.size + added - most);
    const count = partsFor(parts.size + added - dropped.size, parts.count, this.#each);
    const fresh = groupBy(this.#fresh, ([key]) => partOf(key, count));
    const moved = count === parts.count ? undefined : groupBy(this.#all(), ([key]) => partOf(key, count));
    const isWritten = (index: number) => moved || fresh.has(index) || this.#isOutdated(parts, index, dropped);
    const packs = Array.from({ length: count }, (_, index) => index)
      .filter(isWritten)
      .map((index) => {
        const before = () => (moved ? (moved.get(index) ?? []) : this.#in(index));
        return [index, () => this.#packed(fresh.get(index) ?? [], before(), dropped)] as const;
      });
    if (packs.length > 0) return parts.write(count, packs);
    markUsed(this.#file ?? "");
    return undefined;
  }

  /** The keys of those that were not used for longest. */
  #least(many: number): ReadonlySet<string> {
    if (many <= 0) return new Set();
    const others = [...this.#all()].filter(([key]) => !this.#fresh.has(key) && !this.#used.has(key));
    others.sort(([, , [one]], [, , [other]]) => one - other);
    return new Set(others.slice(0, many).map(([key]) => key));
  }

  /** Whether a part holds what is dropped, or knows less of a path than this run does. */
  #isOutdated(parts: Parts, index: number, dropped: ReadonlySet<string>): boolean {
    if (!parts.isRead(index)) return false;
    const { paths, outcomes } = parts.pack(index);
    return paths.some((path) => this.snapshot.read.has(path)) || Object.keys(outcomes).some((key) => dropped.has(key));
  }

  #packed(fresh: readonly (readonly [string, Fresh])[], before: Iterable<Placed>, dropped: ReadonlySet<string>): Pack {
    const now = Math.floor(Date.now() / 3_600_000);
    const packer = new Packer((path) => this.snapshot.known(path));
    for (const [key, { needs, value }] of fresh) packer.add(key, now, needs, ...this.#apart(value));
    for (const [key, pack, [used, needs, ...value]] of before) {
      if (this.#fresh.has(key) || dropped.has(key)) continue;
      const found = needs.map((id) => foundIn(pack, id));
      packer.add(key, this.#used.has(key) ? now : used, found, ...value);
    }
    return packer.pack();
  }

  /** A value as it lies in a part. */
  #apart(value: Json): [value: Json, whole?: string] {
    const text = JSON.stringify(value);
    const whole = text.length > large ? this.#large?.add(text) : undefined;
    return whole === undefined ? [value] : [smallParts(value), whole];
  }
}

/** What is neither a list nor an object. */
function smallParts(value: Json): Json {
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).filter(([, part]) => typeof part !== "object"))
    : null;
}
