import { isObject, type Json, type JsonObject, listAt, objectAt } from "../core/json.ts";
import type { Place } from "../vocabulary/place.ts";
import { defaultsOf } from "./defaults.ts";
import type { ListKeys, Shape } from "./shape.ts";

/**
 * Server-side apply, which Flux and Argo CD use, identifies the elements of a list map by their keys. It rejects
 * duplicate keys even where a create accepts them.
 * https://kubernetes.io/docs/reference/using-api/server-side-apply/#merge-strategy
 */
export function checkListKeys(
  list: readonly Json[],
  keys: ListKeys,
  at: Place,
  { of, keyDefaults = defaults }: { readonly of?: Shape; readonly keyDefaults?: JsonObject },
): void {
  for (let index = 0; index < list.length; index++) {
    const element = list[index] as Json;
    if (element === null) refuseElement(index, "is null, which server-side apply rejects", "Remove the element.", at);
    else if (keys === "set" && typeof element === "object")
      refuseElement(index, noScalar, "Use a string or a number.", at);
    else if (isAnonymous(element, keys, keyDefaults) && absenceOf(keys, at, of) === "refused")
      refuseElement(index, anonymous(keys), "Add it.", at);
  }
  if (list.length < 2) return;
  const whenAbsent = absenceOf(keys, at, of) === "empty" ? "" : undefined;
  const seen = new Map<string, Json[]>();
  for (let index = 0; index < list.length; index++) {
    const element = list[index] as Json;
    const id = identity(element, keys, keyDefaults) ?? whenAbsent;
    const alike = id === undefined ? undefined : seen.get(id);
    if (id === undefined || !alike?.some((one) => isSame(one, element, keys, keyDefaults, whenAbsent))) {
      if (alike !== undefined) alike.push(element);
      else if (id !== undefined) seen.set(id, [element]);
      continue;
    }
    at.enter(index);
    at.report("Duplicate", message(id, keys), help(keys), "apply/list-key");
    at.leave();
  }
}

function refuseElement(index: number, says: string, help: string, at: Place): void {
  at.enter(index);
  at.report("Invalid", `${at.name()} ${says}`, help, "apply/list-key");
  at.leave();
}

const noScalar = "is not a scalar, and server-side apply rejects anything else in a set";

/** Whether elements with the same identity have equal keys: 1 and "1" differ. */
function isSame(
  one: Json,
  other: Json,
  keys: ListKeys,
  keyDefaults: JsonObject,
  whenAbsent: string | undefined,
): boolean {
  if (keys === "set") return one === other;
  if (!isObject(one) || !isObject(other)) return true;
  const valueAt = (element: JsonObject, key: string) => keyValue(element, key, keyDefaults) ?? whenAbsent;
  return keys.every((key) => valueAt(one, key) === valueAt(other, key));
}

/** Whether an element has none of the keys, not even by default. */
function isAnonymous(element: Json, keys: ListKeys, keyDefaults: JsonObject): boolean {
  const isAbsent = (key: string) =>
    isObject(element) && !Object.hasOwn(element, key) && !Object.hasOwn(keyDefaults, key);
  return keys !== "set" && isObject(element) && keys.every(isAbsent);
}

/** Types whose keys are neither required nor empty by default in the schemas that server-side apply reads. */
const keyless = /^(?:core\.v1\.ObjectReference|flowcontrol\..*Condition|apiserverinternal\..*ServerStorageVersion)$/;

/**
 * How an element without its key is treated: rejected, as one with an empty key, or reported elsewhere as a missing
 * field.
 */
function absenceOf(keys: ListKeys, at: Place, of?: Shape): "refused" | "empty" | "required" {
  if (keys === "set" || of?.is !== "type") return "refused";
  const { name, fields } = of.type;
  if (keys.some((key) => fields.get(key)?.required)) return "required";
  return at.isBuiltIn && !keyless.test(name) ? "empty" : "refused";
}

function anonymous(keys: ListKeys): string {
  return `has no ${keys === "set" ? "value" : keys.join(" and no ")}, by which server-side apply identifies it`;
}

const help = (keys: ListKeys): string =>
  `Keep one of the two: server-side apply (Flux; Argo CD with ServerSideApply=true) identifies the elements by ${keys === "set" ? "their values" : "this key"}.`;

function message(id: string, keys: ListKeys): string {
  if (keys === "set") return `${id} occurs twice in a list that is a set`;
  return `two elements have the same ${keys.join(" and ")} (${id === "" ? "none" : id})`;
}

/** Defaults that the API server fills in for absent keys before it compares; null is a value, not absent. */
const defaults: JsonObject = { protocol: "TCP" };

/** How server-side apply identifies an element; undefined if it has no key. */
export function identity(element: Json, keys: ListKeys, keyDefaults = defaults): string | undefined {
  if (keys === "set") return isObject(element) || Array.isArray(element) ? undefined : String(element);
  if (!isObject(element)) return undefined;
  const first = keys[0];
  if (keys.length === 1 && first !== undefined) return keyText(element, first, keyDefaults);
  return keys.map((key) => keyText(element, key, keyDefaults) ?? "").join(", ");
}

function keyText(element: JsonObject, key: string, keyDefaults: JsonObject): string | undefined {
  const value = keyValue(element, key, keyDefaults);
  return typeof value === "string" ? value : value === undefined ? undefined : String(value);
}

function keyValue(element: JsonObject, key: string, keyDefaults: JsonObject): Json | undefined {
  return (Object.hasOwn(element, key) ? element[key] : keyDefaults[key]) ?? undefined;
}

/** The keys of a list in the schema of a custom resource; undefined if the list is atomic. */
export function keysOf(schema: JsonObject): ListKeys | undefined {
  if (schema["x-kubernetes-list-type"] === "set") return "set";
  const keys = listAt(schema, "x-kubernetes-list-map-keys").filter((key) => typeof key === "string");
  return schema["x-kubernetes-list-type"] === "map" && keys.length > 0 ? keys : undefined;
}

/** The defaults of a list's keys. */
export function keyDefaultsOf(schema: JsonObject): JsonObject {
  return defaultsOf(objectAt(schema, "items"));
}
