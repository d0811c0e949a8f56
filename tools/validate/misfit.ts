import { isObject, type Json, type JsonObject, listAt, objectAt } from "../core/json.ts";
import { breach, wrongType } from "./limits.ts";

/** Where a value does not match a schema, and why: the end of a sentence that begins with the field's name. */
interface Misfit {
  readonly path: readonly (string | number)[];
  readonly says: string;
}

/** Fields that every object has, regardless of its schema. */
const identity = ["apiVersion", "kind", "metadata"];

/**
 * The first mismatch between a value and a structural schema, without filling in defaults.
 *
 * @param anyFields accept fields that the schema does not name
 */
export function misfit(value: Json, schema: JsonObject, anyFields = false): Misfit | undefined {
  const isAccepted = value === null && schema.nullable === true;
  const wrong = (isAccepted ? undefined : wrongType(value, schema)) ?? breach(value, schema);
  if (wrong !== undefined) return { path: [], says: wrong };
  if (Array.isArray(value)) return ofElements(value, schema, anyFields);
  return isObject(value) ? ofFields(value, schema, anyFields) : undefined;
}

const keepsUnknown = (schema: JsonObject) => schema["x-kubernetes-preserve-unknown-fields"] === true;

/** A list that preserves unknown fields preserves them in its elements (`skipPrune` of apiextensions-apiserver). */
function ofElements(list: Json[], schema: JsonObject, anyFields: boolean): Misfit | undefined {
  const items = objectAt(schema, "items");
  if (items === undefined) return anyFields || keepsUnknown(schema) ? undefined : fieldIn(list);
  const of = keepsUnknown(schema) ? { ...items, "x-kubernetes-preserve-unknown-fields": true } : items;
  return first(list.entries(), (index, element) => within(index, misfit(element, of, anyFields)));
}

function ofFields(object: JsonObject, schema: JsonObject, anyFields: boolean): Misfit | undefined {
  const fields = objectAt(schema, "properties") ?? {};
  const isResource = schema["x-kubernetes-embedded-resource"] === true;
  const required = isResource ? [...listAt(schema, "required"), "apiVersion", "kind"] : listAt(schema, "required");
  const missing = required.find((key) => typeof key === "string" && !Object.hasOwn(object, key));
  if (missing !== undefined) return { path: [String(missing)], says: "is required" };
  return first(Object.entries(object), (key, value) => {
    const of = Object.hasOwn(fields, key) ? fields[key] : schema.additionalProperties;
    const isOpen = anyFields || (isResource && identity.includes(key));
    if (isObject(of)) return within(key, misfit(value, of, isOpen));
    if (isOpen || (keepsUnknown(schema) && of !== true)) return undefined;
    return of === true ? within(key, fieldIn(value)) : { path: [key], says: unknown };
  });
}

const unknown = "is not a field of the schema";

/** The first field of an object within a value without a schema, where such fields are dropped. */
function fieldIn(value: Json): Misfit | undefined {
  if (Array.isArray(value)) return first(value.entries(), (index, element) => within(index, fieldIn(element)));
  const [key] = isObject(value) ? Object.keys(value) : [];
  return key === undefined ? undefined : { path: [key], says: unknown };
}

function within(step: string | number, found: Misfit | undefined): Misfit | undefined {
  return found === undefined ? undefined : { path: [step, ...found.path], says: found.says };
}

function first<K>(entries: Iterable<[K, Json]>, find: (key: K, value: Json) => Misfit | undefined): Misfit | undefined {
  for (const [key, value] of entries) {
    const found = find(key, value);
    if (found !== undefined) return found;
  }
  return undefined;
}
