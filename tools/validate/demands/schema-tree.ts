import { isObject, type Json, type JsonObject, listAt, objectAt } from "../../core/json.ts";

/** A schema inside another one, and the way there. */
export interface Branch {
  readonly path: readonly (string | number)[];
  readonly schema: JsonObject;
}

/** A null where a schema is expected is an empty one, as for Go. */
export const schemaOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});

/** A field that is there, and not null: what is a pointer in Go. */
export const has = (schema: JsonObject, field: string): boolean => (schema[field] ?? undefined) !== undefined;

/** A field that Go does not take for absent: bounds and `additionalProperties` are pointers, and an empty list is a list. */
export function isSet(field: string, value: Json | undefined): boolean {
  if (value === false) return field === "additionalProperties";
  return value !== undefined && value !== null && value !== "";
}

/**
 * Whether a field is to a structural schema as if it were absent: a list is none where it is copied element by element.
 * `NewStructural` in k8s.io/apiextensions-apiserver/pkg/apiserver/schema/convert.go
 */
export function saysNothing(field: string, value: Json | undefined): boolean {
  if (!isSet(field, value)) return true;
  if (Array.isArray(value)) return value.length === 0 && ["enum", "allOf", "anyOf", "oneOf"].includes(field);
  return isObject(value) && Object.keys(value).length === 0 && ["definitions", "patternProperties"].includes(field);
}

export function properties(schema: JsonObject): Branch[] {
  return Object.entries(objectAt(schema, "properties") ?? {}).map(([key, property]) => ({
    path: ["properties", key],
    schema: schemaOf(property),
  }));
}

/** The schema of a list's elements; undefined when there is none. */
export function items(schema: JsonObject): JsonObject | undefined {
  return objectAt(schema, "items");
}

/** The schema of the values that no property names; undefined when there is none. */
export function additional(schema: JsonObject): JsonObject | undefined {
  return objectAt(schema, "additionalProperties");
}

/** What gives a value its structure: its elements, its properties, and the values of a map. */
export function structure(schema: JsonObject): Branch[] {
  const [elements, values] = [items(schema), additional(schema)];
  const branches = properties(schema);
  if (elements !== undefined) branches.unshift({ path: ["items"], schema: elements });
  if (values !== undefined) branches.push({ path: ["additionalProperties"], schema: values });
  return branches;
}

/** What is demanded of a value beyond its structure. */
export function logic(schema: JsonObject): Branch[] {
  const lists = ["anyOf", "allOf", "oneOf"].flatMap((field) =>
    listAt(schema, field).map((one, index) => ({ path: [field, index], schema: schemaOf(one) })),
  );
  return has(schema, "not") ? [...lists, { path: ["not"], schema: schemaOf(schema.not) }] : lists;
}

/** Whether a schema, or one inside it, is such. */
export function someSchema(schema: JsonObject, is: (schema: JsonObject) => boolean, depth = 0): boolean {
  if (is(schema)) return true;
  if (depth > deepest) return false;
  return [...structure(schema), ...logic(schema)].some((branch) => someSchema(branch.schema, is, depth + 1));
}

/** Schemas that nest deeper are looked at no further. */
export const deepest = 200;

/** Whether two values are the same, in whatever order their fields stand. */
export function same(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((one, index) => same(one, b[index] as Json));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && same(a[key] as Json, b[key] as Json));
}
