/** A parsed JSON or YAML value. Integers beyond 2^53 are `bigint`, since Kubernetes has 64-bit fields. */
export type Json = null | boolean | number | bigint | string | Json[] | JsonObject;

export interface JsonObject {
  [key: string]: Json;
}

/** Whether a value is a JSON object: neither a list nor null. */
export function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The table's own value at `key`, or undefined; never an inherited one. */
export function own<T>(table: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return table !== undefined && Object.hasOwn(table, key) ? table[key] : undefined;
}

/** The string at `key`, or undefined if it is missing or of another type. */
export function stringAt(object: JsonObject | undefined, key: string): string | undefined {
  const value = object?.[key];
  return typeof value === "string" ? value : undefined;
}

/** The number at `key`, or undefined if it is missing or of another type. */
export function numberAt(object: JsonObject | undefined, key: string): number | undefined {
  const value = object?.[key];
  return typeof value === "number" ? value : undefined;
}

/** The object at `key`, or undefined if it is missing or of another type. */
export function objectAt(object: JsonObject | undefined, key: string): JsonObject | undefined {
  const value = object?.[key];
  return isObject(value) ? value : undefined;
}

/** The list at `key`; empty if it is missing or of another type. */
export function listAt(object: JsonObject | undefined, key: string): Json[] {
  const value = object?.[key];
  return Array.isArray(value) ? value : [];
}

/** The strings of the list at a key; none if there is no list. */
export function stringsAt(object: JsonObject | undefined, key: string): string[] {
  return listAt(object, key).filter((item) => typeof item === "string");
}

/** The value of a JSON text; undefined if it is none. */
export function parseJson(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}
