import { isObject, type Json, type JsonObject, listAt, objectAt } from "../core/json.ts";
import { Fault } from "./fault.ts";
import { namesOf, propertiesOf } from "./schema-types.ts";
import { parseDuration, parseTimestamp } from "./time.ts";
import { CelMap, Duration, isList, KeyedList, Timestamp, type Value } from "./values.ts";

/**
 * A value as an expression sees it, with the defaults of its schema; undefined if it cannot be seen. Fields that are
 * not in the schema cannot be seen.
 *
 * @throws Fault if the elements of a set cannot be compared.
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

/**
 * The nanoseconds of `5 minutes 3 sec`, which strfmt accepts in addition to Go's durations; undefined without a known
 * unit.
 */
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

/** The key of an element of a set: the value with its type; undefined for `null`. */
function setKey(value: Value | undefined): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (isList(value) || value instanceof CelMap || value instanceof Uint8Array) {
    throw new Fault("the elements of this set cannot be compared");
  }
  return scalarKey(value);
}

/**
 * The key of an element as written, which is how sets compare: a time is a string, and `1` an integer in any schema.
 */
const writtenKey = (written: Json, seen: Value | undefined) =>
  setKey(typeof written === "string" && !(seen instanceof Uint8Array) ? written : (numberOf(written) ?? seen));

/**
 * The key of an element of a list map. A property whose name is escaped in expressions is not found, and thus equal in
 * all elements. Maps that are created in an expression have no key.
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

/** Whether values of a schema are complete resources. */
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
    // A null field counts as missing.
    for (const name of namesOf(key)) add(name, value === null ? undefined : value);
  }
  return new CelMap(entries, "object");
}
