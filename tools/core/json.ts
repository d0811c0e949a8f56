/** A parsed JSON or YAML value. Integers beyond 2^53 arrive as `bigint`, since Kubernetes has 64-bit fields. */
export type Json = null | boolean | number | bigint | string | Json[] | JsonObject;

export interface JsonObject {
  [key: string]: Json;
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a table has itself at `key`; undefined when there is none: nothing of what every object inherits. */
export function own<T>(table: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return table !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;
}

/** The string at `key`, or undefined when there is none or it is something else. */
export function stringAt(object: JsonObject | undefined, key: string): string | undefined {
  const value = object?.[key];
  return typeof value === "string" ? value : undefined;
}

/** The number at `key`, or undefined when there is none or it is something else. */
export function numberAt(object: JsonObject | undefined, key: string): number | undefined {
  const value = object?.[key];
  return typeof value === "number" ? value : undefined;
}

/** The object at `key`, or undefined when there is none or it is something else. */
export function objectAt(object: JsonObject | undefined, key: string): JsonObject | undefined {
  const value = object?.[key];
  return isObject(value) ? value : undefined;
}

/** The list at `key`; empty when there is none or it is something else. */
export function listAt(object: JsonObject | undefined, key: string): Json[] {
  const value = object?.[key];
  return Array.isArray(value) ? value : [];
}
