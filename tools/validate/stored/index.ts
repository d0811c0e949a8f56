import type { JsonObject } from "../../core/json.ts";
import type { VersionSet } from "../../vocabulary/versions.ts";
import type { ObjectType } from "../shape.ts";
import { merge } from "./merge.ts";
import { strategies } from "./prepare.ts";
import { settle } from "./settle.ts";

/** The object as it is stored after a create, without the status of the manifest. */
export function created(object: JsonObject, type: ObjectType, versions: VersionSet): JsonObject {
  const settled = settle(withoutStatus(object), type, versions);
  return strategies[type.name]?.create?.(settled) ?? settled;
}

/** The stored object after a manifest is applied to it; `before` is the manifest that was applied last. */
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
