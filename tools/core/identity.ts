import type { JsonObject } from "./json.ts";
import { isNear } from "./nearest.ts";

/** A field that identifies an object, and how its values look. */
const identity = { apiVersion: /^(?:[a-z0-9.-]+\/)?v\d\w*$/, kind: /^[A-Z]\w*$/ } as const;

export type IdentityField = keyof typeof identity;

/**
 * The key that an object has instead of `apiVersion` or `kind`: it differs in its case, in one letter of `kind`, or in up
 * to two letters of `apiVersion`, and has a value that such a field could have. Undefined if the field itself is set.
 */
export function misspeltKey(field: IdentityField, object: JsonObject): string | undefined {
  if (Object.hasOwn(object, field)) return undefined;
  const allowed = field.length < 5 ? 1 : 2;
  return Object.keys(object).find((key) => {
    const value = object[key];
    return typeof value === "string" && identity[field].test(value) && isNear(key, field, allowed);
  });
}
