import { isObject, type Json, type JsonObject, objectAt } from "../core/json.ts";

/**
 * If the status is a subresource, it is dropped before the object is validated. Of its schema, only the fields and
 * their types remain, which decoding and server-side apply use.
 * `PrepareForCreate` in k8s.io/apiextensions-apiserver/pkg/registry/customresource/strategy.go
 */
export function withoutStatus(schema: JsonObject): JsonObject {
  const properties = objectAt(schema, "properties");
  const status = objectAt(properties, "status");
  if (status === undefined) return schema;
  return { ...schema, properties: { ...properties, status: structureOf(status) } };
}

/** Keywords that describe the structure of a value and do not restrict it otherwise. */
const structural = /^(?:type|x-kubernetes-(?!validations$).*)$/;

/**
 * Keeps only structural keywords. Server-side apply accepts null except for elements that it identifies by value or
 * keys (`listItemToPathElement`).
 */
function structureOf(schema: JsonObject, nullable = true): JsonObject {
  const within = (one: Json, isNullable?: boolean) => (isObject(one) ? structureOf(one, isNullable) : one);
  const isAssociative = /^(?:map|set)$/.test(String(schema["x-kubernetes-list-type"]));
  const kept = Object.entries(schema).filter(([keyword]) => structural.test(keyword));
  const { properties, items, additionalProperties } = schema;
  return {
    ...Object.fromEntries(kept),
    nullable,
    ...(schema.type === "integer" && { type: "number" }),
    ...(isObject(properties) && {
      properties: Object.fromEntries(Object.entries(properties).map(([key, one]) => [key, within(one)])),
    }),
    ...(items !== undefined && { items: within(items, !isAssociative) }),
    ...(additionalProperties !== undefined && { additionalProperties: within(additionalProperties) }),
  };
}
