import type { Problem } from "../core/finding.ts";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { once } from "../core/once.ts";
import { join, tokens } from "../core/pointer.ts";
import type { Place } from "../vocabulary/place.ts";
import type { ObjectType, Shape } from "./shape.ts";

/**
 * The nearest place with a field of that name, such as `spec.template.spec`; undefined if several are equally near.
 * Another type of volume source is not suggested: that it has such a field is a coincidence.
 */
export function seatOf(key: string, at: Place, type: ObjectType): string | undefined {
  const here = tokens(at.pointer).slice(0, -1).filter(isName);
  const seats = at.seats(key).map((path) => ({ path, far: distance(path, here) }));
  const isAlternative = (path: readonly string[]) =>
    type.name.endsWith("Source") && path.length === here.length && distance(path, here) === 2;
  const nearestFirst = seats
    .filter(({ path, far }) => far <= farthest && !isAlternative(path))
    .sort((a, b) => a.far - b.far);
  const [first, second] = nearestFirst;
  if (first === undefined || first.far === second?.far || isTaken(first.path, at)) return undefined;
  return first.path.join(".") || "the object itself";
}

/** With more problems, no further places are tried, because each try validates the whole object. */
const many = 20;

/** Whether something else is there instead of the seat: `chartRef` excludes `chart`, and all seats below it. */
function isTaken(seat: readonly string[], at: Place): boolean {
  const gap = gapBefore(seat, at);
  if (gap === undefined || at.problems.length > many) return false;
  const holder = gap.slice(0, -1).reduce(join, "");
  const isConflict = ({ pointer, reason }: Problem) =>
    (pointer === holder && reason !== "Required") ||
    (reason === "Forbidden" && pointer.slice(0, pointer.lastIndexOf("/")) === holder);
  const conflictsIn = (object: JsonObject) => at.problemsOf(object).filter(isConflict);
  const before = new Set(conflictsIn(at.root).map(({ message }) => message));
  return conflictsIn(withEmpty(at.root, gap) as JsonObject).some(({ message }) => !before.has(message));
}

type Step = string | number;

/** The path to the first field on the way to a seat that is absent, with the indices of the current place. */
function gapBefore(seat: readonly string[], at: Place): readonly Step[] | undefined {
  const path: Step[] = [];
  const here = at.path.slice(0, -1);
  let value: Json | undefined = at.root;
  for (const name of seat) {
    if (!isObject(value)) return undefined;
    path.push(name);
    value = value[name] ?? undefined;
    if (value === undefined) return path;
    const index = here[path.length];
    if (!Array.isArray(value) || typeof index !== "number" || here[path.length - 1] !== name) continue;
    path.push(index);
    value = value[index];
  }
  return undefined;
}

/** A copy with an empty object at a path, of which only the last step is absent. */
function withEmpty(value: Json, [step, ...others]: readonly Step[]): Json {
  if (step === undefined) return {};
  if (Array.isArray(value)) return value.map((one, index) => (index === step ? withEmpty(one, others) : one));
  return isObject(value) ? { ...value, [step]: withEmpty(value[step] ?? {}, others) } : value;
}

/** The most steps up and down from the field to a suggested place. */
const farthest = 3;

function distance(a: readonly string[], b: readonly string[]): number {
  const parting = a.findIndex((step, index) => step !== b[index]);
  const shared = parting < 0 ? a.length : parting;
  return a.length + b.length - 2 * shared;
}

function isName(token: string): boolean {
  return !/^\d+$/.test(token);
}

/** Deeper than a container of a CronJob. */
const deepest = 7;

/** Fields that are written deliberately, so that nothing below them is suggested. */
const unlikely = ["status", "initContainers", "ephemeralContainers"];

type Seats = ReadonlyMap<string, readonly (readonly string[])[]>;

/** For each field name, the paths of the types that have it, within an object type; paths ignore list elements. */
export const seatsIn = once((root: ObjectType): Seats => {
  const seats = new Map<string, (readonly string[])[]>();
  const visit = (type: ObjectType, path: readonly string[], above: readonly ObjectType[]) => {
    for (const [name, { shape }] of type.fields) {
      seats.set(name, [...(seats.get(name) ?? []), path]);
      const below = unlikely.includes(name) ? undefined : typeIn(shape);
      if (below !== undefined && path.length < deepest && !above.includes(below))
        visit(below, [...path, name], [...above, below]);
    }
  };
  visit(root, [], [root]);
  return seats;
});

function typeIn(shape: Shape): ObjectType | undefined {
  if (shape.is === "type") return shape.type;
  return shape.is === "list" ? typeIn(shape.of) : undefined;
}
