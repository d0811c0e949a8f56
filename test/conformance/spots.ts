import { isObject, type Json, type JsonObject } from "../../tools/core/json.ts";
import { join } from "../../tools/core/pointer.ts";
import type { Shape } from "../../tools/validate/shape.ts";

/** A place in a manifest that can be changed. */
export interface Spot {
  readonly path: string;
  /** The field that it belongs to; for an element, that of its list. */
  readonly field: string;
  readonly shape: Shape;
  /** Undefined if the field is absent. */
  readonly value: Json | undefined;
  readonly within: "type" | "list" | "map";
}

/** The fields that are never changed: they determine the kind and the namespace. */
const fixed = ["/apiVersion", "/kind", "/metadata/namespace"];

/** All places in a manifest, including absent fields. */
export function spotsOf(object: JsonObject, shape: Shape): Spot[] {
  const spots: Spot[] = [];
  collect(object, shape, "", "", spots);
  return spots.filter(({ path }) => !fixed.includes(path));
}

function collect(value: Json, shape: Shape, path: string, field: string, into: Spot[]): void {
  const add = (spot: Spot) => {
    into.push(spot);
    if (spot.value !== undefined && spot.value !== null) collect(spot.value, spot.shape, spot.path, spot.field, into);
  };
  if (shape.is === "type" && isObject(value)) {
    for (const [name, known] of shape.type.fields)
      add({ path: join(path, name), field: name, shape: known.shape, value: value[name], within: "type" });
  } else if (shape.is === "map" && isObject(value)) {
    for (const [key, one] of Object.entries(value))
      add({ path: join(path, key), field, shape: shape.of, value: one, within: "map" });
  } else if (shape.is === "list" && Array.isArray(value)) {
    for (const [index, one] of value.entries())
      add({ path: join(path, index), field, shape: shape.of, value: one, within: "list" });
  }
}
