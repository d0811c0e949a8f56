import { type Resource, renders } from "../core/resource.ts";
import { objectId } from "./match.ts";
import type { Sides } from "./sides.ts";

/** A target on both sides, also if its path changed. */
export interface Compared extends Sides {
  /** The old path. */
  readonly from?: string;
}

/** The share of objects that two targets must have in common to count as one that moved. */
const likeness = 0.5;

/** Joins a removed target and an added one with mostly the same objects into one that moved. */
export function withRenames(sides: readonly Sides[]): Compared[] {
  const gone = new Map(
    sides.flatMap((one) => (one.head === undefined && isReadable(one.base) ? [[one.path, one]] : [])),
  );
  const moved = sides.map((one): Compared => {
    if (one.base !== undefined || !isReadable(one.head)) return one;
    const old = likest(one.head.resources, [...gone.values()]);
    if (old === undefined) return one;
    gone.delete(old.path);
    return { ...one, base: old.base, from: old.path };
  });
  const used = new Set(moved.flatMap(({ from }) => from ?? []));
  return moved.filter(({ path, head }) => head !== undefined || !used.has(path));
}

function isReadable(rendered: Sides["head"]): rendered is NonNullable<Sides["head"]> {
  return rendered !== undefined && renders(rendered);
}

function likest(resources: readonly Resource[], gone: readonly Sides[]): Sides | undefined {
  const wanted = new Set(resources.map(objectId));
  const rated = gone.map((one) => ({ one, rate: rateOf(wanted, one.base?.resources ?? []) }));
  const [best] = rated.sort((a, b) => b.rate - a.rate);
  return best !== undefined && best.rate >= likeness ? best.one : undefined;
}

/** The share of all objects that are in both: 0 to 1. */
function rateOf(wanted: ReadonlySet<string>, resources: readonly Resource[]): number {
  const ids = new Set(resources.map(objectId));
  const shared = [...ids].filter((id) => wanted.has(id)).length;
  return shared / Math.max(1, wanted.size + ids.size - shared);
}
