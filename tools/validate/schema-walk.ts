import { isEmbedded } from "../cel/schema-values.ts";
import { isObject, type Json, type JsonObject, objectAt, own } from "../core/json.ts";
import type { Place } from "../vocabulary/place.ts";
import { identity, keyDefaultsOf, keysOf } from "./list-keys.ts";

/** The value of a custom resource that the walk visits. */
export interface Visited {
  readonly value: Json;
  /** The old value; null if there was none or it cannot be identified. */
  readonly old: Json;
  readonly schema: JsonObject;
  /** The value is a whole resource. */
  readonly isResource: boolean;
  /** The value is part of an object that server-side apply replaces as a whole. */
  readonly isWhole: boolean;
}

type Context = Partial<Pick<Visited, "isResource" | "isWhole">>;

/**
 * Walks a custom resource by its schema, with defaults, along with the old resource that it replaces. Fields and map
 * values are matched by name, elements of list maps by their keys; other elements have no old value.
 * `validateMap` and `validateArray` in k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel/validation.go
 *
 * @param visit returns whether to descend into the value
 */
export function walkSchema(
  [old, next]: readonly [Json | undefined, Json | undefined],
  schema: JsonObject,
  at: Place,
  visit: (visited: Visited) => boolean,
  { isResource = false, isWhole = false }: Context = {},
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
