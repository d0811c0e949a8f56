import { dirname } from "node:path";
import type { Json } from "../core/json.ts";
import { once } from "../core/once.ts";
import type { TreeState } from "../git/tree-state.ts";
import { aspects } from "../system/observe.ts";
import { type Found, type Known, Snapshot } from "../system/snapshot.ts";
import { lastUse, markUsed, trim } from "../system/store.ts";
import { type Differences, differenceHashes, mayAffect, parsedHashes } from "./dependency-hashes.ts";
import { mostBytes } from "./folder.ts";
import { LargeValues } from "./large-values.ts";
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
import { PartFiles } from "./part-files.ts";
import { Recording } from "./recording.ts";
import { type Fresh, rewritten } from "./rewrite.ts";
import { isSealable, Seal, type SealedPart } from "./seal.ts";
import { sealed } from "./sealing.ts";
import { Trust } from "./trust.ts";

/** Aspects that are known without reading anything. */
const seenAtAGlance = aspects.kind | aspects.place;

/**
 * Outcomes with fewer dependencies teach the snapshot all of them at once; the paths of others are learned on demand.
 */
const few = 8;

/** The outcomes of earlier runs, each with all its dependencies. Outdated outcomes are ignored. */
export class Memo {
  readonly #file: string | undefined;
  readonly #large: LargeValues | undefined;
  readonly #each: number;
  #opened = 0;
  #parts: PartFiles | undefined;
  #seal: Seal | undefined;
  #trust: Trust | undefined;
  /** The part that knows a path, and the path's number there; only for parts that may have changed. */
  readonly #paths = new Map<string, readonly [Pack, number]>();
  readonly #used = new Set<string>();
  readonly #fresh = new Map<string, Fresh>();
  readonly snapshot: Snapshot;

