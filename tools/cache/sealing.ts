import { parentOf, wayBelow } from "../git/folder.ts";
import type { TreeState } from "../git/tree-state.ts";
import { aspects } from "../system/observe.ts";
import { isRacy, type Snapshot } from "../system/snapshot.ts";
import { folded, hashesOf, printedHashes } from "./dependency-hashes.ts";
import { aboutIn, foundIn, isKnown, knownIn, type Pack, Packer, packed, pathOf } from "./pack.ts";
import type { SealedPart } from "./seal.ts";

/** The aspects of a path that Git's report covers. */
const visible = aspects.kind | aspects.place | aspects.content | aspects.entries;

/**
 * Seals a part of the cache.
 *
 * @param holds whether the run has computed or confirmed an outcome
 * @returns undefined if something may have changed after Git's report
 */
export function sealed(
  pack: Pack,
  holds: (key: string) => boolean,
  { root, at, untracked }: TreeState,
  snapshot: Snapshot,
): SealedPart | undefined {
  const isUntracked = isWithin(untracked);
  const outcomes = Object.entries(pack.outcomes).filter(([key]) => holds(key));
  const [near, far, plain]: [[string, number][], number[], string[]] = [[], [], []];
  for (const id of new Set(outcomes.flatMap(([, [, needs]]) => needs))) {
    const [path, mask] = aboutIn(pack, id);
    const way = wayBelow(root, path);
    const names = way?.split("/") ?? [];
    if (way !== undefined && isNoRepository(names, foundIn(pack, id)[2])) plain.push(parentOf(way));
    else if (way === undefined || names.includes(".git") || (mask & ~visible) !== 0) far.push(id);
    else {
      near.push([way, mask]);
      if (isUntracked(way)) far.push(id);
      else if (isYoung(pack, pathOf(pack, id), at, snapshot)) return undefined;
    }
    // `.git` is the only name in a folder that Git does not report.
    if (way && (mask & aspects.entries) !== 0) plain.push(way);
  }
  return {
    outcomes: Object.fromEntries(outcomes.map(([key, [, , ...value]]) => [key, value])),
    near: printedHashes(hashesOf(near)),
    far: packed(packOf(pack, far)),
    plain: [...new Set(plain)],
  };
}

/** Whether a path is equal to or inside one of the given paths. Git does not list the content of untracked folders. */
function isWithin(paths: readonly string[]): (way: string) => boolean {
  const all = new Set(paths.map(folded));
  const known = new Map([["", false]]);
  return function is(way): boolean {
    const found = known.get(way) ?? (all.has(folded(way)) || is(parentOf(way)));
    known.set(way, found);
    return found;
  };
}

/** Whether the finding is that a folder has no `.git`. Git would not report it if one were created. */
function isNoRepository(names: readonly string[], value: string): boolean {
  return names.indexOf(".git") === names.length - 1 && value.startsWith("-");
}

function isYoung(pack: Pack, path: number, at: number, snapshot: Snapshot): boolean {
  const known = isKnown(pack, path) ? knownIn(pack, path).stamp : undefined;
  const stamp = snapshot.stampOf(pack.paths[path] as string) ?? known;
  return stamp === undefined || isRacy({ stamp, at });
}

/** A pack of findings without outcomes. */
function packOf(pack: Pack, ids: readonly number[]): Pack {
  const places = new Map(ids.map((id) => [pack.paths[pathOf(pack, id)], pathOf(pack, id)]));
  const packer = new Packer((path) => {
    const place = places.get(path);
    return place !== undefined && isKnown(pack, place) ? knownIn(pack, place) : undefined;
  });
  packer.add(
    "",
    0,
    ids.map((id) => foundIn(pack, id)),
    null,
  );
  return packer.pack();
}
