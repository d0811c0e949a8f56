import type { JsonObject } from "../../core/json.ts";
import type { VersionSet } from "../../vocabulary/versions.ts";
import type { ObjectType } from "../shape.ts";
import { merge } from "./merge.ts";
import { strategies } from "./prepare.ts";
import { settle } from "./settle.ts";

/** The object as it is stored once it was created. A status in a manifest is not. */
export function created(object: JsonObject, type: ObjectType, versions: VersionSet): JsonObject {
  const settled = settle(withoutStatus(object), type, versions);
  return strategies[type.name]?.create?.(settled) ?? settled;
}

/** The stored object after a manifest was applied over it; `before` is what was applied the last time. */
export function applied(
  stored: JsonObject,
  before: JsonObject,
  after: JsonObject,
  type: ObjectType,
  versions: VersionSet,
): JsonObject {
  const merged = merge(stored, withoutStatus(before), withoutStatus(after), type);
  const settled = settle(merged, type, versions);
  return strategies[type.name]?.update?.(settled, stored) ?? settled;
}

function withoutStatus({ status: _, ...object }: JsonObject): JsonObject {
  return object;
}
