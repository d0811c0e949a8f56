import { dirname } from "node:path";
import { aspects } from "../system/observe.ts";
import { fromBase64, toBase64 } from "./base64.ts";

/** Paths that may have changed, relative to the top of a repository. */
export interface Differences {
  /** Paths whose kind or content may have changed, including everything in a folder. */
  readonly paths: Iterable<string>;
  /** Files that are still files, but whose content may have changed. */
  readonly contents?: Iterable<string>;
  /** Folders whose list of names may have changed; the empty string is the top. */
  readonly folders: Iterable<string>;
}

/**
 * The dependencies of outcomes, as sorted hashes of paths and aspects. It can prove that a difference affects none of
 * the outcomes; since hashes may collide, whether it affects one must be checked with the outcome itself.
 */
export type DependencyHashes = Uint32Array;

/** The path itself; its content; anything inside a folder, at any depth; the names in a folder. */
const marks = { itself: "", content: "=", within: "/", names: "//" };

/** The hashes of dependencies. @param needs paths relative to the top, and the aspects that were read */
export function hashesOf(needs: Iterable<readonly [way: string, mask: number]>): DependencyHashes {
  const found = new Set<number>();
  const folders = new Set<string>();
  for (const [way, mask] of needs) {
    found.add(hashOf(way, marks.itself));
    if ((mask & aspects.content) !== 0) found.add(hashOf(way, marks.content));
    if ((mask & aspects.entries) !== 0) found.add(hashOf(way, marks.names));
    for (let folder = dirname(way); folder !== "." && !folders.has(folder); folder = dirname(folder)) {
      folders.add(folder);
      found.add(hashOf(folder, marks.within));
    }
  }
  return Uint32Array.from(found).sort();
}

/** Serializes hashes of dependencies. */
export function printedHashes(hashes: DependencyHashes): string {
  return toBase64(hashes);
}

/** Parses hashes that {@link printedHashes} has serialized. */
export function parsedHashes(text: string): DependencyHashes {
  return new Uint32Array(fromBase64(text));
}

/** The hashes of differences, for comparison with {@link DependencyHashes}. */
export function differenceHashes({ paths, contents = [], folders }: Differences): number[] {
  return [
    ...Array.from(paths, (way) => [hashOf(way, marks.itself), hashOf(way, marks.within)]).flat(),
    ...Array.from(contents, (way) => hashOf(way, marks.content)),
    ...Array.from(folders, (way) => hashOf(way, marks.names)),
  ];
}

/** Whether any of the differences may affect the outcomes. @param numbers see {@link differenceHashes} */
export function mayAffect(hashes: DependencyHashes, numbers: readonly number[]): boolean {
  return numbers.some((number) => has(hashes, number));
}

function has(hashes: DependencyHashes, number: number): boolean {
  let [low, high] = [0, hashes.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((hashes[middle] as number) < number) low = middle + 1;
    else high = middle;
  }
  return hashes[low] === number;
}

/**
 * Some file systems ignore case or Unicode normalization in names, so names that differ only in these count as equal.
 */
export function folded(way: string): string {
  return way.toLowerCase().normalize("NFD");
}

/** The FNV-1a hash of a path and a mark. */
function hashOf(way: string, mark: string): number {
  const text = `${folded(way)}${mark}`;
  let sum = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) sum = Math.imul(sum ^ text.charCodeAt(index), 0x01000193);
  return sum >>> 0;
}
