import { isObject, type Json, type JsonObject, listAt, objectAt } from "../core/json.ts";
import { Fault } from "./fault.ts";
import { namesOf, propertiesOf } from "./schema-types.ts";
import { parseDuration, parseTimestamp } from "./time.ts";
import { CelMap, Duration, isList, KeyedList, Timestamp, type Value } from "./values.ts";

/**
 * A value as an expression sees it by its schema, with the schema's defaults filled in; undefined when it sees nothing of
 * it. What the schema does not name cannot be seen.
 */
export function seenOf(value: Json | undefined, schema: JsonObject, isResource = false): Value | undefined {
  const given = value === null && schema.nullable !== true ? undefined : value;
  const known = given === undefined ? (schema.default ?? undefined) : given;
  if (known === undefined || known === null) return known;
  if (schema["x-kubernetes-int-or-string"] === true) return typeof known === "string" ? known : numberOf(known);
  switch (schema.type) {
    case "array":
      return listOf(known, schema);
    case "object":
      return isObject(known) ? objectOf(known, schema, isResource) : undefined;
    case "string":
      return typeof known === "string" ? textOf(known, schema.format) : undefined;
    case "boolean":
      return typeof known === "boolean" ? known : undefined;
    case "integer":
      return numberOf(known);
    case "number":
      return typeof known === "number" || typeof known === "bigint" ? Number(known) : undefined;
    default:
      return undefined;
  }
}

function numberOf(value: Json): Value | undefined {
  if (typeof value === "bigint") return value;
  return typeof value === "number" ? (Number.isInteger(value) ? BigInt(value) : value) : undefined;
}

function textOf(text: string, format: unknown): Value | undefined {
  if (format === "byte") return Buffer.from(text, "base64");
  if (format === "date" || format === "date-time")
    return parseTimestamp(format === "date" ? `${text}T00:00:00Z` : text);
  if (format !== "duration") return text;
  const wordy = wordyDuration(text);
  return parseDuration(text) ?? (wordy === undefined ? undefined : new Duration(wordy));
}

const units: readonly (readonly [pattern: RegExp, nanoseconds: bigint])[] = [
  [/^(ns|nano.*)$/, 1n],
  [/^(us|µs|micro.*)$/, 1000n],
  [/^(ms|milli.*)$/, 1_000_000n],
  [/^(s|sec.*)$/, 1_000_000_000n],
  [/^(m|min.*)$/, 60_000_000_000n],
  [/^(h|hr|hour.*)$/, 3_600_000_000_000n],
  [/^(d|day.*)$/, 86_400_000_000_000n],
  [/^(w|wk|week.*)$/, 604_800_000_000_000n],
];

/** `5 minutes 3 sec`: what strfmt takes beside the durations of Go; undefined when no unit is known. */
export function wordyDuration(text: string): bigint | undefined {
  let total: bigint | undefined;
  for (const [, amount = "", unit = ""] of text.matchAll(/(?<!\d)(\d+)\s*([A-Za-zµ]+)/g)) {
    const scale = units.find(([pattern]) => pattern.test(unit.toLowerCase()))?.[1];
    if (scale !== undefined) total = (total ?? 0n) + BigInt(amount) * scale;
  }
  return total;
}

function listOf(value: Json, schema: JsonObject): Value | undefined {
  const items = objectAt(schema, "items");
  if (!Array.isArray(value) || items === undefined) return undefined;
  const elements = value.map((element) => seenOf(element, items, isEmbedded(items)) ?? null);
  switch (schema["x-kubernetes-list-type"]) {
    case "set":
      return new KeyedList(elements, () => value.map((one, index) => writtenKey(one, elements[index])), setKey);
    case "map": {
      const keyOf = mapKey(listAt(schema, "x-kubernetes-list-map-keys").map(String));
      return new KeyedList(elements, () => elements.map(keyOf), keyOf);
    }
    default:
      return elements;
  }
}

/** The key of an element of a set: the value itself, with its type. There is none for `null`. */
function setKey(value: Value | undefined): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (isList(value) || value instanceof CelMap || value instanceof Uint8Array) {
    throw new Fault("the elements of this set cannot be compared");
  }
  return scalarKey(value);
}

/** A set compares its elements as they are written: a time is a text there, and `1` an integer, whatever the schema says. */
const writtenKey = (written: Json, seen: Value | undefined) =>
  setKey(typeof written === "string" && !(seen instanceof Uint8Array) ? written : (numberOf(written) ?? seen));

/**
 * A property that an expression calls by another name is not found, and is the same in all elements. A map that the expression
 * makes has no key.
 */
function mapKey(properties: readonly string[]): (element: Value) => string | undefined {
  return (element) => {
    if (!(element instanceof CelMap) || element.type !== "object") return undefined;
    return JSON.stringify(
      properties.map((name) => {
        const value = namesOf(name)[0] === name ? element.get(name) : undefined;
        return value === undefined ? null : scalarKey(value);
      }),
    );
  };
}

function scalarKey(value: Value): string {
  if (value instanceof Timestamp || value instanceof Duration) return `time ${value.nanoseconds}`;
  return `${typeof value} ${value}`;
}

export const isEmbedded = (schema: JsonObject) => schema["x-kubernetes-embedded-resource"] === true;

function objectOf(object: JsonObject, schema: JsonObject, isResource: boolean): CelMap {
  const values = objectAt(schema, "additionalProperties");
  const entries: [Value, Value][] = [];
  const add = (key: string, value: Value | undefined) => {
    if (value !== undefined) entries.push([key, value]);
  };
  if (values !== undefined && !isResource) {
    for (const [key, value] of Object.entries(object)) add(key, seenOf(value, values, isEmbedded(values)));
    return new CelMap(entries);
  }
  for (const [key, property] of Object.entries(propertiesOf(schema, isResource))) {
    if (!isObject(property)) continue;
    const given = Object.hasOwn(object, key) ? object[key] : undefined;
    const value = seenOf(given, property, isEmbedded(property));
    // A field that is null is not there.
    for (const name of namesOf(key)) add(name, value === null ? undefined : value);
  }
  return new CelMap(entries, "object");
}