  /**
   * @param file undefined if nothing is to be remembered
   * @param each approximate number of outcomes in a part
   */
  constructor(file: string | undefined, each = 512) {
    this.#file = file;
    this.#each = each;
    this.#large = file === undefined ? undefined : new LargeValues(file);
    this.#open(() => {});
    this.snapshot = new Snapshot((path) => this.#known(path));
  }

  /** @param learn is called with each part that is read */
  #open(learn: (pack: Pack) => void): void {
    if (this.#file === undefined || this.#large === undefined) return;
    this.#opened = lastUse(this.#file);
    this.#parts = new PartFiles(this.#file, this.#large, learn);
  }

  /** Parts were written at different times; the most recent knowledge of a path is most likely to be valid. */
  readonly #learn = once((pack: Pack): void => {
    for (const id of pack.paths.keys()) this.#learnPath(pack, id);
  });

  #learnPath(pack: Pack, id: number): void {
    if (!isKnown(pack, id)) return;
    const path = pack.paths[id] as string;
    const other = this.#paths.get(path);
    if (other === undefined || changedAt(...other) < changedAt(pack, id)) this.#paths.set(path, [pack, id]);
  }

  #known(path: string): Known | undefined {
    const place = this.#paths.get(path);
    return place && knownIn(...place);
  }

  /** What can be trusted if Git reports no changes; read on first access. */
  get seal(): Seal | undefined {
    if (this.#file === undefined) return undefined;
    this.#seal ??= new Seal(this.#file, (far) => {
      this.#learn(far);
      return far.values.every((_, id) => this.#holdsIn(far)(id));
    });
    return this.#seal;
  }

  /** Trusts Git's view of the working tree, so that this run need not check those files itself. */
  trust(tree: TreeState): void {
    if (this.seal !== undefined && isSealable(tree)) this.#trust = new Trust(this.seal, tree);
  }

  /** The part that contains an outcome, if Git's view proves that it is still valid. */
  #trusted(key: string): SealedPart | undefined {
    const parts = this.#parts;
    const part = parts && this.#trust?.part(parts.nameOf(parts.indexOf(key)));
    return part !== undefined && Object.hasOwn(part.outcomes, key) ? part : undefined;
  }

  /** Whether anything is kept after this run. */
  get remembers(): boolean {
    return this.#file !== undefined;
  }

  /** The values of all outcomes; of large ones, only the fields that are neither lists nor objects. */
  *values(): Generator<Json> {
    const parts = this.#parts;
    for (let index = 0; index < (parts?.count ?? 0); index++) {
      const trusted = parts && this.#trust?.part(parts.nameOf(index));
      for (const [value] of Object.values(trusted?.outcomes ?? {})) yield value;
      if (trusted === undefined) for (const [, , [, , value]] of parts?.outcomes(index) ?? []) yield value;
    }
    for (const { value } of this.#fresh.values()) yield value;
  }

  /** The number of stored outcomes. */
  get size(): number {
    return this.#parts?.size ?? 0;
  }

  /** A stored outcome that this run has used. */
  #again(key: string): readonly [Pack, Stored] | undefined {
    return this.#used.has(key) ? this.#parts?.stored(key) : undefined;
  }

  /** The outcome by its key, if none of its dependencies has changed. */
  get(key: string): Json | undefined {
    const trusted = this.#trusted(key)?.outcomes[key];
    const value = trusted === undefined ? this.#found(key) : this.#valueOf(...trusted);
    if (value !== undefined) this.#used.add(key);
    return value;
  }

  #found(key: string): Json | undefined {
    const [pack, stored] = this.#parts?.stored(key) ?? [];
    if (pack === undefined || stored === undefined) return undefined;
    const [, needs, ...value] = stored;
    if (!needs.every(this.#holdsIn(pack))) return undefined;
    // For example kustomize, which other outcomes depend on too.
    if (needs.length < few) for (const id of needs) this.#learnPath(pack, pathOf(pack, id));
    return this.#valueOf(...value);
  }

  readonly #holdsIn = once((pack: Pack) =>
    askedOnce(pack.values.length, (id) => {
      if (this.#isUnchanged(pack, id)) return true;
      const [path, mask, value] = foundIn(pack, id);
      if ((mask & ~seenAtAGlance) !== 0) this.#learn(pack);
      return this.snapshot.value(path, mask) === value;
    }),
  );

  /**
   * Whether metadata alone proves a finding valid, for a path without links. That is the most common case, so check it
   * first.
   */
  #isUnchanged(pack: Pack, id: number): boolean {
    return followsIn(pack, id) && this.#unchangedIn(pack)(pathOf(pack, id));
  }

  readonly #unchangedIn = once((pack: Pack) =>
    askedOnce(pack.paths.length, (id) => isUnchangedIn(pack, id, this.snapshot)),
  );

  #valueOf(value: Json, whole?: string): Json | undefined {
    return whole === undefined ? value : this.#large?.get(whole);
  }

  /** The stored value of an outcome by its key, even if outdated; see {@link values}. */
  last(key: string): Json | undefined {
    return this.#parts?.stored(key)?.[1][2];
  }

  /**
   * Whether outcomes depend on paths of a certain kind.
   *
   * @param is tells this kind by the path, the aspects that were read, and whether the path contains no links
   * @param all everything for which `is` may be true
   * @returns a function of the key; it returns undefined if the answer is unknown
   */
  dependents(
    is: (path: string, mask: number, isPlain: boolean) => boolean,
    all: Differences,
  ): (key: string) => boolean | undefined {
    const numbers = differenceHashes(all);
    const isConcernedIn = once((part: SealedPart) => mayAffect(parsedHashes(part.near), numbers));
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
      const trusted = this.#used.has(key) ? this.#trusted(key) : undefined;
      if (trusted !== undefined && !isConcernedIn(trusted)) return false;
      const [pack, stored] = this.#again(key) ?? [];
      return pack && stored?.[1].some(isIn(pack));
    };
  }

  /** Starts recording the dependencies of a new outcome. */
  recording(): Recording {
    return new Recording(this.snapshot);
  }

  /** Stores an outcome, unless its dependencies have changed in the meantime. */
  put(key: string, recording: Recording, value: Json): void {
    if (this.#file === undefined || !recording.holds()) return;
    this.#fresh.set(key, { needs: this.#needs(recording.seen()), value });
  }

  /** Omits missing paths if the names in their folders are dependencies too, unless a link leads to them. */
  #needs(seen: ReadonlyMap<string, number>): Found[] {
    const found = Array.from(seen, ([path, mask]) => this.snapshot.found(path, mask));
    const isListed = (path: string) => ((seen.get(dirname(path)) ?? 0) & aspects.entries) !== 0;
    return found.filter(([path, , value]) => !(value.startsWith("-") && isListed(path) && this.snapshot.isPlain(path)));
  }

  /**
   * Writes new outcomes, and keeps those that another run has written in the meantime.
   *
   * @param most maximum number of outcomes, by default unlimited; the least recently used are removed.
   * @returns an error message if it could not be written.
   */
  save(most = Number.POSITIVE_INFINITY): string | undefined {
    const [file, parts] = [this.#file, this.#parts];
    if (file === undefined || parts === undefined) return undefined;
    if (this.#fresh.size === 0 && this.snapshot.read.size === 0) {
      markUsed(file);
      this.#trust?.save(parts, new Map(), () => true, this.#sealed);
      return undefined;
    }
    const isAlone = lastUse(file) === this.#opened;
    if (!isAlone) this.#open(this.#learn);
    const failure = this.#write(this.#parts ?? parts, file, most, isAlone);
    trim(dirname(file), mostBytes);
    return failure;
  }

  #write(parts: PartFiles, file: string, most: number, isAlone: boolean): string | undefined {
    const { snapshot } = this;
    const run = { parts, snapshot, fresh: this.#fresh, used: this.#used, each: this.#each, learn: this.#learn };
    const changes = rewritten(run, most, (text) => this.#large?.add(text));
    const made = new Map<string, SealedPart | undefined>();
    const failure =
      changes.size === 0 ? undefined : parts.write(changes, (name, pack) => made.set(name, this.#sealed(pack)));
    if (changes.size === 0) markUsed(file);
    if (isAlone && failure === undefined) this.#trust?.save(parts, made, (index) => !changes.has(index), this.#sealed);
    return failure;
  }

  /** A sealed part with the outcomes that this run has computed or confirmed. */
  readonly #sealed = (pack: Pack): SealedPart | undefined => {
    const holds = (key: string) => this.#used.has(key) || this.#fresh.has(key);
    return this.#trust && sealed(pack, holds, this.#trust.tree, this.snapshot);
  };
}
