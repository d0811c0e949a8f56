import { amount } from "../core/amount.ts";
import { isObject, type Json, type JsonObject, objectAt } from "../core/json.ts";
import { at } from "../core/pointer.ts";
import { fromDifference, shortened } from "../report/words.ts";
import { quantityOf } from "../vocabulary/quantity.ts";

const longest = { text: 400, value: 4000 };
const deepest = 64;

/** The fields with a Secret's values; kubectl repeats all of them in the annotation. */
const secretFields = ["data", "stringData"];
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";

/**
 * The old and the new value of a field, safe to print as JSON: values of Secrets are hidden, long values are shortened.
 *
 * @param conceal hides secrets anywhere else, before anything is cut: a part of a secret would not be recognised
 */
export function showable(
  values: readonly [Json | undefined, Json | undefined],
  kind: string,
  pattern: readonly string[],
  conceal: <T>(shown: T) => T,
): [Json, Json] {
  const [was, is] = values.map((value): Json => {
    if (value === undefined) return null;
    return conceal(kind === "Secret" ? hideIn(value, pattern) : value);
  }) as [Json, Json];
  const isText = typeof was === "string" && typeof is === "string";
  const [before, after] = isText ? fromDifference(was, is, longest.text) : [was, is];
  return [cut(before, was), cut(after, is)];
}

function cut(value: Json, whole: Json): Json {
  const short = typeof value === "string" ? cutText(value, String(whole).length) : cutValue(value, 0);
  const size = JSON.stringify(short).length;
  return size <= longest.value ? short : `(${sizeOf(whole)}, ${size} characters)`;
}

function sizeOf(value: Json): string {
  if (Array.isArray(value)) return `a list of ${amount(value.length, "item")}`;
  return `an object with ${amount(Object.keys(isObject(value) ? value : {}).length, "field")}`;
}

/** A quantity as written in the manifest (`128Mi`), not in the API server's canonical form. */
export function asWritten(value: Json | undefined, object: JsonObject | undefined, pointer: string): Json | undefined {
  const written = object && at(object, pointer);
  if (typeof value !== "string" || written === undefined || written === value) return value;
  const quantity = quantityOf(value);
  return quantity !== undefined && quantityOf(written) === quantity ? written : value;
}

/** Two states of an object, with the values of Secrets hidden and the changed values marked. */
export function hiddenSecrets(
  before: JsonObject | undefined,
  after: JsonObject | undefined,
): [JsonObject | undefined, JsonObject | undefined] {
  const [was, is] = [before && withoutSecrets(before), after && withoutSecrets(after)];
  return [was, is && before && after ? marked(is, before, after) : is];
}

function withoutSecrets(object: JsonObject): JsonObject {
  return object.kind === "Secret" ? (hideIn(object, []) as JsonObject) : object;
}

function marked(hiddenOne: JsonObject, before: JsonObject, after: JsonObject): JsonObject {
  if (after.kind !== "Secret") return hiddenOne;
  return mapped(hiddenOne, (value, field) => {
    const [was, is] = [objectAt(before, field), objectAt(after, field)];
    if (!secretFields.includes(field) || !isObject(value)) return value;
    return mapped(value, (text, key) =>
      was && is && was[key] !== is[key] ? String(text).replace(/\)$/, ", changed)") : text,
    );
  });
}

function hideIn(value: Json, pattern: readonly string[]): Json {
  const [first, second, third] = pattern;
  if (first === undefined) return isObject(value) ? mapped(value, (one, key) => hideIn(one, [key])) : value;
  if (secretFields.includes(first)) return hidden(value, first);
  if (first !== "metadata" || (second !== undefined && second !== "annotations")) return value;
  if (third === lastApplied) return hidden(value, third);
  if (third !== undefined || !isObject(value)) return value;
  return mapped(value, (one, key) => hideIn(one, [...pattern, key]));
}

/** The mask that kubectl diff prints instead of a value: https://kubernetes.io/docs/reference/kubectl/generated/kubectl_diff/ */
const isMasked = /^\*{3}(?: \((?:before|after)\))?$/;

/** Shows only the length of a value, decoded if it is in `data`. */
function hidden(value: Json, field: string): Json {
  if (isObject(value)) return mapped(value, (one) => hidden(one, field));
  if (typeof value !== "string" || isMasked.test(value)) return "(hidden)";
  return `(hidden, ${Buffer.byteLength(value, field === "data" ? "base64" : "utf8")} bytes)`;
}

function mapped(object: JsonObject, change: (value: Json, key: string) => Json): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value, key)]));
}

function cutValue(value: Json, depth: number): Json {
  if (depth > deepest) return "…";
  if (typeof value === "bigint") return String(value);
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "string") return cutText(value);
  if (Array.isArray(value)) return value.map((one) => cutValue(one, depth + 1));
  if (!isObject(value)) return value;
  return mapped(value, (one) => cutValue(one, depth + 1));
}

/** @param length the number of characters of the whole text */
function cutText(text: string, length = text.length): string {
  return length <= longest.text ? text : `${shortened(text, longest.text)} (${length} characters)`;
}
