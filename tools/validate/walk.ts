import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { type Check, type Place, shown } from "../vocabulary/place.ts";
import { type VersionSet, versionsIn, wordsFor } from "../vocabulary/versions.ts";
import { adviceOnField, adviceOnValue } from "./advice.ts";
import { decodes, typeWords } from "./decode.ts";
import { checkLimits, checkNull } from "./limits.ts";
import { checkListKeys } from "./list-keys.ts";
import type { Field, ObjectType, Scalar, Shape } from "./shape.ts";

/** Deeper than any real manifest, so that a hostile one cannot exhaust the stack. */
const deepest = 512;

/**
 * Checks a value against its shape: first what the API server's strict decoder rejects, then the validation of each
 * type (`ObjectType.demand`). Reports all problems, and never throws.
 */
export function walk(value: Json, shape: Shape, at: Place): void {
  if (value === null && shape.nullable) {
    if (shape.limits !== undefined) checkNull(shape.limits, at);
  } else if (at.depth > deepest) tooDeep(at);
  else if (descend(value, shape, at) && shape.limits !== undefined) checkLimits(value, shape.limits, at);
}

/** Reports the problems inside a value; returns whether the value itself is of the shape's type. */
function descend(value: Json, shape: Shape, at: Place): boolean {
  switch (shape.is) {
    case "any": {
      const within = isObject(value) ? shape.object : Array.isArray(value) ? shape.list : undefined;
      return within === undefined || descend(value, within, at);
    }
    case "object":
      return isObject(value) || wrongType(value, shape, at);
    case "type":
      if (!isObject(value)) return wrongType(value, shape, at);
      walkType(value, shape.type, at);
      return true;
    case "map":
      if (!isObject(value)) return wrongType(value, shape, at);
      walkMap(value, shape.of, at);
      return true;
    case "list":
      if (!Array.isArray(value)) return wrongType(value, shape, at);
      walkList(value, shape.of, at);
      // Server-side apply does not know the types in a union, so its lists have no keys.
      if (shape.keys !== undefined && !at.lenient) checkListKeys(value, shape.keys, at, shape);
      return true;
    case "either":
      return leniently(at, () => descend(value, fits(value, shape.one) ? shape.one : shape.other, at));
    default:
      return decodes(shape.is, value) || wrongType(value, shape, at);
  }
}

/** The unions of apiextensions have their own decoders, which silently drop unknown fields. */
function leniently(at: Place, check: () => boolean): boolean {
  const outer = at.lenient;
  at.lenient = true;
  const fitted = check();
  at.lenient = outer;
  return fitted;
}

function walkType(object: JsonObject, type: ObjectType, at: Place): void {
  at.open(object, type.name);
  const { fields } = type;
  // All keys of parsed data are own properties, even `__proto__`.
  for (const key in object) {
    const value = object[key] as Json;
    const field = fields.get(key);
    at.enter(key);
    if (field === undefined) {
      if (type.rest === undefined && !at.lenient) unknownField(key, type, at);
      else if (type.rest !== undefined) walk(value, type.rest, at);
    } else if ((field.versions & field.enforced & at.versions) !== at.versions) walkWindowed(value, field, at);
    else walk(value, field.shape, at);
    at.leave();
  }
  for (const key of type.awaited) {
    if ((object[key] ?? null) === null) missing(key, object, fields.get(key), at);
  }
  if (type.demand !== undefined) demand(type.demand, object, type, at);
  at.close();
}

/** Runs the check of a type for the versions that validate this place: mostly all of them. */
function demand(check: Check, object: JsonObject, type: ObjectType, at: Place): void {
  const gated = type.gated.length === 0 ? none : type.gated.filter((name) => (object[name] ?? null) !== null);
  if (gated.length > 0) demandWithout(check, object, gated, type, at);
  else if ((at.versions & ~at.enforced) === 0) check(object, at);
  else at.within(at.enforced, () => check(object, at));
}

const none: readonly string[] = [];

