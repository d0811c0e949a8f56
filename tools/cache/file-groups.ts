import { isObject, type Json } from "../core/json.ts";
import { aspects } from "../system/observe.ts";
import { digest } from "../system/snapshot.ts";
import { ByContent } from "./by-content.ts";
import type { Memo } from "./memo.ts";

/** Minimum number of files in a group, if there are that many. */
const few = 600;

/** Caches a result for each of many files, in groups: a change in one file does not affect the other groups. */
export class FileGroups<T> {
  readonly #memo: Memo;
  readonly #key: string;
  readonly #find: (file: string) => T;

  /** @param find must return JSON, and depend only on the file */
  constructor(memo: Memo, key: string, find: (file: string) => T) {
    [this.#memo, this.#key, this.#find] = [memo, key, find];
  }

  /** For each group, its key in the cache and a digest of its files and results. @param files absolute */
  digests(files: readonly string[]): (readonly [key: string, digest: string])[] {
    return this.#grouped(files).map(([name, group]) => {
      const known = this.#memo.get(name);
      const isOf = typeof known === "string" && known.startsWith(digestOfFiles(group));
      return [name, isOf ? known : digestOf(this.#recompute(name, group))];
    });
  }

  /** The result for each of the files. @param files absolute */
  each(files: readonly string[]): ReadonlyMap<string, T> {
    const found = this.#grouped(files).map(([name, group]) => this.#known(name, group) ?? this.#recompute(name, group));
    return new Map(found.flatMap((some) => [...some]));
  }

  /** Hashes files into groups. A file stays in its group until the number of files doubles. */
  #grouped(files: readonly string[]): [name: string, group: readonly string[]][] {
    const count = 2 ** Math.max(0, Math.floor(Math.log2(files.length / few)));
    const groups: string[][] = Array.from({ length: count }, () => []);
    for (const file of files) groups[numberOf(file) % count]?.push(file);
    return groups.map((group, index) => [`${this.#key} ${index} of ${count}`, group]);
  }

  /** The cached results of a group, if none of its files has changed. */
  #known(name: string, group: readonly string[]): Map<string, T> | undefined {
    const digest = this.#memo.get(name);
    const each = digest === undefined ? undefined : this.#memo.get(keyOfEach(name));
    if (!isObject(each)) return undefined;
    const found = new Map(group.map((file) => [file, (each[file] as Json[] | undefined)?.[1] as T]));
    return digestOf(found) === digest ? found : undefined;
  }

  #recompute(name: string, group: readonly string[]): Map<string, T> {
    const recording = this.#memo.recording();
    for (const file of group) recording.see(file, aspects.kind | aspects.place | aspects.content);
    const byContent = new ByContent(this.#memo, keyOfEach(name), this.#find);
    const found = new Map(group.map((file) => [file, byContent.of(file)]));
    byContent.keep();
    this.#memo.put(name, recording, digestOf(found));
    return found;
  }
}

function keyOfEach(name: string): string {
  return `${name}, each`;
}

function digestOfFiles(files: Iterable<string>): string {
  return digest([...files].join("\n"));
}

function digestOf(found: ReadonlyMap<string, unknown>): string {
  return `${digestOfFiles(found.keys())} ${digest(JSON.stringify([...found.values()]))}`;
}

function numberOf(file: string): number {
  return Buffer.from(digest(file), "base64url").readUInt32BE(0);
}
