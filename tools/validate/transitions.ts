import { isObject, type Json, type JsonObject, objectAt } from "../core/json.ts";
import { checkTransition, isEmbedded } from "./custom-rules.ts";
import { identity, keyDefaultsOf, keysOf } from "./list-keys.ts";
import type { Place } from "./place.ts";

/** What a part of a resource is. */
interface Part {
  readonly isResource?: boolean;
  /** It is in something that server-side apply replaces as a whole. */
  readonly isWhole?: boolean;
}

/**
 * Holds a custom resource that takes the place of an older one against the rules of its schema that compare the two, where
 * it is known what was there before: of a field and of a map's value the one of the same key, of a list's element the one
 * with the same keys, where the list is a map.
 * `validateMap` and `validateArray` in k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go
 */
export function checkTransitions(
  [old, next]: readonly [Json | undefined, Json | undefined],
  schema: JsonObject,
  at: Place,
  { isResource = false, isWhole = false }: Part = {},
): void {
  const was = old ?? schema.default ?? null;
  const is = next === undefined ? (schema.default ?? null) : next;
  if (is === null || (was === null && !at.isThere)) return;
  if (!isWhole && isEmptied(was, is, schema)) {
    if (!Array.isArray(is)) at.report("Invalid", `${at.name()} ${emptied}`, keepSome, "apply/immutable-field");
    return;
  }
  checkTransition([was, is], schema, at, isResource);
  const within = { isWhole: isWhole || schema["x-kubernetes-map-type"] === "atomic" };
  if (Array.isArray(is)) checkElements(Array.isArray(was) ? was : [], is, schema, at, within);
  else if (isObject(is)) checkFields(isObject(was) ? was : {}, is, schema, at, within);
}

/**
 * Whether server-side apply takes away, one by one, all that was in a list or an object: what it leaves is null, which
 * stands for no list, and is refused as an object.
 */
function isEmptied(was: Json, is: Json, schema: JsonObject): boolean {
  if (Array.isArray(was) && Array.isArray(is)) return was.length > 0 && is.length === 0 && keysOf(schema) !== undefined;
  if (!isObject(was) || !isObject(is) || schema.nullable === true) return false;
  const isKept = schema["x-kubernetes-map-type"] === "atomic" || hasDefaults(schema);
  return Object.keys(was).length > 0 && Object.keys(is).length === 0 && !isKept;
}

const emptied =
  "is empty, and was not: server-side apply leaves null where it takes away the last key, which is no object";
const keepSome = "Remove the whole field, or leave a key in it.";

function hasDefaults(schema: JsonObject): boolean {
  const properties = Object.values(objectAt(schema, "properties") ?? {});
  return properties.some((property) => isObject(property) && property.default !== undefined);
}

function checkFields(was: JsonObject, is: JsonObject, schema: JsonObject, at: Place, within: Part): void {
  const properties = objectAt(schema, "properties") ?? {};
  const values = objectAt(schema, "additionalProperties");
  for (const key of new Set([...Object.keys(properties), ...(values ? Object.keys(is) : [])])) {
    const property = Object.hasOwn(properties, key) ? properties[key] : values;
    if (!isObject(property)) continue;
    const part = { ...within, isResource: isEmbedded(property) };
    at.under(key, () => checkTransitions([own(was, key), own(is, key)], property, at, part));
  }
}

function own(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function checkElements(was: readonly Json[], is: readonly Json[], schema: JsonObject, at: Place, within: Part): void {
  const [items, keys] = [objectAt(schema, "items"), keysOf(schema)];
  if (items === undefined) return;
  const isMap = keys !== undefined && keys !== "set";
  const idOf = (element: Json) => (isMap ? identity(element, keys, keyDefaultsOf(schema)) : undefined);
  const before = new Map(isMap ? was.map((element) => [idOf(element), element]) : []);
  for (const [index, element] of is.entries()) {
    const old = before.get(idOf(element));
    const part = { ...within, isResource: isEmbedded(items) };
    at.under(index, () => checkTransitions([old, element], items, at, part));
  }
}
