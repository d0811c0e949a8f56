import { isObject, type Json, type JsonObject, listAt } from "../core/json.ts";
import { once } from "../core/once.ts";
import { matchesRegex } from "../core/regex.ts";
import { type Place, shown } from "../vocabulary/place.ts";
import { deepest, defaulted } from "./defaults.ts";
import { same } from "./demands/schema-tree.ts";
import { isFormat, isKnownFormat } from "./formats.ts";
import type { Limits } from "./shape.ts";

/**
 * Holds a value against the value validations of a custom resource's schema. Rules in CEL (`x-kubernetes-validations`)
 * are not evaluated.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation
 */
export function checkLimits(value: Json, limits: Limits, at: Place): void {
  const wrong = breach(isAboutFields(limits) ? defaulted(value, limits) : value, limits, 0);
  if (wrong !== undefined) at.report("Invalid", `${at.name()} ${wrong}`, undefined, "schema/value");
}

/** Whether a schema says anything of a value that its defaults could change: they are filled in first. */
const isAboutFields = once((schema: JsonObject) =>
  ["allOf", "anyOf", "oneOf", "not", "minProperties", "maxProperties"].some((key) => schema[key] !== undefined),
);

/** Null is taken for what it is, unless a default takes its place; even where an enum has it, it is no value of that. */
export function checkNull(limits: Limits, at: Place): void {
  if (limits.nullable === true || limits.default === undefined) checkLimits(null, limits, at);
}

/** What is wrong with a value, as the rest of a sentence that begins with the field's name. */
export function breach(value: Json, schema: JsonObject, depth = 0): string | undefined {
  if (depth > deepest) return undefined;
  if (value === null) return notInEnum(value, schema);
  return (
    notInEnum(value, schema) ??
    ofNumber(value, schema) ??
    ofText(value, schema) ??
    ofFormat(value, schema) ??
    ofList(value, schema, depth) ??
    ofObject(value, schema, depth) ??
    ofBranches(value, schema, depth)
  );
}

function notInEnum(value: Json, schema: JsonObject): string | undefined {
  const allowed = schema.enum;
  if (!Array.isArray(allowed) || allowed.length === 0) return undefined;
  if (value !== null && allowed.some((one) => isValue(value, one))) return undefined;
  return `is ${shown(value)}; only ${allowed.map(shown).join(", ")} ${allowed.length === 1 ? "is" : "are"} allowed`;
}

/** A fraction is held against an integer without what follows its point (`basicCommonValidator`). */
function isValue(value: Json, allowed: Json): boolean {
  const isWhole = typeof value === "number" && Number.isInteger(allowed);
  return same(isWhole ? Math.trunc(value) : value, allowed);
}

/** `numberValidator` in k8s.io/kube-openapi/pkg/validation/validate/validator.go */
function ofNumber(value: Json, schema: JsonObject): string | undefined {
  if (typeof value !== "number" && typeof value !== "bigint") return undefined;
  const { exclusiveMinimum, exclusiveMaximum } = schema;
  const [minimum, maximum, factor] = [schema.minimum, schema.maximum, schema.multipleOf].map(double);
  const what = schema.format ?? schema.type;
  const foreign = [minimum, maximum, factor].find((bound) => bound !== undefined && !isInRange(bound, schema));
  if (foreign !== undefined) return `is held against ${foreign}, which is no ${what}: no value fits`;
  if (!isInRange(value, schema)) return `is ${value}, which is no ${what}`;
  const [least, most] = [bound(minimum, value), bound(maximum, value)];
  if (least !== undefined && (exclusiveMinimum === true ? value <= least : value < least))
    return `is ${value}; it must be ${exclusiveMinimum === true ? "above" : "at least"} ${minimum}`;
  if (most !== undefined && (exclusiveMaximum === true ? value >= most : value > most))
    return `is ${value}; it must be ${exclusiveMaximum === true ? "below" : "at most"} ${maximum}`;
  if (factor === undefined || isMultiple(value, factor)) return undefined;
  return `is ${value}; it must be a multiple of ${factor}`;
}

/** A bound is a double, whatever is written. */
function double(bound: Json | undefined): number | undefined {
  return typeof bound === "number" || typeof bound === "bigint" ? Number(bound) : undefined;
}

/** The numbers of a format; those of an integer have 64 bits without one (`IsValueValidAgainstRange`). */
function isInRange(value: number | bigint, { type, format }: JsonObject): boolean {
  if (type === "integer") return isInteger(value, format === "int32" ? 32 : 64);
  return format !== "float" || Number.isFinite(Math.fround(Number(value)));
}

function isInteger(value: number | bigint, bits = 64): boolean {
  return Number.isInteger(Number(value)) && BigInt.asIntN(bits, BigInt(value)) === BigInt(value);
}

/** What a number is held against: an integer meets the whole part of a bound, as an integer (`MaximumNativeType`). */
function bound(double: number | undefined, value: number | bigint): number | bigint | undefined {
  return double !== undefined && isInteger(value) ? whole(double) : double;
}

/** Go's `int64()`. Beyond 64 bits it depends on the processor: this is that of amd64. */
function whole(double: number): bigint {
  return Math.abs(double) < 2 ** 63 ? BigInt(Math.trunc(double)) : -(2n ** 63n);
}

