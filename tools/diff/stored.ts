import { isObject, type Json, type JsonObject } from "../core/json.ts";
import type { Resource } from "../core/resource.ts";
import { builtInType } from "../validate/built-in.ts";
import { type FieldDifference, fieldDifferences } from "../validate/differences.ts";
import type { ValidateOptions } from "../validate/index.ts";
import type { ObjectType } from "../validate/shape.ts";
import { applied, created } from "../validate/stored/index.ts";
import { made } from "../validate/stored/prepare.ts";
import { allocatedAddress } from "../validate/stored/service.ts";
import { settle } from "../validate/stored/settle.ts";
import { versionSet } from "../vocabulary/versions.ts";

/**
 * What changes in the stored object when the new manifest is applied over the old one: defaults, notations of quantities, empty
 * values and comments make no difference, and values filled in by the server are included. For a custom kind, this covers
 * metadata and the defaults in its schema; manifests of an unknown kind are compared as they are.
 *
 * @param isRecreated whether the object is deleted first: the new one then keeps nothing of it
 */
export function storedDifferences(
  before: Resource,
  after: Resource,
  options: ValidateOptions,
  isRecreated = false,
): FieldDifference[] {
  const [was, is] = [before, after].map(({ apiVersion, kind }) => options.schemas.kind(apiVersion, kind));
  const version = before.apiVersion === after.apiVersion ? [] : moved(before, after);
  if (is?.stored !== undefined && was === is) {
    const stateOf = ({ object }: Resource) => customState(is.stored?.(object) ?? object, options);
    return fieldDifferences(stateOf(before), stateOf(after), is.type);
  }
  if (!is?.isBuiltIn) return fieldDifferences(before.object, after.object, is?.type);
  // Another API version may name fields differently, so there is nothing to merge.
  const isMerged = was === is && !isRecreated;
  const { stored, next } = states(before.object, after.object, was?.type ?? is.type, is.type, isMerged, options);
  return [...version, ...fieldDifferences(stored, next, is.type).filter(({ before }) => !isOfCluster(before))];
}

function customState({ metadata, ...others }: JsonObject, { versions }: ValidateOptions): JsonObject {
  const settled = isObject(metadata) ? settle(metadata, builtInType("meta.v1.ObjectMeta"), versionSet(versions)) : {};
  return ownPart({ metadata: settled, ...others });
}

/** A placeholder for a value chosen by the cluster: the manifest may now contain that same value. */
function isOfCluster(value: Json | undefined): boolean {
  return [value].flat().some((one) => one === made || one === allocatedAddress);
}

function states(
  before: JsonObject,
  after: JsonObject,
  was: ObjectType,
  is: ObjectType,
  isMerged: boolean,
  options: ValidateOptions,
): { stored: JsonObject; next: JsonObject } {
  const versions = versionSet(options.versions);
  const stored = created(before, was, versions);
  const next = isMerged ? applied(stored, before, after, is, versions) : created(after, is, versions);
  return { stored: ownPart(stored), next: ownPart(next) };
}

/** Fields that only the API server sets (`rest.BeforeUpdate`, `rest.FillObjectMetaSystemFields`). */
const ofServer = ["creationTimestamp", "generation", "managedFields", "selfLink"];

/** The part that manifests decide; the API version is compared separately. */
function ownPart({ apiVersion: _, kind: __, metadata, ...object }: JsonObject): JsonObject {
  if (!isObject(metadata)) return object;
  return { metadata: without(metadata, ofServer), ...object };
}

function without(object: JsonObject, fields: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([field]) => !fields.includes(field)));
}

function moved(before: Resource, after: Resource): FieldDifference[] {
  const seat = { pointer: "/apiVersion", path: "apiVersion", pattern: ["apiVersion"] };
  return [{ ...seat, before: before.apiVersion, after: after.apiVersion }];
}
