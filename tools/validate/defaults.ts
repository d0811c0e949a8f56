import { isObject, type Json, type JsonObject, objectAt, own } from "../core/json.ts";

/** The defaults of the fields in a custom resource's schema. */
export function defaultsOf(schema: JsonObject | undefined): JsonObject {
  const fields = Object.entries(objectAt(schema, "properties") ?? {});
  return Object.fromEntries(
    fields.flatMap(([key, field]) => (isObject(field) && field.default !== undefined ? [[key, field.default]] : [])),
  );
}

/** Limits the nesting, so that a hostile schema cannot exhaust the stack. */
export const deepest = 64;

/**
 * A value with the defaults of its schema filled in, as an API server validates it.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#defaulting
 */
export function defaulted(value: Json, schema: JsonObject, depth = 0): Json {
  if (depth > deepest) return value;
  const of = (one: Json, by: Json | undefined) => (isObject(by) ? defaulted(one, by, depth + 1) : one);
  if (Array.isArray(value)) return value.map((element) => of(element, schema.items));
  if (!isObject(value)) return value;
  const properties = objectAt(schema, "properties") ?? {};
  const isLeftOut = ([key]: [string, Json]) =>
    (own(value, key) ?? null) === null && objectAt(properties, key)?.nullable !== true;
  const all = { ...value, ...Object.fromEntries(Object.entries(defaultsOf(schema)).filter(isLeftOut)) };
  return Object.fromEntries(
    Object.entries(all).map(([key, one]) => [key, of(one, own(properties, key) ?? schema.additionalProperties)]),
  );
}

/** The same schema without its defaults. */
export function withoutDefaults({ default: _, ...schema }: JsonObject, depth = 0): JsonObject {
  if (depth > deepest) return schema;
  const of = (one: Json) => (isObject(one) ? withoutDefaults(one, depth + 1) : one);
  const { properties, items, additionalProperties } = schema;
  const fields = isObject(properties) && Object.entries(properties).map(([key, one]) => [key, of(one)] as const);
  return {
    ...schema,
    ...(fields && { properties: Object.fromEntries(fields) }),
    ...(items !== undefined && { items: of(items) }),
    ...(additionalProperties !== undefined && { additionalProperties: of(additionalProperties) }),
  };
}
