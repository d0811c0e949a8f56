import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { type Check, ofGiven } from "./place.ts";

/** No two elements have the same value in a field; elements without the field are not compared. */
export function uniqueBy(field: string): Check {
  return uniqueAs((element) => element[field] ?? undefined, field);
}

/** No two elements have the same `identity`; the second element is reported, at `field` if given. */
export function uniqueAs(identity: (element: JsonObject) => Json | undefined, field?: string): Check {
  return ofGiven((list, at) => {
    if (!Array.isArray(list)) return;
    const seen = new Set<Json>();
    list.forEach((element, index) => {
      const id = isObject(element) ? identity(element) : undefined;
      if (id === undefined || id === "") return;
      if (!seen.has(id)) {
        seen.add(id);
        return;
      }
      at.enter(index);
      if (field !== undefined) at.enter(field);
      at.duplicate(id);
      if (field !== undefined) at.leave();
      at.leave();
    });
  });
}

/** No two elements are the same string or number. */
export const unique: Check = ofGiven((list, at) => {
  if (!Array.isArray(list)) return;
  const seen = new Set<Json>();
  list.forEach((element, index) => {
    if (seen.has(element)) at.under(index, () => at.duplicate(element));
    seen.add(element);
  });
});

/** At most `limit` elements. */
export function maxItems(limit: number): Check {
  return ofGiven((list, at) => {
    if (Array.isArray(list) && list.length > limit) at.tooMany(list.length, limit);
  });
}

/** `*` matches everything, so it must be the only element. */
export const wildcardAlone: Check = ofGiven((list, at) => {
  if (Array.isArray(list) && list.length > 1 && list.includes("*")) {
    at.invalid("combines * with other elements", "Keep only *, or replace it with explicit elements.");
  }
});

/** The elements of a list that are objects; none if the value is not a list. */
export function objectsIn(list: Json | undefined): JsonObject[] {
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/** The elements of a list that are strings; none if the value is not a list. */
export function stringsIn(list: Json | undefined): string[] {
  return Array.isArray(list) ? list.filter((element) => typeof element === "string") : [];
}
