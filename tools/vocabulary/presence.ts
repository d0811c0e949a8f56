import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { type Check, ofGiven } from "./place.ts";

/** Whether a value is a zero value in Go, which equals an absent field unless that is a pointer. Objects never are. */
export function isUnset(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === "" || value === 0 || value === false) return true;
  return Array.isArray(value) && value.length === 0;
}

/** Must be present, and not empty or 0. */
export const required: Check = (value, at) => {
  if (isUnset(value)) at.required();
};

/** Must be present, but may be an empty object, string or list: for pointers in Go. */
export const present: Check = (value, at) => {
  if (value === undefined) at.required();
};

/** Must be present for the given reason: `requiredBecause("when type is ExternalName")`, inside a `when`. */
export function requiredBecause(reason: string, help?: string): Check {
  return (value, at) => {
    if (isUnset(value)) at.required(reason, help);
  };
}

/** Must be a map with at least one entry. */
export const nonEmptyMap: Check = (value, at) => {
  if (value === undefined || (isObject(value) && Object.keys(value).length === 0)) at.required();
};

/** Must be absent, or have its zero value: for fields that are not pointers in Go. */
export function forbidden(why: string): Check {
  return ofGiven((value, at) => {
    if (!isUnset(value) && !isEmptyMap(value)) at.forbidden(why);
  });
}

/** Must be absent, even if empty: for pointers in Go. */
export function absent(why: string): Check {
  return ofGiven((value, at) => {
    if (value !== undefined) at.forbidden(why);
  });
}

function isEmptyMap(value: Json | undefined): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}

/** Those of the fields `names` that an object has, in that order. An empty object counts, as a pointer that is set. */
export function presentAmong(object: JsonObject, names: readonly string[]): string[] {
  // Objects have few fields, but unions many members.
  const present = Object.keys(object).filter((name) => object[name] !== null && names.includes(name));
  return present.length < 2 ? present : names.filter((name) => present.includes(name));
}

/** An object must have exactly one of these fields. The first one is kept, and each further one reported. */
export function exactlyOneOf(...names: string[]): Check {
  const several = atMostOneOf(...names);
  return ofGiven((value, at) => {
    if (!isObject(value)) return;
    if (presentAmong(value, names).length > 0) several(value, at);
    else at.say("Required", `must have one of ${names.join(", ")}`, "Set exactly one of them.");
  });
}

/** An object may have at most one of these fields. The first one is kept, and each further one reported. */
export function atMostOneOf(...names: string[]): Check {
  return ofGiven((value, at) => {
    if (!isObject(value)) return;
    const [first, ...more] = presentAmong(value, names);
    for (const name of more) {
      const says = `is not allowed together with ${first}: only one of them may be set`;
      at.under(name, () => at.excluded(String(first), "Forbidden", says));
    }
  });
}
