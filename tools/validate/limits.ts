import { amount } from "../core/amount.ts";
import { isObject, type Json, type JsonObject, listAt } from "../core/json.ts";
import { once } from "../core/once.ts";
import { matchesRegex } from "../core/regex.ts";
import { type Place, shown } from "../vocabulary/place.ts";
import { adviceOnDuration } from "./advice.ts";
import { deepest, defaulted } from "./defaults.ts";
import { same } from "./demands/schema-tree.ts";
import { isFormat, isKnownFormat } from "./formats.ts";
import type { Limits } from "./shape.ts";

/**
 * Checks a value against the value validations of a custom resource's schema, without its CEL rules
 * (`x-kubernetes-validations`).
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#validation
 */
export function checkLimits(value: Json, limits: Limits, at: Place): void {
  const wrong = breach(dependsOnDefaults(limits) ? defaulted(value, limits) : value, limits, 0);
  if (wrong === undefined) return;
  at.report("Invalid", `${at.name()} ${wrong}`, adviceOnDuration(value, limits.pattern), "schema/value");
}

/** Whether defaults could change the result of the validation; if so, they are filled in first. */
const dependsOnDefaults = once((schema: JsonObject) =>
  ["allOf", "anyOf", "oneOf", "not", "minProperties", "maxProperties"].some((key) => schema[key] !== undefined),
);

/**
 * Checks a null, which is not replaced if the field is nullable or has no default. An enum never allows it, even if it
 * lists it.
 */
export function checkNull(limits: Limits, at: Place): void {
  if (limits.nullable === true || limits.default === undefined) checkLimits(null, limits, at);
}

/** What is wrong with a value, as the end of a sentence that begins with the field's name; undefined if nothing is. */
export function breach(value: Json, schema: JsonObject, depth = 0): string | undefined {
  if (depth > deepest) return undefined;
  if (value === null) return notInEnum(value, schema);
  return (
    // In a branch, only the two types of `x-kubernetes-int-or-string` are allowed, but not only together with it.
    (depth > 0 ? wrongType(value, schema) : undefined) ??
    notInEnum(value, schema) ??
    ofNumber(value, schema) ??
    ofText(value, schema) ??
    ofFormat(value, schema) ??
    ofList(value, schema, depth) ??
    ofObject(value, schema, depth) ??
    ofBranches(value, schema, depth)
  );
}

/** The types of OpenAPI; no value is of any other type. */
const types: Readonly<Record<string, (value: Json) => boolean>> = {
  array: Array.isArray,
  boolean: (value) => typeof value === "boolean",
  integer: (value) => typeof value === "bigint" || Number.isInteger(value),
  number: (value) => typeof value === "number" || typeof value === "bigint",
  object: isObject,
  string: (value) => typeof value === "string",
};

/** The type of x-kubernetes-int-or-string is not checked here (`toKubeOpenAPI` of structural schemas). */
export function wrongType(value: Json, { type }: JsonObject): string | undefined {
  if (typeof type !== "string" || type === "") return undefined;
  const fits = Object.hasOwn(types, type) && types[type]?.(value) === true;
  return fits ? undefined : `is ${shown(value)}; expected type ${type}`;
}

function notInEnum(value: Json, schema: JsonObject): string | undefined {
  const allowed = schema.enum;
  if (!Array.isArray(allowed) || allowed.length === 0) return undefined;
  if (value !== null && allowed.some((one) => isValue(value, one))) return undefined;
  return `is ${shown(value)}; only ${allowed.map(shown).join(", ")} ${allowed.length === 1 ? "is" : "are"} allowed`;
}

/** A fraction is truncated before it is compared with an integer (`basicCommonValidator`). */
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
  if (foreign !== undefined)
    return `has the bound ${foreign} in its schema, which is not of type ${what}: no value is valid`;
  if (!isInRange(value, schema)) return `is ${value}, which is not of type ${what}`;
  const [least, most] = [bound(minimum, value), bound(maximum, value)];
  if (least !== undefined && (exclusiveMinimum === true ? value <= least : value < least))
    return `is ${value}; it must be ${exclusiveMinimum === true ? "above" : "at least"} ${minimum}`;
  if (most !== undefined && (exclusiveMaximum === true ? value >= most : value > most))
    return `is ${value}; it must be ${exclusiveMaximum === true ? "below" : "at most"} ${maximum}`;
  if (factor === undefined || isMultiple(value, factor)) return undefined;
  return `is ${value}; it must be a multiple of ${factor}`;
}

/** Every bound is a double. */
function double(bound: Json | undefined): number | undefined {
  return typeof bound === "number" || typeof bound === "bigint" ? Number(bound) : undefined;
}

/**
 * Whether a number is in the range of its format; integers without a format have 64 bits (`IsValueValidAgainstRange`).
 * Without a type, as in branches, formats of numbers are ignored (`StripUnsupportedFormatsPostProcessorForVersion`).
 */
function isInRange(value: number | bigint, { type, format }: JsonObject): boolean {
  if (type === "integer") return isInteger(value, format === "int32" ? 32 : 64);
  return type !== "number" || format !== "float" || Number.isFinite(Math.fround(Number(value)));
}

function isInteger(value: number | bigint, bits = 64): boolean {
  return Number.isInteger(Number(value)) && BigInt.asIntN(bits, BigInt(value)) === BigInt(value);
}

