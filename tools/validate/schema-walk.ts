import { isEmbedded } from "../cel/schema-values.ts";
import { isObject, type Json, type JsonObject, objectAt, own } from "../core/json.ts";
import type { Place } from "../vocabulary/place.ts";
import { identity, keyDefaultsOf, keysOf } from "./list-keys.ts";

/** A value of a custom resource, where the walk stands. */
export interface Visited {
  readonly value: Json;
  /** What stood there before; null where nothing did, or nobody can tell. */
  readonly old: Json;
  readonly schema: JsonObject;
  /** The value is a whole resource. */
  readonly isResource: boolean;
  /** It is in something that server-side apply replaces as a whole. */
  readonly isWhole: boolean;
}

/** The part of a value in which the walk has come. */
type Part = Partial<Pick<Visited, "isResource" | "isWhole">>;

/**
 * Goes through a custom resource by its schema, with the defaults, and beside it through the one whose place it takes. What was
 * there before is known of a field and of a map's value, the one of the same key, and of a list's element, the one with the
 * same keys, where the list is a map.
 * `validateMap` and `validateArray` in k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go
 *
 * @param visit says whether it goes on into the value
 */
export function walkSchema(
  [old, next]: readonly [Json | undefined, Json | undefined],
  schema: JsonObject,
  at: Place,
  visit: (visited: Visited) => boolean,
  { isResource = false, isWhole = false }: Part = {},
): void {
  const value = next === undefined ? (schema.default ?? null) : next;
  if (value === null) return;
  const was = old ?? schema.default ?? null;
  if (!visit({ value, old: was, schema, isResource, isWhole })) return;
  const within = { isWhole: isWhole || schema["x-kubernetes-map-type"] === "atomic" };
  const enter = (token: string | number, states: readonly [Json | undefined, Json | undefined], below: JsonObject) =>
    at.under(token, () => walkSchema(states, below, at, visit, { ...within, isResource: isEmbedded(below) }));
  if (Array.isArray(value)) walkElements(Array.isArray(was) ? was : [], value, schema, enter);
  else if (isObject(value)) walkFields(isObject(was) ? was : {}, value, schema, enter);
}

type Enter = (
  token: string | number,
  states: readonly [Json | undefined, Json | undefined],
  schema: JsonObject,
) => void;

function walkFields(was: JsonObject, is: JsonObject, schema: JsonObject, enter: Enter): void {
  const properties = objectAt(schema, "properties") ?? {};
  const values = objectAt(schema, "additionalProperties");
  for (const key of new Set([...Object.keys(properties), ...(values ? Object.keys(is) : [])])) {
    const property = Object.hasOwn(properties, key) ? properties[key] : values;
    if (isObject(property)) enter(key, [own(was, key), own(is, key)], property);
  }
}

function walkElements(was: readonly Json[], is: readonly Json[], schema: JsonObject, enter: Enter): void {
  const [items, keys] = [objectAt(schema, "items"), keysOf(schema)];
  if (items === undefined) return;
  const isMap = keys !== undefined && keys !== "set";
  const idOf = (element: Json) => (isMap ? identity(element, keys, keyDefaultsOf(schema)) : undefined);
  const before = new Map(isMap ? was.map((element) => [idOf(element), element]) : []);
  for (const [index, element] of is.entries()) enter(index, [before.get(idOf(element)), element], items);
}
