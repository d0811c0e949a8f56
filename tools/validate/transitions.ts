import { isObject, type JsonObject } from "../core/json.ts";
import type { Place } from "../vocabulary/place.ts";
import { checkTransition } from "./custom-rules.ts";
import { defaultsOf } from "./defaults.ts";
import { keysOf } from "./list-keys.ts";
import { type Visited, walkSchema } from "./schema-walk.ts";

/** Checks an update of a custom resource against the transition rules of its schema. */
export function checkTransitions(old: JsonObject, next: JsonObject, schema: JsonObject, at: Place): void {
  const visit = (visited: Visited) => {
    if (visited.old === null && !at.isThere) return false;
    if (isEmptied(visited)) {
      if (!Array.isArray(visited.value))
        at.report("Invalid", `${at.name()} ${emptied}`, keepSome, "apply/immutable-field");
      return false;
    }
    checkTransition(visited, at);
    return true;
  };
  walkSchema([old, next], schema, at, visit, { isResource: true });
}

/**
 * Whether server-side apply removes all elements or fields of a value one by one. It leaves null, which counts as no
 * list but is rejected as an object.
 */
function isEmptied({ old: was, value: is, schema, isWhole }: Visited): boolean {
  if (isWhole) return false;
  if (Array.isArray(was) && Array.isArray(is)) return was.length > 0 && is.length === 0 && keysOf(schema) !== undefined;
  if (!isObject(was) || !isObject(is) || schema.nullable === true) return false;
  const isKept = schema["x-kubernetes-map-type"] === "atomic" || Object.keys(defaultsOf(schema)).length > 0;
  return Object.keys(was).length > 0 && Object.keys(is).length === 0 && !isKept;
}

const emptied = "is now empty: server-side apply leaves null after it removes the last key, and null is not an object";
const keepSome = "Remove the whole field or keep a key in it.";
