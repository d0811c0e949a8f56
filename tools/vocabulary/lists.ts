import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { type Check, ofGiven } from "./place.ts";

/** No two elements have the same value at a field; elements without it are not compared. */
export function uniqueBy(field: string): Check {
  return uniqueAs((element) => element[field] ?? undefined, field);
}

/** No two elements have the same value of `identity`; the second is reported, at `field` where one is named. */
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

/** At most so many elements. */
export function maxItems(limit: number): Check {
  return ofGiven((list, at) => {
    if (Array.isArray(list) && list.length > limit) at.tooMany(list.length, limit);
  });
}

/** `*` stands for all, so that nothing may stand beside it. */
export const wildcardAlone: Check = ofGiven((list, at) => {
  if (Array.isArray(list) && list.length > 1 && list.includes("*")) {
    at.invalid("has * beside others", "Keep * alone, or name each of them.");
  }
});

/** The objects among the elements of a list. */
export function objectsIn(list: Json | undefined): JsonObject[] {
  return Array.isArray(list) ? list.filter(isObject) : [];
}

/** The strings among the elements of a list. */
export function stringsIn(list: Json | undefined): string[] {
  return Array.isArray(list) ? list.filter((element) => typeof element === "string") : [];
}
