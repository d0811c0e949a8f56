import type { Resource } from "../core/resource.ts";
import { objectId } from "./match.ts";
import type { Sides } from "./sides.ts";

/** A target on both sides, where it was called otherwise too. */
export interface Compared extends Sides {
  /** The path that it had. */
  readonly from?: string;
}

/** So much of what two targets hold must be the same objects for one to be the other under a new path. */
const likeness = 0.5;

/** A target that is gone and one that is new with the same objects are one that moved. */
export function withRenames(sides: readonly Sides[]): Compared[] {
  const gone = new Map(sides.flatMap((one) => (one.head === undefined && isWhole(one.base) ? [[one.path, one]] : [])));
  const moved = sides.map((one): Compared => {
    if (one.base !== undefined || !isWhole(one.head)) return one;
    const old = likest(one.head.resources, [...gone.values()]);
    if (old === undefined) return one;
    gone.delete(old.path);
    return { ...one, base: old.base, from: old.path };
  });
  const taken = new Set(moved.flatMap(({ from }) => from ?? []));
  return moved.filter(({ path, head }) => head !== undefined || !taken.has(path));
}

function isWhole(rendered: Sides["head"]): rendered is NonNullable<Sides["head"]> {
  return rendered !== undefined && !rendered.failed;
}

function likest(resources: readonly Resource[], gone: readonly Sides[]): Sides | undefined {
  const wanted = new Set(resources.map(objectId));
  const rated = gone.map((one) => ({ one, rate: rateOf(wanted, one.base?.resources ?? []) }));
  const [best] = rated.sort((a, b) => b.rate - a.rate);
  return best !== undefined && best.rate >= likeness ? best.one : undefined;
}

/** How many of all the objects are in both. */
function rateOf(wanted: ReadonlySet<string>, resources: readonly Resource[]): number {
  const ids = new Set(resources.map(objectId));
  const shared = [...ids].filter((id) => wanted.has(id)).length;
  return shared / Math.max(1, wanted.size + ids.size - shared);
}
