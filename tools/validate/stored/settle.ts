import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import { isUnset } from "../../vocabulary/presence.ts";
import { type Quantity, quantityOf } from "../../vocabulary/quantity.ts";
import type { VersionSet } from "../../vocabulary/versions.ts";
import { isBase64 } from "../decode.ts";
import type { Field, ObjectType, Shape } from "../shape.ts";
import type { Default } from "./default.ts";
import { defaults } from "./defaults.ts";
import { pointersOf } from "./facts.ts";

/** Deeper than any other type: only the schemas of CustomResourceDefinitions nest without limit. */
const deepest = 512;

/**
 * The object as the API server stores it: without empty fields that are not pointers, with defaults, and with
 * quantities and bytes in canonical form. Fields that no version has or enables are dropped. Two manifests are
 * equivalent if they settle to the same object.
 */
export function settle(object: JsonObject, type: ObjectType, versions: VersionSet, depth = 0): JsonObject {
  const given = withDefaults(decoded(object, type, versions), type.name);
  const settled: [string, Json][] = [];
  for (const [name, field] of type.fields) {
    const value = given[name] ?? (field.filled ? {} : undefined);
    if (value === undefined) continue;
    const inner = settleValue(value, field.shape, versions, depth + 1);
    if (!isEmpty(inner, field)) settled.push([name, inner]);
  }
  return Object.fromEntries(settled);
}

/** The known fields without nulls and without zero values that are not pointers. */
function decoded(object: JsonObject, type: ObjectType, versions: VersionSet): JsonObject {
  const pointers = pointersOf(type.name);
  const has = ([name, value]: [string, Json]) =>
    value !== null &&
    isKnown(type.fields.get(name), versions) &&
    (pointers.has(name) || isObject(value) || !isUnset(value) || type.fields.get(name)?.shape.is === "any");
  return Object.fromEntries(Object.entries(object).filter(has));
}

function isKnown(field: Field | undefined, versions: VersionSet): boolean {
  if (field === undefined) return false;
  return (field.versions & (field.dropped ? field.enforced : field.versions) & versions) !== 0;
}

function withDefaults(object: JsonObject, type: string): JsonObject {
  for (const [field, value] of Object.entries(defaults[type] ?? {})) {
    const filled = defaultOf(value, object, field);
    if (filled === undefined) delete object[field];
    else object[field] = filled;
  }
  return object;
}

function defaultOf(value: Default, holder: JsonObject, field: string): Json | undefined {
  if (typeof value === "function") return value(holder);
  return holder[field] ?? value;
}

/**
 * Whether a value counts as absent: empty lists and maps do (`equality.Semantic`), empty structs behind pointers do
 * not.
 */
function isEmpty(value: Json, { filled, shape }: Field): boolean {
  if (shape.is === "any") return false;
  if (Array.isArray(value)) return value.length === 0;
  return (filled || shape.is === "map") && isObject(value) && Object.keys(value).length === 0;
}

function settleValue(value: Json, shape: Shape, versions: VersionSet, depth: number): Json {
  if (depth > deepest) return value;
  switch (shape.is) {
    case "type":
      return isObject(value) ? settle(value, shape.type, versions, depth) : value;
    case "list":
      return Array.isArray(value) ? settleList(value, shape.of, versions, depth) : value;
    case "map":
      return isObject(value) ? settleMap(value, shape.of, versions, depth) : value;
    case "either":
      return settleValue(
        value,
        isObject(value) === (shape.one.is === "type") ? shape.one : shape.other,
        versions,
        depth,
      );
    case "quantity":
      return settledQuantity(value, 1n);
    case "bytes":
      return settledBytes(value);
    default:
      return value;
  }
}

/** Bytes in canonical base64, without line breaks. */
function settledBytes(value: Json): Json {
  return typeof value === "string" && isBase64(value) ? Buffer.from(value, "base64").toString("base64") : value;
}

function settleList(list: Json[], of: Shape, versions: VersionSet, depth: number): Json {
  return list.map((one) => settleValue(one ?? zeroOf(of), of, versions, depth + 1));
}

function settleMap(map: JsonObject, of: Shape, versions: VersionSet, depth: number): Json {
  const settled = (value: Json) =>
    of.is === "quantity" ? settledQuantity(value, milli) : settleValue(value ?? zeroOf(of), of, versions, depth + 1);
  return Object.fromEntries(Object.entries(map).map(([key, value]) => [key, settled(value)]));
}

/** The value to which a null in a list or a map is decoded. */
function zeroOf(shape: Shape): Json {
  if (shape.is === "type") return {};
  if (shape.is === "string" || shape.is === "bytes") return "";
  return shape.is === "bool" ? false : shape.is.startsWith("int") ? 0 : null;
}

const milli = 1_000_000n;
/** Suffixes of quantities, starting at 10⁻⁹, in steps of a thousand. */
const suffixes = ["n", "u", "m", "", "k", "M", "G", "T", "P", "E"];

/** A quantity in canonical form. Amounts of resources are rounded up to thousandths (`SetDefaults_ResourceList`). */
function settledQuantity(value: Json, grain: Quantity): Json {
  const quantity = quantityOf(value);
  if (quantity === undefined) return value;
  const rounded = roundUp(quantity, grain);
  if (rounded === 0n) return "0";
  const power = suffixes.findLastIndex((_, index) => rounded % 1000n ** BigInt(index) === 0n);
  return `${rounded / 1000n ** BigInt(power)}${suffixes[power]}`;
}

function roundUp(quantity: Quantity, grain: Quantity): Quantity {
  const rest = quantity % grain;
  return rest === 0n ? quantity : quantity - rest + (quantity < 0n ? -grain : grain);
}
