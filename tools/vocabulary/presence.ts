import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { type Check, ofGiven } from "./place.ts";

/** Go's zero values: what the API server cannot tell from an absent field that is no pointer. An object is never one. */
export function isUnset(value: Json | undefined): boolean {
  if (value === undefined || value === null || value === "" || value === 0 || value === false) return true;
  return Array.isArray(value) && value.length === 0;
}

/** Must be there, and not be empty (or 0). */
export const required: Check = (value, at) => {
  if (isUnset(value)) at.required();
};

/** Must be there, if only as an object, a string or a list without content: for what is a pointer in Go. */
export const present: Check = (value, at) => {
  if (value === undefined) at.required();
};

/** Must be there because of something else: `requiredBecause("when type is ExternalName")` goes inside a `when`. */
export function requiredBecause(reason: string, help?: string): Check {
  return (value, at) => {
    if (isUnset(value)) at.required(reason, help);
  };
}

/** A map that must have an entry. */
export const nonEmptyMap: Check = (value, at) => {
  if (value === undefined || (isObject(value) && Object.keys(value).length === 0)) at.required();
};

/** Must be absent, or have its zero value: for fields that are no pointers in Go. */
export function forbidden(why: string): Check {
  return ofGiven((value, at) => {
    if (!isUnset(value) && !isEmptyMap(value)) at.forbidden(why);
  });
}

/** Must be absent, even empty: for pointers. */
export function absent(why: string): Check {
  return ofGiven((value, at) => {
    if (value !== undefined) at.forbidden(why);
  });
}

function isEmptyMap(value: Json | undefined): boolean {
  return isObject(value) && Object.keys(value).length === 0;
}

/** The fields among `names` that an object has. An empty object counts: it is a pointer that is set. */
export function presentAmong(object: JsonObject, names: readonly string[]): string[] {
  // An object has few fields, a union many members.
  const present = Object.keys(object).filter((name) => object[name] !== null && names.includes(name));
  return present.length < 2 ? present : names.filter((name) => present.includes(name));
}

/** Of an object: exactly one of these fields must be there. The first one stands, each further one is reported. */
export function exactlyOneOf(...names: string[]): Check {
  const several = atMostOneOf(...names);
  return ofGiven((value, at) => {
    if (!isObject(value)) return;
    if (presentAmong(value, names).length > 0) several(value, at);
    else at.say("Required", `needs one of ${names.join(", ")}`, "Add exactly one of them.");
  });
}

/** Of an object: at most one of these fields may be there. */
export function atMostOneOf(...names: string[]): Check {
  return ofGiven((value, at) => {
    if (!isObject(value)) return;
    const [first, ...more] = presentAmong(value, names);
    for (const name of more) {
      at.enter(name);
      at.forbidden(`beside ${first}: only one of them may be set`, "Remove one of the two.");
      at.leave();
    }
  });
}
