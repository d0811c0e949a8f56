import { isObject, type Json } from "../core/json.ts";
import { editDistance, nearest } from "../core/nearest.ts";
import { matchesRegex } from "../core/regex.ts";
import type { Place } from "../vocabulary/place.ts";
import { seatOf } from "./seats.ts";
import type { ObjectType, Scalar, Shape } from "./shape.ts";

/** Advice lists at most this many fields. */
const listed = 12;

/** Advice on an unknown field: the name that was probably meant, or where the field belongs. */
export function adviceOnField(key: string, type: ObjectType, at: Place): string {
  const meant = nearest(key, type.fields.keys());
  if (meant !== undefined && isClose(key.toLowerCase(), meant.toLowerCase())) return `Did you mean ${meant}?`;
  if (type.name === "meta.v1.LabelSelector") return "Move it below matchLabels.";
  if (type.name === "meta.v1.ObjectMeta" && key.includes("/")) return "Move it below labels or annotations.";
  const seat = seatOf(key, at, type);
  if (seat !== undefined) return `It belongs in ${seat}.`;
  if (meant !== undefined) return `Did you mean ${meant}?`;
  const known = [...type.fields.keys()];
  return known.length > 0 && known.length <= listed
    ? `Its fields are ${known.join(", ")}.`
    : "Remove the field or move it where it belongs.";
}

/** A typo of one letter, or `configMap` for `configMapRef`. */
function isClose(key: string, meant: string): boolean {
  return editDistance(meant, key) <= 1 || meant === `${key}ref`;
}

/** Advice on a value of the wrong type, and on null. */
export function adviceOnValue(value: Json, shape: Shape, at: Place): string {
  const advice = adviceOnDuration(value, shape.limits?.pattern) ?? adviceOnShape(value, shape, at);
  return value === null && !at.isBuiltIn && typeof at.token === "string" ? `${advice} ${orNothing}` : advice;
}

/** Advice on a value for a field whose pattern describes durations; undefined for other patterns and values. */
export function adviceOnDuration(value: Json, pattern: Json | undefined): string | undefined {
  if (typeof pattern !== "string" || !["number", "bigint", "string"].includes(typeof value)) return undefined;
  const accepts = (text: string) => matchesRegex(text, pattern) === true;
  const isOfDurations = accepts("30s") && accepts("30m") && !accepts("30q");
  if (!isOfDurations || (typeof value === "string" && accepts(value))) return undefined;
  return /^\d[\d.]*$/.test(String(value)) ? "Add a unit, such as 30s or 30m." : "Use a duration such as 30s or 30m.";
}

/** `PruneNonNullableNullsWithoutDefaults` of apiextensions-apiserver, which server-side apply does not run. */
const orNothing =
  "Or remove the field if it is optional: a create drops null, but server-side apply, which Flux uses, rejects it.";

/** Covers the most common mistakes: quotes and dashes in YAML. */
function adviceOnShape(value: Json, shape: Shape, at: Place): string {
  switch (shape.is) {
    case "list":
      return adviceOnList(value, shape.of);
    case "map":
      return Array.isArray(value) ? "Use key: value pairs without dashes." : "Add key: value pairs below it.";
    case "type":
      return adviceOnObject(value, shape.type);
    case "any":
    case "object":
    case "either":
      return "Add key: value pairs below it.";
    default:
      return adviceOnScalar(value, shape.is, at);
  }
}

/** `env: {DEBUG: "1"}` uses names as keys; `envFrom: {configMapRef: …}` lacks the dash of its element. */
function adviceOnList(value: Json, of: Shape): string {
  if (!isObject(value)) return "Use a list, even for one element: put a dash before it.";
  const fields = of.is === "type" ? of.type.fields : new Map();
  const keys = Object.keys(value);
  const named = fields.has("name") && keys.length > 0 && !keys.some((key) => fields.has(key));
  return named
    ? `Use a list in which each element has a name (- name: ${keys[0]}).`
    : "Use a list: put a dash before each element.";
}

