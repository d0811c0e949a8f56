import type { ErrorObject, ValidateFunction } from "ajv";
import { UserError } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import { didYouMean } from "../core/nearest.ts";
import { join, tokens } from "../core/pointer.ts";
import { positionOf } from "../parse/position.ts";

/** An ajv error as a pointer and a sentence. */
export interface SchemaError {
  readonly pointer: string;
  readonly message: string;
}

/**
 * The errors of ajv's last call of `validate`, without those that only wrap a more specific error.
 *
 * @param isSecret whether the value at a pointer must not be shown
 * @param text of the file with the value, if known: numbers are then shown as written
 */
export function errorsOf(
  validate: ValidateFunction,
  isSecret = (_pointer: string) => false,
  text?: string,
): SchemaError[] {
  const errors = validate.errors ?? [];
  const specific = errors.filter((error) => !wrappers.has(error.keyword));
  return (specific.length > 0 ? specific : errors).map((error) => {
    const pointer = placeOf(error);
    return {
      pointer,
      message: sentence(error, isSecret(pointer) ? hidden : shownAs(error.data as Json, pointer, text)),
    };
  });
}

/** Stands for a value that must not be shown. */
const hidden = "the value";

/** `1.30` is the number 1.3, but is shown as written. */
function shownAs(value: Json, pointer: string, text: string | undefined): string {
  const position = text === undefined || typeof value !== "number" ? undefined : positionOf(text, 0, pointer);
  if (text === undefined || position === undefined) return show(value);
  const rest = text.split("\n")[position.line - 1]?.slice(position.column - 1) ?? "";
  const [, written] = /^(?:[\w.-]+\s*:\s+)?([\d.]+)(?![^\s,\]}])/.exec(rest) ?? [];
  return written !== undefined && Number(written) === value ? written : show(value);
}

/** The place of an error; an unknown field is reported at the field itself, not at its parent. */
function placeOf({ keyword, params, instancePath }: ErrorObject): string {
  return keyword === "additionalProperties" ? join(instancePath, String(params.additionalProperty)) : instancePath;
}

/** A suggestion for a mistyped value; empty for a value that must not be shown. */
function suggestion({ data, params }: ErrorObject, shown: string): string {
  if (typeof data !== "string" || shown === hidden) return "";
  return didYouMean(
    data,
    (params.allowedValues as Json[]).filter((one) => typeof one === "string"),
  );
}

const isMissing = " is missing";

const wrappers = new Set(["if", "allOf", "anyOf", "oneOf"]);

function sentence(error: ErrorObject, value: string): string {
  const { keyword, params } = error;
  switch (keyword) {
    case "additionalProperties": {
      const known = Object.keys((error.parentSchema?.properties as object | undefined) ?? {});
      const name = String(params.additionalProperty);
      return `"${name}" is not known here${didYouMean(name, known) || `; use one of ${known.join(", ")}`}`;
    }
    case "required":
      return `"${params.missingProperty}"${isMissing}`;
    case "const":
      return `${value} should be ${show(params.allowedValue)}`;
    case "enum":
      return `${value} should be one of ${params.allowedValues.map(show).join(", ")}${suggestion(error, value)}`;
    case "minItems":
      return "the list is empty";
    case "minLength":
      return "it is empty";
    case "minProperties":
      return tooFew(error, value);
    case "contains":
      return "no entry of the list is as required";
    case "type":
      return `${value} ${ofType(error, value)}`;
    default:
      return `${value} ${error.message ?? `fails ${keyword}`}`;
  }
}

/** Names the known fields, any of which may be the missing one. */
function tooFew({ params, parentSchema, data }: ErrorObject, value: string): string {
  if (Object.keys(data as object).length === 0) return "it is empty";
  const known = Object.keys((parentSchema?.properties as object | undefined) ?? {}).join(", ");
  return `${value} is not enough: at least ${params.limit} ${known === "" ? "fields" : `of ${known}`} are needed`;
}

/** A type error. A single value in place of a list or an object was probably meant as its only entry. */
function ofType({ params, data, parentSchema }: ErrorObject, value: string): string {
  const wanted: readonly string[] = [params.type].flat();
  const isScalar = typeof data !== "object" && value !== hidden;
  if (params.type === "array") return `should be a list${isScalar ? `: [${entryOf(parentSchema, data, value)}]` : ""}`;
  const says = `should be of type ${wanted.join(" or ")}`;
  if (params.type === "object" && isScalar) return says + fieldsWith(parentSchema, data);
  return wanted.includes("string") && isBare(data) ? `${says}: ${putInQuotes(value)}` : says;
}

/** `kubernetes: [1.30]` is the number 1.3. */
function putInQuotes(value: string): string {
  return value === hidden ? "put it in quotes" : `put it in quotes: "${value}"`;
}

function isBare(data: unknown): boolean {
  return typeof data === "number" || typeof data === "boolean";
}

function entryOf(schema: ErrorObject["parentSchema"], data: unknown, value: string): string {
  return isBare(data) && schema?.items?.type === "string" ? `"${value}"` : value;
}

/** The required fields of an object, one of which allows this value: `{ severity: off, reason: … }`. */
function fieldsWith(schema: ErrorObject["parentSchema"], data: unknown): string {
  const { required = [], properties = {} } = (schema ?? {}) as ObjectSchema;
  const fields = required.map((name) => ({ name, allows: properties[name]?.enum?.includes(data) === true }));
  if (!fields.some(({ allows }) => allows)) return "";
  return `: { ${fields.map(({ name, allows }) => `${name}: ${allows ? data : "…"}`).join(", ")} }`;
}

interface ObjectSchema {
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, { readonly enum?: readonly unknown[] }>>;
}

/** A value as JSON for a sentence, cut to 60 characters. */
export function show(value: Json | undefined): string {
  const text = JSON.stringify(value, (_, v) => (typeof v === "bigint" ? v.toString() : v)) ?? "nothing";
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/**
 * Checks a value against its schema.
 *
 * @param path of the file with the value, as shown in the error
 * @param text of that file, if known: the error then names the line
 * @throws UserError with the first error, and any other missing fields.
 */
export function demand(validate: ValidateFunction, value: unknown, path: string, text?: string): void {
  if (validate(value)) return;
  const [error, ...others] = errorsOf(validate, undefined, text);
  if (error === undefined) return;
  const shown = [error, ...others.filter(({ message }) => message.endsWith(isMissing)).slice(0, most)];
  throw new UserError(shown.map((one) => lineOf(one, path, text)).join("\n"));
}

/** Nobody reads more lines than this. */
const most = 10;

/** An error in a settings file, with its line if the text is known. */
export function errorAt(error: SchemaError, path: string, text?: string): UserError {
  return new UserError(lineOf(error, path, text));
}

function lineOf({ pointer, message }: SchemaError, path: string, text: string | undefined): string {
  const position = text === undefined ? undefined : positionOf(text, 0, pointer);
  const where = position ? `${path}:${position.line}:${position.column}` : path;
  const named = tokens(pointer).map((token) => `/${token}`);
  return [where, named.join(""), message].filter(Boolean).join(": ");
}