/** `MultipleOfNativeType` */
function isMultiple(value: number | bigint, factor: number): boolean {
  if (isInteger(value)) return whole(factor) > 0n && BigInt(value) % whole(factor) === 0n;
  return factor > 0 && isWhole(factor < 1 ? (1 / factor) * Number(value) : Number(value) / factor);
}

/**
 * Whether a double is an integer, or a little above a positive one: what is as little below it is held against the one before
 * it, and is none (`IsFloat64AJSONInteger` in github.com/go-openapi/swag).
 */
function isWhole(double: number): boolean {
  if (Math.abs(double) > Number.MAX_SAFE_INTEGER) return false;
  const part = Math.trunc(double);
  return double === part || (part > 0 && (double - part) / (double + part) < 1e-9);
}

function ofText(value: Json, schema: JsonObject): string | undefined {
  if (typeof value !== "string") return undefined;
  const { minLength, maxLength, pattern } = schema;
  const length = [...value].length;
  if (typeof minLength === "number" && length < minLength) return `is shorter than ${minLength} characters`;
  if (typeof maxLength === "number" && length > maxLength) return `is longer than ${maxLength} characters`;
  if (typeof pattern === "string" && matchesRegex(value, pattern) === false) {
    return `is ${shown(value)}, which does not match ${pattern}`;
  }
  return undefined;
}

/** A format is one of text, even where no type is given, but for lists (`typeValidator`). */
function ofFormat(value: Json, schema: JsonObject): string | undefined {
  const { format, type } = schema;
  if (typeof format !== "string" || !isKnownFormat(format) || Array.isArray(value)) return undefined;
  const isTyped = type !== undefined || schema["x-kubernetes-int-or-string"] === true;
  const fits = typeof value === "string" ? isFormat(format, value) : isTyped;
  return fits ? undefined : `is ${shown(value)}, which is no ${format}`;
}

function ofList(value: Json, schema: JsonObject, depth: number): string | undefined {
  if (!Array.isArray(value)) return undefined;
  const { minItems, maxItems } = schema;
  if (typeof minItems === "number" && value.length < minItems)
    return `has ${value.length} elements, of at least ${minItems}`;
  if (typeof maxItems === "number" && value.length > maxItems)
    return `has ${value.length} elements, of at most ${maxItems}`;
  const isRepeated = (one: Json, index: number) => value.slice(0, index).some((other) => same(one, other));
  if (schema.uniqueItems === true && value.some(isRepeated)) return "has an element twice";
  return depth === 0 ? undefined : wrongElement(value, schema, depth);
}

/** Inside `anyOf` and its like, schemas speak of elements, too. */
function wrongElement(list: readonly Json[], { items }: JsonObject, depth: number): string | undefined {
  if (!isObject(items)) return undefined;
  for (const [index, element] of list.entries()) {
    const wrong = breach(element, items, depth + 1);
    if (wrong !== undefined) return `has an element ${index} that ${wrong}`;
  }
  return undefined;
}

function ofObject(value: Json, schema: JsonObject, depth: number): string | undefined {
  if (!isObject(value)) return undefined;
  const { minProperties, maxProperties } = schema;
  const count = Object.keys(value).length;
  if (typeof minProperties === "number" && count < minProperties)
    return `has ${count} fields, of at least ${minProperties}`;
  if (typeof maxProperties === "number" && count > maxProperties)
    return `has ${count} fields, of at most ${maxProperties}`;
  if (depth === 0) return undefined;
  return absentField(value, schema) ?? wrongField(value, schema, depth);
}

/** Inside `anyOf` and its like, schemas speak of fields too. */
function absentField(value: JsonObject, schema: JsonObject): string | undefined {
  const missing = listAt(schema, "required").find((key) => typeof key === "string" && !Object.hasOwn(value, key));
  return missing === undefined ? undefined : `needs ${missing}`;
}

function wrongField(value: JsonObject, schema: JsonObject, depth: number): string | undefined {
  for (const [key, property] of Object.entries(isObject(schema.properties) ? schema.properties : {})) {
    if (!isObject(property) || !Object.hasOwn(value, key)) continue;
    const wrong = breach(value[key] as Json, property, depth + 1);
    if (wrong !== undefined) return `has a field ${key} that ${wrong}`;
  }
  return undefined;
}

function ofBranches(value: Json, schema: JsonObject, depth: number): string | undefined {
  const fits = (branch: Json) => isObject(branch) && breach(value, branch, depth + 1) === undefined;
  for (const branch of listAt(schema, "allOf")) {
    const wrong = isObject(branch) ? breach(value, branch, depth + 1) : undefined;
    if (wrong !== undefined) return wrong;
  }
  const { anyOf, oneOf, not } = schema;
  if (Array.isArray(anyOf) && anyOf.length > 0 && !anyOf.some(fits)) return alternatives(value, anyOf, depth);
  if (Array.isArray(oneOf) && oneOf.length > 0) {
    const count = oneOf.filter(fits).length;
    if (count === 0) return alternatives(value, oneOf, depth);
    if (count > 1) return `fits ${count} of the alternatives of which it must fit one`;
  }
  return isObject(not) && fits(not) ? "is what the schema excludes" : undefined;
}

function alternatives(value: Json, branches: readonly Json[], depth: number): string {
  const reasons = branches.map((branch) => (isObject(branch) ? breach(value, branch, depth + 1) : undefined));
  return [...new Set(reasons.filter((reason) => reason !== undefined))].join(", or ");
}