function adviceOnObject(value: Json, { fields }: ObjectType): string {
  if (Array.isArray(value)) return "Remove the dash or the brackets: this is not a list.";
  const known = [...fields.keys()];
  return known.length > 0 && known.length <= listed
    ? `Add its fields below it: ${known.join(", ")}.`
    : "Add its fields below it.";
}

function adviceOnScalar(value: Json, is: Scalar, at: Place): string {
  if (Array.isArray(value)) return "Remove the dash or the brackets: this is a single value.";
  if (isObject(value) && (at.token === "matchLabels" || at.token === "matchExpressions")) return labelsAlone(at);
  if (isObject(value))
    return is === "string" ? "Use a string; after a | it may have several lines." : "Use a single value.";
  return adviceByType[is](value, at);
}

/** The selectors of Services, ReplicationControllers and nodes have only labels. */
const labelsAlone = (at: Place): string => `Put the labels directly below ${at.path.at(-2)}, without ${at.token}.`;

const inQuotes = (value: Json, at: Place): string => {
  if (value === null) return 'Use a string; "" is an empty one.';
  if (at.isHidden) return "Put it in quotes.";
  const others = typeof value === "boolean" ? `; without quotes, YAML also reads ${spellings(value)} as ${value}` : "";
  return `Put it in quotes: "${value}"${others}.`;
};

const spellings = (value: boolean): string => (value ? "yes, on and y" : "no, off and n");

const asNumber = (value: Json, at: Place): string =>
  typeof value === "string" && !at.isHidden && /^-?\d+$/.test(value)
    ? `Write ${value} without quotes.`
    : "Use a whole number without quotes.";

const asTruth = (value: Json): string =>
  value === "true" || value === "false" ? `Write ${value} without quotes.` : "Use true or false without quotes.";

const asTime = (value: Json, at: Place): string =>
  typeof value === "string" ? 'Use a time such as "2026-01-31T15:04:05Z".' : inQuotes(value, at);

/** Amounts of custom resources are strings or whole numbers: `cpu: "1.5"`. */
const asNumberOrText = (value: Json, at: Place): string =>
  typeof value === "number" && !at.isBuiltIn ? inQuotes(value, at) : 'Use a whole number, or a string such as "25%".';

const adviceByType: Readonly<Record<Scalar, (value: Json, at: Place) => string>> = {
  string: inQuotes,
  int32: asNumber,
  int64: asNumber,
  float64: (value) => (typeof value === "string" ? "Use a number without quotes." : "Use a number."),
  bool: asTruth,
  quantity: (value, at) =>
    (typeof value === "string" ? asQuantity(value, at) : undefined) ?? 'Use an amount such as 500m, 2 or "128Mi".',
  intstr: asNumberOrText,
  int64str: asNumberOrText,
  time: asTime,
  microtime: asTime,
  duration: () => "Use a duration such as 30s or 1h30m.",
  bytes: (_, { kind }) =>
    kind === "Secret" ? "Encode it in base64; a Secret accepts plain text under stringData." : "Encode it in base64.",
};

/** `512MB`, `1 GiB` and `200mb` are common elsewhere; `500mi` of CPU means 500m. */
function asQuantity(text: string, at: Place): string | undefined {
  const [, amount, unit, binary] = /^(\d+(?:[.,]\d+)?) ?([kmgtpe]?)(i?)b?$/i.exec(text) ?? [];
  if (amount === undefined || unit === undefined) return undefined;
  const number = amount.replace(",", ".");
  if (at.token === "cpu") return `Write ${number}${unit.toLowerCase() === "m" ? "m" : ""}.`;
  const suffix = binary ? `${unit.toUpperCase()}i` : unit.toLowerCase() === "k" ? "k" : unit.toUpperCase();
  return `Write ${number}${suffix}.`;
}
