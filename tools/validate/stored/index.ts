import { isObject, type JsonObject } from "../../core/json.ts";
import type { VersionSet } from "../../vocabulary/versions.ts";
import type { ObjectType } from "../shape.ts";
import { merge } from "./merge.ts";
import { strategies } from "./prepare.ts";
import { settle } from "./settle.ts";

/** The object as it is stored after a create, without what an apply does not merge. */
export function created(object: JsonObject, type: ObjectType, versions: VersionSet): JsonObject {
  const settled = settle(mergeable(object), type, versions);
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
  const settled = settle(merge(stored, mergeable(before), mergeable(after), type), type, versions);
  return strategies[type.name]?.update?.(settled, stored) ?? settled;
}

/**
 * The object after a manifest is applied to it, with the empty fields that are validated, but not stored; undefined for
 * a type that the API server changes before it validates it.
 */
export function merged(
  stored: JsonObject,
  before: JsonObject,
  after: JsonObject,
  type: ObjectType,
): JsonObject | undefined {
  if (strategies[type.name]?.update !== undefined) return undefined;
  return merge(stored, mergeable(before), mergeable(after), type);
}

/** Without the status and the fields of the server. */
function mergeable({ status: _, ...object }: JsonObject): JsonObject {
  if (!isObject(object.metadata)) return object;
  const { managedFields: __, resourceVersion: ___, ...metadata } = object.metadata;
  return { ...object, metadata };
}
