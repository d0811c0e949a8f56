import { groupBy } from "../core/group.ts";
import { isObject, type Json } from "../core/json.ts";
import type { Found, Snapshot } from "../system/snapshot.ts";
import { mostInline } from "./large-values.ts";
import { foundIn, isUnchangedIn, type Pack, Packer } from "./pack.ts";
import type { PartFiles, Piece, Placed } from "./part-files.ts";

/** An outcome that a run has computed. */
export interface Fresh {
  readonly needs: readonly Found[];
  readonly value: Json;
}

/** The state of a run, and the cache that it started with. */
export interface Run {
  readonly parts: PartFiles;
  readonly snapshot: Snapshot;
  readonly fresh: ReadonlyMap<string, Fresh>;
  /** The keys of stored outcomes that it has used. */
  readonly used: ReadonlySet<string>;
  /** Approximate number of outcomes in a part. */
  readonly each: number;
  /** Passes what a part knows on to the snapshot. */
  readonly learn: (pack: Pack) => void;
}

/** Stores a large value in a separate file. @returns its name; undefined if that failed */
type PutApart = (text: string) => string | undefined;

/**
 * The pieces that replace outdated parts after a run, by the parts' numbers.
 *
 * @param most maximum number of outcomes; the least recently used are removed
 */
export function rewritten(run: Run, most: number, putApart: PutApart): ReadonlyMap<number, readonly Piece[]> {
  const { parts, fresh, each } = run;
  const added = [...fresh.keys()].filter((key) => parts.stored(key) === undefined).length;
  const dropped = leastUsed(run, parts.size + added - most);
  const left = parts.size + added - dropped.size;
  const cut = cutting(run, dropped, putApart);
  // Many nearly empty parts: merge all into the first one.
  if (parts.shared(each) > Math.max(1, 4 * Math.ceil(left / each)))
    return new Map(
      numbersOf(parts).map((index) => [index, index === 0 ? cut("", [...fresh.keys()], parts.all()) : []]),
    );
  const byPart = groupBy(fresh.keys(), (key) => parts.indexOf(key));
  const changed = numbersOf(parts).filter((index) => byPart.has(index) || isOutdated(run, index, dropped));
  return new Map(
    changed.map((index) => [index, cut(parts.fromOf(index), byPart.get(index) ?? [], parts.outcomes(index))]),
  );
}

function numbersOf({ count }: PartFiles): number[] {
  return Array.from({ length: count }, (_, index) => index);
}

/** The keys of the least recently used outcomes. */
function leastUsed({ parts, fresh, used }: Run, many: number): ReadonlySet<string> {
  if (many <= 0) return new Set();
  const others = [...parts.all()].filter(([key]) => !fresh.has(key) && !used.has(key));
  others.sort(([, , [one]], [, , [other]]) => one - other);
  return new Set(others.slice(0, many).map(([key]) => key));
}

/** Whether a part contains dropped outcomes, or knows less about a path than this run. */
function isOutdated({ parts, snapshot }: Run, index: number, dropped: ReadonlySet<string>): boolean {
  if (!parts.isRead(index)) return false;
  const pack = parts.pack(index);
  const { paths, outcomes } = pack;
  const isNews = (path: string, id: number) => snapshot.read.has(path) && !isUnchangedIn(pack, id, snapshot);
  return paths.some(isNews) || Object.keys(outcomes).some((key) => dropped.has(key));
}

/** Splits the outcomes of a part into one or more pieces of limited size. */
function cutting(run: Run, dropped: ReadonlySet<string>, putApart: PutApart) {
  return (from: string, fresh: readonly string[], before: Iterable<Placed>): Piece[] => {
    const kept = Array.from(before).filter(([key]) => !run.fresh.has(key) && !dropped.has(key));
    const known = new Map(kept.map((one) => [one[0], one]));
    const keys = [...fresh, ...known.keys()].sort();
    const needs = (key: string) => (run.fresh.get(key)?.needs ?? known.get(key)?.[2][1] ?? []).length;
    return groupsOf(keys, run.each, needs).map((some, index) => ({
      from: index === 0 ? from : (some[0] ?? from),
      make: () => packOf(some, known, run, putApart),
    }));
  };
}

/**
 * Groups of sorted keys. An outcome with more than `each` dependencies is alone, since it is outdated sooner than
 * others.
 */
function groupsOf(keys: readonly string[], each: number, needs: (key: string) => number): readonly string[][] {
  const groups: string[][] = [];
  let some: string[] = [];
  const close = () => {
    const size = some.length > 2 * each ? each : some.length;
    for (let start = 0; start < some.length; start += size) groups.push(some.slice(start, start + size));
    some = [];
  };
  for (const key of keys) {
    if (needs(key) <= each) some.push(key);
    else {
      close();
      groups.push([key]);
    }
  }
  close();
  return groups;
}

function packOf(keys: readonly string[], before: ReadonlyMap<string, Placed>, run: Run, putApart: PutApart): Pack {
  const now = Math.floor(Date.now() / 3_600_000);
  for (const [, pack] of before.values()) run.learn(pack);
  const packer = new Packer((path) => run.snapshot.known(path));
  for (const key of keys) {
    const [fresh, placed] = [run.fresh.get(key), before.get(key)];
    if (fresh !== undefined) packer.add(key, now, fresh.needs, ...apart(fresh.value, putApart));
    if (placed === undefined) continue;
    const [, pack, [used, needs, ...value]] = placed;
    const found = needs.map((id) => foundIn(pack, id));
    packer.add(key, run.used.has(key) ? now : used, found, ...value);
  }
  return packer.pack();
}

/** A value as stored in a part. */
function apart(value: Json, putApart: PutApart): [value: Json, whole?: string] {
  const text = JSON.stringify(value);
  const whole = text.length > mostInline ? putApart(text) : undefined;
  return whole === undefined ? [value] : [smallParts(value), whole];
}

/** The fields of a value that are neither lists nor objects. */
function smallParts(value: Json): Json {
  return isObject(value)
    ? Object.fromEntries(Object.entries(value).filter(([, part]) => typeof part !== "object"))
    : null;
}
