import { dirname } from "node:path";
import { aspects } from "../system/observe.ts";
import { fromBase64, toBase64 } from "./base64.ts";

/** Paths that may not be what they were, below the top of a repository. */
export interface Differences {
  /** What is there may be something else, or hold something else; of a folder, all that is in it. */
  readonly paths: Iterable<string>;
  /** Files that are files still, and may hold something else. */
  readonly contents?: Iterable<string>;
  /** Folders that may hold other names; an empty text is the top. */
  readonly folders: Iterable<string>;
}

/**
 * What outcomes depend on, as numbers in their order, each of a path and of what was looked at there. It says of a difference that
 * it concerns none of the outcomes; that it does concern one, only the outcomes themselves say.
 */
export type Footprint = Uint32Array;

/** What stands at a path itself; what it holds; something in a folder, however deep; the names in it. */
const marks = { itself: "", content: "=", within: "/", names: "//" };

/** @param needs paths below the top, and the aspects that were looked at */
export function footprintOf(needs: Iterable<readonly [way: string, mask: number]>): Footprint {
  const found = new Set<number>();
  const folders = new Set<string>();
  for (const [way, mask] of needs) {
    found.add(numberOf(way, marks.itself));
    if ((mask & aspects.content) !== 0) found.add(numberOf(way, marks.content));
    if ((mask & aspects.entries) !== 0) found.add(numberOf(way, marks.names));
    for (let folder = dirname(way); folder !== "." && !folders.has(folder); folder = dirname(folder)) {
      folders.add(folder);
      found.add(numberOf(folder, marks.within));
    }
  }
  return Uint32Array.from(found).sort();
}

/** A {@link Footprint} as it is written. */
export function written(footprint: Footprint): string {
  return toBase64(footprint);
}

export function footprintFrom(text: string): Footprint {
  return new Uint32Array(fromBase64(text));
}

/** As a {@link Footprint} has them. */
export function numbersOf({ paths, contents = [], folders }: Differences): number[] {
  return [
    ...Array.from(paths, (way) => [numberOf(way, marks.itself), numberOf(way, marks.within)]).flat(),
    ...Array.from(contents, (way) => numberOf(way, marks.content)),
    ...Array.from(folders, (way) => numberOf(way, marks.names)),
  ];
}

export function isConcerned(footprint: Footprint, numbers: readonly number[]): boolean {
  return numbers.some((number) => has(footprint, number));
}

function has(footprint: Footprint, number: number): boolean {
  let [low, high] = [0, footprint.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((footprint[middle] as number) < number) low = middle + 1;
    else high = middle;
  }
  return footprint[low] === number;
}

/** Some disks take names for the same that differ in case, or in how an accent is written: here all do. */
export function folded(way: string): string {
  return way.toLowerCase().normalize("NFD");
}

/** FNV-1a. */
function numberOf(way: string, mark: string): number {
  const text = `${folded(way)}${mark}`;
  let sum = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) sum = Math.imul(sum ^ text.charCodeAt(index), 0x01000193);
  return sum >>> 0;
}
