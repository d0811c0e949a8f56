import type { Type } from "./types.ts";
import { CelMap, isList, Optional, typeName, type Value } from "./values.ts";

/** Whether a value has a type, as precisely as needed to choose an overload. */
export function isA(value: Value, type: Type): boolean {
  switch (type.kind) {
    case "dyn":
    case "param":
      return true;
    case "list":
      return isList(value) && holds(value[0], type.of[0]);
    case "map":
      return value instanceof CelMap;
    case "duration":
      return typeName(value) === "google.protobuf.Duration";
    case "timestamp":
      return typeName(value) === "google.protobuf.Timestamp";
    case "opaque":
      return value instanceof Optional && holds(value.value, type.of[0]);
    default:
      return typeName(value) === type.name;
  }
}

/** Whether a value has a type, if both exist; for a list, only the first element is checked. */
function holds(value: Value | undefined, type: Type | undefined): boolean {
  return value === undefined || type === undefined || isA(value, type);
}
