import { isObject, type Json } from "../core/json.ts";
import { editDistance, nearest } from "../core/nearest.ts";
import { once } from "../core/once.ts";
import { tokens } from "../core/pointer.ts";
import type { Place } from "../vocabulary/place.ts";
import type { ObjectType, Scalar, Shape } from "./shape.ts";

/** More fields than this are not read as advice. */
const listed = 12;

/** What to do with a field that its type does not have: what was meant, or where it belongs. */
export function adviceOnField(key: string, type: ObjectType, at: Place): string {
  const meant = nearest(key, type.fields.keys());
  if (meant !== undefined && isClose(key.toLowerCase(), meant.toLowerCase())) return `Did you mean ${meant}?`;
  if (type.name === "meta.v1.LabelSelector") return "Write it below matchLabels.";
  const seat = seatOf(key, at, type);
  if (seat !== undefined) return `It belongs in ${seat}.`;
  if (meant !== undefined) return `Did you mean ${meant}?`;
  const known = [...type.fields.keys()];
  return known.length > 0 && known.length <= listed
    ? `Its fields are ${known.join(", ")}.`
    : "Remove the field, or move it to where it belongs.";
}

/** A slip of one letter, or `configMap` for `configMapRef`. */
function isClose(key: string, meant: string): boolean {
  return editDistance(meant, key) <= 1 || meant === `${key}ref`;
}

/**
 * Where a field of that name is known, near by: `spec.template.spec`. Undefined where there are several such places. Who
 * writes a volume of one sort does not mean one of another, which has such a field by chance.
 */
function seatOf(key: string, at: Place, type: ObjectType): string | undefined {
  const here = tokens(at.pointer).slice(0, -1).filter(isName);
  const seats = at.seats(key).map((path) => ({ path, far: distance(path, here) }));
  const isAlternative = (path: readonly string[]) =>
    type.name.endsWith("Source") && path.length === here.length && distance(path, here) === 2;
  const nearestFirst = seats
    .filter(({ path, far }) => far <= farthest && !isAlternative(path))
    .sort((a, b) => a.far - b.far);
  const [first, second] = nearestFirst;
  if (first === undefined || first.far === second?.far) return undefined;
  return first.path.join(".") || "the object itself";
}

/** Steps up and down from one place to another. */
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

/** Who means one of these says so. */
const unlikely = ["status", "initContainers", "ephemeralContainers"];

type Seats = ReadonlyMap<string, readonly (readonly string[])[]>;

/** By name of a field, the paths to the types that have it, in an object of a type; elements of lists are not told apart. */
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

/** How to write a value so that it is of the field's type, and what becomes of a null. */
export function adviceOnValue(value: Json, shape: Shape, at: Place): string {
  const advice = adviceOnShape(value, shape, at);
  return value === null && !at.isBuiltIn && typeof at.token === "string" ? `${advice} ${orNothing}` : advice;
}

/** `PruneNonNullableNullsWithoutDefaults` of apiextensions-apiserver; what is applied on the server's side does not come by it. */
const orNothing =
  "Or remove it, if it may be absent: null is dropped by a create, and refused by server-side apply, which Flux uses.";

/** The most common slips are those of YAML's quotes and dashes. */
function adviceOnShape(value: Json, shape: Shape, at: Place): string {
  switch (shape.is) {
    case "list":
      return adviceOnList(value, shape.of);
    case "map":
      return Array.isArray(value) ? "Write key: value pairs, without dashes." : "Write key: value pairs below it.";
    case "type":
      return adviceOnObject(value, shape.type);
    case "any":
    case "object":
    case "either":
      return "Write key: value pairs below it.";
    default:
      return adviceOnScalar(value, shape.is, at);
  }
}

/** `env: {DEBUG: "1"}` has names where elements were expected; `envFrom: {configMapRef: …}` is an element without its dash. */
function adviceOnList(value: Json, of: Shape): string {
  if (!isObject(value)) return "It is a list, even of one: put a dash before it.";
  const fields = of.is === "type" ? of.type.fields : new Map();
  const keys = Object.keys(value);
  const named = fields.has("name") && keys.length > 0 && !keys.some((key) => fields.has(key));
  return named
    ? `It is a list, and the name a field of its elements: - name: ${keys[0]}`
    : "It is a list: put a dash before each element.";
}

function adviceOnObject(value: Json, { fields }: ObjectType): string {
  if (Array.isArray(value)) return "It is no list: take the dash away.";
  const known = [...fields.keys()];
  return known.length > 0 && known.length <= listed
    ? `Write its fields below it: ${known.join(", ")}.`
    : "Write its fields below it.";
}

function adviceOnScalar(value: Json, is: Scalar, at: Place): string {
  if (Array.isArray(value)) return "It is a single value: take the dash away.";
  if (isObject(value) && (at.token === "matchLabels" || at.token === "matchExpressions")) return labelsAlone(at);
  if (isObject(value))
    return is === "string" ? "Write text; behind a | it may have several lines." : "Write a single value.";
  return adviceByType[is](value, at);
}

/** Services, ReplicationControllers and nodeSelectors select by labels alone. */
const labelsAlone = (at: Place): string => `Write the labels directly below ${at.path.at(-2)}, without ${at.token}.`;

const inQuotes = (value: Json, at: Place): string => {
  if (value === null) return 'Write text; "" is none.';
  if (at.isHidden) return "Put it in quotes.";
  const others = value === false ? "; without them, YAML takes no, off and n for false too" : "";
  return `Put it in quotes: "${value}"${others}.`;
};

const asNumber = (value: Json, at: Place): string =>
  typeof value === "string" && !at.isHidden && /^-?\d+$/.test(value)
    ? `Write ${value} without quotes.`
    : "Write a whole number, without quotes.";

const asTruth = (value: Json): string =>
  value === "true" || value === "false" ? `Write ${value} without quotes.` : "Write true or false, without quotes.";

const asTime = (value: Json, at: Place): string =>
  typeof value === "string" ? 'Write it like "2026-01-31T15:04:05Z".' : inQuotes(value, at);

const adviceByType: Readonly<Record<Scalar, (value: Json, at: Place) => string>> = {
  string: inQuotes,
  int32: asNumber,
  int64: asNumber,
  float64: (value) => (typeof value === "string" ? "Write a number, without quotes." : "Write a number."),
  bool: asTruth,
  quantity: (value, at) =>
    (typeof value === "string" ? asQuantity(value, at) : undefined) ?? 'Write an amount such as 500m, 2 or "128Mi".',
  intstr: () => "Write a whole number, or text.",
  int64str: () => "Write a whole number, or text.",
  time: asTime,
  microtime: asTime,
  duration: () => "Write a duration such as 30s or 1h30m.",
  bytes: () => "Write it in base64; a Secret takes plain text under stringData.",
};

/** `512MB`, `1 GiB` and `200mb` are what people write elsewhere; `500mi` of a processor are 500m. */
function asQuantity(text: string, at: Place): string | undefined {
  const [, amount, unit, binary] = /^(\d+(?:[.,]\d+)?) ?([kmgtpe]?)(i?)b?$/i.exec(text) ?? [];
  if (amount === undefined || unit === undefined) return undefined;
  const number = amount.replace(",", ".");
  if (at.token === "cpu") return `Write ${number}${unit.toLowerCase() === "m" ? "m" : ""}.`;
  const suffix = binary ? `${unit.toUpperCase()}i` : unit.toLowerCase() === "k" ? "k" : unit.toUpperCase();
  return `Write ${number}${suffix}.`;
}
