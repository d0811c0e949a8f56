import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import { identity } from "../list-keys.ts";
import type { ListKeys, ObjectType, Shape } from "../shape.ts";
import { isAtomic, isAtomicType } from "./facts.ts";

/**
 * Server-side apply to a stored object by one field manager. Applied fields win. Fields that the manager applied before
 * but no longer does are removed, with everything that the server filled in below them. All other fields stay.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/ (`merge.Updater` of structured-merge-diff)
 *
 * @param mine the manifest that the manager applied before
 */
export function merge(live: JsonObject, mine: JsonObject, applied: JsonObject, type: ObjectType): JsonObject {
  return mergeObject(live, mine, applied, (key) => shapeIn(type, key)) ?? {};
}

/** The shape of a field that is merged; undefined for a field that is replaced as a whole. */
type ShapeOf = (key: string) => Shape | undefined;

function shapeIn(type: ObjectType, key: string): Shape | undefined {
  const shape = type.fields.get(key)?.shape;
  if (shape === undefined) return undefined;
  return isAtomic(type.name, key, shape.is === "type" ? shape.type.name : undefined) ? undefined : shape;
}

function mergeValue(live: Json | undefined, mine: Json | undefined, applied: Json, shape: Shape | undefined): Json {
  switch (shape?.is) {
    case "type":
      return mergeStruct(live, mine, applied, (key) => shapeIn(shape.type, key));
    case "map":
      return mergeStruct(live, mine, applied, () => shape.of);
    case "list":
      return shape.keys === undefined ? applied : mergeList(live, mine, applied, shape.of, shape.keys);
    default:
      return applied;
  }
}

/** Applying null to an existing value removes only what the manager applied. */
function mergeStruct(live: Json | undefined, mine: Json | undefined, applied: Json, shapeOf: ShapeOf): Json {
  const stored = isObject(live) ? live : {};
  if (applied !== null && !isObject(applied)) return applied;
  if (Object.keys(stored).length === 0) return applied ?? null;
  return mergeObject(stored, isObject(mine) ? mine : {}, applied ?? {}, shapeOf) ?? null;
}

function mergeObject(
  live: JsonObject,
  mine: JsonObject,
  applied: JsonObject,
  shapeOf: ShapeOf,
): JsonObject | undefined {
  const merged: [string, Json][] = [];
  for (const key of new Set([...Object.keys(live), ...Object.keys(applied)])) {
    if (Object.hasOwn(applied, key)) {
      const [before, own] = [
        Object.hasOwn(live, key) ? live[key] : undefined,
        Object.hasOwn(mine, key) ? mine[key] : undefined,
      ];
      merged.push([key, mergeValue(before, own, applied[key] ?? null, shapeOf(key))]);
    } else if (!Object.hasOwn(mine, key)) merged.push([key, live[key] as Json]);
  }
  return merged.length === 0 ? undefined : Object.fromEntries(merged);
}

function mergeList(live: Json | undefined, mine: Json | undefined, applied: Json, of: Shape, keys: ListKeys): Json {
  if (applied !== null && !Array.isArray(applied)) return applied;
  const stored = elementsOf(live, keys);
  const own = elementsOf(mine, keys);
  const wanted = elementsOf(applied, keys);
  const shape = of.is === "type" && isAtomicType(of.type.name) ? undefined : of;
  const merged = (id: string) => mergeValue(stored.get(id), own.get(id), wanted.get(id) as Json, shape);
  const isKept = (id: string) => !wanted.has(id) && !own.has(id);
  const order = orderOf([...stored.keys()], [...wanted.keys()]);
  return order.flatMap((id) => (wanted.has(id) ? [merged(id)] : isKept(id) ? [stored.get(id) as Json] : []));
}

/** Elements by identity; an element without one, or with a duplicate, by its position. */
function elementsOf(list: Json | undefined, keys: ListKeys): Map<string, Json> {
  const elements = new Map<string, Json>();
  for (const [index, element] of (Array.isArray(list) ? list : []).entries()) {
    const id = identity(element, keys);
    elements.set(id === undefined || elements.has(`=${id}`) ? `#${index}` : `=${id}`, element);
  }
  return elements;
}

/**
 * The order of the merged elements: as applied; elements that are only stored keep their place before their successors.
 */
function orderOf(stored: readonly string[], wanted: readonly string[]): string[] {
  const inWanted = new Set(wanted);
  const inStored = new Set(stored);
  const order: string[] = [];
  let next = 0;
  const takeStored = (until: string | undefined) => {
    for (; next < stored.length && stored[next] !== until; next++) {
      const id = stored[next] as string;
      if (!inWanted.has(id)) order.push(id);
    }
  };
  for (const id of wanted) {
    if (inStored.has(id) && stored.indexOf(id, next) >= 0) takeStored(id);
    order.push(id);
  }
  takeStored(undefined);
  return order;
}
