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
 */
export function errorsOf(validate: ValidateFunction, isSecret = (_pointer: string) => false): SchemaError[] {
  const errors = validate.errors ?? [];
  const specific = errors.filter((error) => !wrappers.has(error.keyword));
  return (specific.length > 0 ? specific : errors).map((error) => {
    const pointer = placeOf(error);
    return { pointer, message: sentence(error, isSecret(pointer) ? "the value" : show(error.data as Json)) };
  });
}

/** The place of an error; an unknown field is reported at the field itself, not at its parent. */
function placeOf({ keyword, params, instancePath }: ErrorObject): string {
  return keyword === "additionalProperties" ? join(instancePath, String(params.additionalProperty)) : instancePath;
}

/** A suggestion for a mistyped value; empty for a value that must not be shown. */
function suggestion({ data, params }: ErrorObject, shown: string): string {
  if (typeof data !== "string" || shown !== show(data)) return "";
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
      return ofType(params.type, error.data as Json, value);
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

/** A type error. A single value in place of a list was probably meant as its only entry. */
function ofType(wanted: string | readonly string[], data: Json, value: string): string {
  const isEntry = typeof data !== "object" && value === show(data);
  if (wanted === "array") return `${value} should be a list${isEntry ? `: [${value}]` : ""}`;
  return `${value} should be of type ${[wanted].flat().join(" or ")}${quotes(wanted, data)}`;
}

/** `kubernetes: [1.30]` is the number 1.3. */
function quotes(wanted: unknown, data: unknown): string {
  const isBare = typeof data === "number" || typeof data === "boolean";
  return isBare && [wanted].flat().includes("string") ? ": put it in quotes" : "";
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
  const [error, ...others] = errorsOf(validate);
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