/** Validates the remaining fields for versions that drop some, together for all versions that drop the same fields. */
function demandWithout(check: Check, object: JsonObject, gated: readonly string[], type: ObjectType, at: Place): void {
  let left = at.versions & at.enforced;
  while (left !== 0) {
    const one = left & -left;
    const dropped = gated.filter((name) => ((type.fields.get(name)?.enforced ?? 0) & one) === 0);
    const same = gated.reduce((set, name) => {
      const enforced = type.fields.get(name)?.enforced ?? 0;
      return set & (dropped.includes(name) ? ~enforced : enforced);
    }, left);
    at.within(same, () => check(withoutFields(object, dropped), at));
    left &= ~same;
  }
}

function withoutFields(object: JsonObject, names: readonly string[]): JsonObject {
  if (names.length === 0) return object;
  return Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
}

/** Walks a field that only some versions know or validate, for these versions only. */
function walkWindowed(value: Json, field: Field, at: Place): void {
  const without = at.versions & ~field.versions;
  if (without !== 0) outsideWindow(field, without, at);
  if (value === null) return;
  const outer = at.enforced;
  at.enforced &= field.enforced;
  at.within(field.versions, () => walk(value, field.shape, at));
  at.enforced = outer;
}

function outsideWindow(field: Field, without: VersionSet, at: Place): void {
  const isNewer = without < (field.versions & -field.versions);
  const [first, last] = [versionsIn(field.versions)[0], versionsIn(field.versions).at(-1)];
  const story = isNewer ? `was added in Kubernetes ${first}` : `was last supported in Kubernetes ${last}`;
  at.report(
    "Invalid",
    `${at.name()} ${story}; unknown to ${wordsFor(without)}`,
    "Remove the field or check only against versions that support it.",
    "schema/unknown-field",
  );
}

function walkMap(object: JsonObject, of: Shape, at: Place): void {
  for (const key in object) {
    at.enter(key);
    walk(filled(object[key] as Json, of, at), of, at);
    at.leave();
  }
}

function walkList(list: Json[], of: Shape, at: Place): void {
  for (let index = 0; index < list.length; index++) {
    at.enter(index);
    walk(filled(list[index] as Json, of, at), of, at);
    at.leave();
  }
}

/** Where Go has a struct instead of a pointer, null is an empty struct. */
function filled(element: Json, of: Shape, at: Place): Json {
  return element === null && of.is === "type" && at.isBuiltIn ? nothing : element;
}

function fits(value: Json, shape: Shape): boolean {
  if (shape.is === "type") return isObject(value);
  return shape.is === "list" ? Array.isArray(value) : typeof value === "boolean";
}

function unknownField(key: string, type: ObjectType, at: Place): void {
  const help = adviceOnField(key, type, at);
  at.report("Invalid", `${at.name()} is not a field of ${shortName(type.name)}`, help, "schema/unknown-field");
}

/** Handles a required or filled field that is absent or null. */
function missing(key: string, object: JsonObject, field: Field | undefined, at: Place): void {
  if (field === undefined || (field.versions & field.enforced & at.enforced & at.versions) === 0) return;
  // A null that is not accepted has already been reported as a wrong type.
  if ((field.takesNull || !field.shape.nullable) && Object.hasOwn(object, key)) return;
  at.enter(key);
  if (field.required) at.report("Required", `${at.name()} is required`, undefined, "schema/required");
  else walk(nothing, field.shape, at);
  at.leave();
}

/** The value of an absent struct. */
const nothing: JsonObject = Object.freeze({});

function wrongType(value: Json, shape: Shape, at: Place): false {
  const expected = expectations[shape.is as keyof typeof expectations] ?? typeWords[shape.is as Scalar];
  const message = `${at.name()} is ${describe(value, at)}; expected ${expected}`;
  at.report("TypeInvalid", message, adviceOnValue(value, shape, at), "schema/type");
  return false;
}

const expectations = { list: "a list", map: "a map", object: "an object", type: "an object" };

function describe(value: Json, at: Place): string {
  if (typeof value === "string") return at.isHidden ? "a string" : `the string ${shown(value)}`;
  if (typeof value === "number" || typeof value === "bigint") return at.isHidden ? "a number" : `the number ${value}`;
  return typeof value === "boolean" && at.isHidden ? "a boolean" : shown(value);
}

function tooDeep(at: Place): void {
  at.report("Invalid", `the manifest is nested deeper than ${deepest} levels`, undefined, "schema/value");
}

/** `core.v1.Container` → `Container`; `Application.spec.source` → `source`. */
function shortName(type: string): string {
  return type.slice(type.lastIndexOf(".") + 1);
}
