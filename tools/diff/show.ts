import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { at } from "../core/pointer.ts";
import { shortened } from "../report/words.ts";
import { quantityOf } from "../validate/vocabulary/quantity.ts";

const longest = { text: 400, value: 4000 };
const deepest = 64;

/** Fields of a Secret in which its values stand; in the annotation kubectl repeats all of them. */
const secretFields = ["data", "stringData"];
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";

/** A value as it may be shown: what a Secret holds is hidden, what is long is cut, and it can be printed as JSON. */
export function showable(value: Json | undefined, kind: string, pattern: readonly string[]): Json {
  if (value === undefined) return null;
  const open = kind === "Secret" ? hideIn(value, pattern) : value;
  const cut = cutValue(open, 0);
  const size = JSON.stringify(cut).length;
  return size <= longest.value ? cut : `(${sizeOf(value)}, ${size} characters)`;
}

function sizeOf(value: Json): string {
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return `an object of ${Object.keys(isObject(value) ? value : {}).length} fields`;
}

/** `128Mi` as the manifest has it, and not the number that the API server makes of it. */
export function asWritten(value: Json | undefined, object: JsonObject | undefined, pointer: string): Json | undefined {
  const written = object && at(object, pointer);
  if (typeof value !== "string" || written === undefined || written === value) return value;
  const quantity = quantityOf(value);
  return quantity !== undefined && quantityOf(written) === quantity ? written : value;
}

/** A Secret whose values are hidden. */
export function withoutSecrets(object: JsonObject): JsonObject {
  return object.kind === "Secret" ? (hideIn(object, []) as JsonObject) : object;
}

function hideIn(value: Json, pattern: readonly string[]): Json {
  const [first, second, third] = pattern;
  if (first === undefined) return isObject(value) ? mapped(value, (one, key) => hideIn(one, [key])) : value;
  if (secretFields.includes(first)) return hidden(value);
  if (first !== "metadata" || (second !== undefined && second !== "annotations")) return value;
  if (third === lastApplied) return hidden(value);
  if (third !== undefined || !isObject(value)) return value;
  return mapped(value, (one, key) => hideIn(one, [...pattern, key]));
}

function hidden(value: Json): Json {
  if (typeof value === "string") return `(hidden, ${value.length} characters)`;
  return isObject(value) ? mapped(value, hidden) : "(hidden)";
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

function cutText(text: string): string {
  if (text.length <= longest.text) return text;
  return `${shortened(text, longest.text)} (${text.length} characters)`;
}
