import { isObject, type Json, type JsonObject, listAt, objectAt } from "../../core/json.ts";

/** A nested schema and its path in the outer schema. */
export interface Branch {
  readonly path: readonly (string | number)[];
  readonly schema: JsonObject;
}

/** The schema at a field. As in Go, null is an empty schema. */
export const schemaOf = (value: Json | undefined): JsonObject => (isObject(value) ? value : {});

/** Whether a field, a pointer in Go, is set: present and not null. */
export const has = (schema: JsonObject, field: string): boolean => (schema[field] ?? undefined) !== undefined;

/**
 * Whether Go can tell a field from an absent one: bounds and `additionalProperties` are pointers, and an empty list
 * counts.
 */
export function isSet(field: string, value: Json | undefined): boolean {
  if (value === false) return field === "additionalProperties";
  return value !== undefined && value !== null && value !== "";
}

/**
 * Whether a structural schema drops a field: an empty list is lost if it is copied element by element
 * (`NewStructural` in k8s.io/apiextensions-apiserver/pkg/apiserver/schema/convert.go).
 */
export function saysNothing(field: string, value: Json | undefined): boolean {
  if (!isSet(field, value)) return true;
  if (field === "items") return !isObject(value) && !Array.isArray(value);
  if (Array.isArray(value)) return value.length === 0 && ["enum", "allOf", "anyOf", "oneOf"].includes(field);
  return isObject(value) && Object.keys(value).length === 0 && ["definitions", "patternProperties"].includes(field);
}

/** The schemas of the properties. */
export function properties(schema: JsonObject): Branch[] {
  return Object.entries(objectAt(schema, "properties") ?? {}).map(([key, property]) => ({
    path: ["properties", key],
    schema: schemaOf(property),
  }));
}

/** The schema of a list's elements, if any. */
export function items(schema: JsonObject): JsonObject | undefined {
  return objectAt(schema, "items");
}

/** The schema of the values that no property names, if any. */
export function additional(schema: JsonObject): JsonObject | undefined {
  return objectAt(schema, "additionalProperties");
}

/** The schemas of a value's parts: its elements, properties and map values. */
export function structure(schema: JsonObject): Branch[] {
  const [elements, values] = [items(schema), additional(schema)];
  const branches = properties(schema);
  if (elements !== undefined) branches.unshift({ path: ["items"], schema: elements });
  if (values !== undefined) branches.push({ path: ["additionalProperties"], schema: values });
  return branches;
}

/** The schemas that constrain the same value: allOf, anyOf, oneOf and not. */
export function logic(schema: JsonObject): Branch[] {
  const lists = ["anyOf", "allOf", "oneOf"].flatMap((field) =>
    listAt(schema, field).map((one, index) => ({ path: [field, index], schema: schemaOf(one) })),
  );
  return has(schema, "not") ? [...lists, { path: ["not"], schema: schemaOf(schema.not) }] : lists;
}

/** Whether `is` holds for a schema or for one nested in it. */
export function someSchema(schema: JsonObject, is: (schema: JsonObject) => boolean, depth = 0): boolean {
  if (is(schema)) return true;
  if (depth > deepest) return false;
  return [...structure(schema), ...logic(schema)].some((branch) => someSchema(branch.schema, is, depth + 1));
}

/** Schemas nested deeper than this are not examined. */
export const deepest = 200;

/** Whether two values are equal, regardless of the order of fields. */
export function same(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (Array.isArray(a))
    return Array.isArray(b) && a.length === b.length && a.every((one, index) => same(one, b[index] as Json));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && same(a[key] as Json, b[key] as Json));
}