/** The bound for a number: for an integer, the truncated bound (`MaximumNativeType`). */
function bound(double: number | undefined, value: number | bigint): number | bigint | undefined {
  return double !== undefined && isInteger(value) ? whole(double) : double;
}

/** Go's `int64()`. Beyond 64 bits, the result depends on the processor; this is the result on amd64. */
function whole(double: number): bigint {
  return Math.abs(double) < 2 ** 63 ? BigInt(Math.trunc(double)) : -(2n ** 63n);
}

/** `MultipleOfNativeType` */
function isMultiple(value: number | bigint, factor: number): boolean {
  if (isInteger(value)) return whole(factor) > 0n && BigInt(value) % whole(factor) === 0n;
  return factor > 0 && isWhole(factor < 1 ? (1 / factor) * Number(value) : Number(value) / factor);
}

/**
 * Whether a double is an integer or slightly above a positive one. A double slightly below an integer does not count,
 * because it is compared with the truncated value (`IsFloat64AJSONInteger` in github.com/go-openapi/swag).
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
  if (typeof minLength === "number" && length < minLength)
    return minLength === 1 ? "is empty" : `is shorter than ${minLength} characters`;
  if (typeof maxLength === "number" && length > maxLength)
    return `is longer than ${maxLength} character${maxLength === 1 ? "" : "s"}`;
  if (typeof pattern === "string" && matchesRegex(value, pattern) === false) {
    return `is ${shown(value)}, which does not match ${pattern}`;
  }
  return undefined;
}

/** Formats apply to strings. A schema with a type rejects any other value but a list (`typeValidator`). */
function ofFormat(value: Json, schema: JsonObject): string | undefined {
  const { format, type } = schema;
  if (typeof format !== "string" || !isKnownFormat(format) || Array.isArray(value)) return undefined;
  const isTyped = type !== undefined || schema["x-kubernetes-int-or-string"] === true;
  const fits = typeof value === "string" ? isFormat(format, value) : isTyped;
  return fits ? undefined : `is ${shown(value)}, which is not ${format === "byte" ? "base64" : `a valid ${format}`}`;
}

function verb(count: number): string {
  return count === 1 ? "is" : "are";
}

function ofList(value: Json, schema: JsonObject, depth: number): string | undefined {
  if (!Array.isArray(value)) return undefined;
  const { minItems, maxItems } = schema;
  if (typeof minItems === "number" && value.length < minItems)
    return `has ${amount(value.length, "element")}; at least ${minItems} ${verb(minItems)} required`;
  if (typeof maxItems === "number" && value.length > maxItems)
    return `has ${amount(value.length, "element")}; at most ${maxItems} ${verb(maxItems)} allowed`;
  const isRepeated = (one: Json, index: number) => value.slice(0, index).some((other) => same(one, other));
  if (schema.uniqueItems === true && value.some(isRepeated)) return "has a duplicate element";
  return depth === 0 ? undefined : wrongElement(value, schema, depth);
}

/** Schemas in `anyOf`, `oneOf`, `allOf` and `not` can describe elements, too. */
function wrongElement(list: readonly Json[], { items }: JsonObject, depth: number): string | undefined {
  if (!isObject(items)) return undefined;
  for (const [index, element] of list.entries()) {
    const wrong = breach(element, items, depth + 1);
    if (wrong !== undefined) return `has element ${index}, which ${wrong}`;
  }
  return undefined;
}

function ofObject(value: Json, schema: JsonObject, depth: number): string | undefined {
  if (!isObject(value)) return undefined;
  const { minProperties, maxProperties } = schema;
  const count = Object.keys(value).length;
  if (typeof minProperties === "number" && count < minProperties)
    return `has ${amount(count, "field")}; at least ${minProperties} ${verb(minProperties)} required`;
  if (typeof maxProperties === "number" && count > maxProperties)
    return `has ${amount(count, "field")}; at most ${maxProperties} ${verb(maxProperties)} allowed`;
  if (depth === 0) return undefined;
  return absentField(value, schema) ?? wrongField(value, schema, depth);
}

/** Schemas in `anyOf`, `oneOf`, `allOf` and `not` can require fields, too. */
function absentField(value: JsonObject, schema: JsonObject): string | undefined {
  const missing = listAt(schema, "required").find((key) => typeof key === "string" && !Object.hasOwn(value, key));
  return missing === undefined ? undefined : `needs ${missing}`;
}

function wrongField(value: JsonObject, schema: JsonObject, depth: number): string | undefined {
  for (const [key, property] of Object.entries(isObject(schema.properties) ? schema.properties : {})) {
    if (!isObject(property) || !Object.hasOwn(value, key)) continue;
    const wrong = breach(value[key] as Json, property, depth + 1);
    if (wrong !== undefined) return `has the field ${key}, which ${wrong}`;
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
    if (count > 1) return `matches ${count} of the alternatives; it must match exactly one`;
  }
  return isObject(not) && fits(not) ? "is excluded by the schema" : undefined;
}

function alternatives(value: Json, branches: readonly Json[], depth: number): string {
  const reasons = branches.map((branch) => (isObject(branch) ? breach(value, branch, depth + 1) : undefined));
  return [...new Set(reasons.filter((reason) => reason !== undefined))].join(", or ");
}
