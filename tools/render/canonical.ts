import type { Json, JsonObject } from "../core/json.ts";
import type { Resource } from "../core/resource.ts";
import { resolvePlain } from "../parse/scalar.ts";

/**
 * Resources as YAML in one style: in their order, with sorted keys, in block style, and with plain strings only if
 * every YAML version reads them as strings. The text depends on the values alone, so that other renderers with the same
 * result give the same text, and it reads back as the same values.
 */
export function canonical(resources: readonly Pick<Resource, "object">[]): string {
  return resources.map(({ object }) => canonicalValue(object)).join("---\n");
}

/** A value as a YAML document, with a line break at its end. */
export function canonicalValue(value: Json): string {
  const out: string[] = [];
  write(out, value, "", "root");
  return out.join("");
}

/** Where a value is: alone in a document, after `key:`, or after `- `. */
type Seat = "root" | "key" | "dash";

function write(out: string[], value: Json, indent: string, seat: Seat): void {
  if (typeof value !== "object" || value === null) out.push(lead(seat), scalar(value, indent), "\n");
  else if (Array.isArray(value)) writeList(out, value, indent, seat);
  else writeObject(out, value, indent, seat);
}

function lead(seat: Seat): string {
  return seat === "key" ? " " : "";
}

function writeList(out: string[], list: readonly Json[], indent: string, seat: Seat): void {
  if (list.length === 0) {
    out.push(lead(seat), "[]\n");
    return;
  }
  if (seat === "key") out.push("\n");
  list.forEach((item, index) => {
    out.push(index === 0 && seat === "dash" ? "- " : `${indent}- `);
    write(out, item, `${indent}  `, "dash");
  });
}

function writeObject(out: string[], object: JsonObject, indent: string, seat: Seat): void {
  const keys = Object.keys(object).sort();
  if (keys.length === 0) {
    out.push(lead(seat), "{}\n");
    return;
  }
  if (seat === "key") out.push("\n");
  keys.forEach((key, index) => {
    const value = object[key] as Json;
    out.push(index === 0 && seat === "dash" ? "" : indent, keyText(key, indent));
    write(out, value, Array.isArray(value) ? indent : `${indent}  `, "key");
  });
}

/** YAML allows 1024 characters for a key without `?`, including escapes. */
function keyText(key: string, indent: string): string {
  const text = isPlain(key) ? key : quoted(key);
  return text.length < 1000 ? `${text}:` : `? ${text}\n${indent}:`;
}

function scalar(value: null | boolean | number | bigint | string, indent: string): string {
  if (typeof value === "string") return stringText(value, indent);
  return typeof value === "number" ? numberText(value) : String(value);
}

/** A whole float beyond 2^53 keeps its exponent: without it, it would read back as an integer. */
function numberText(value: number): string {
  if (Number.isNaN(value)) return ".nan";
  if (!Number.isFinite(value)) return value < 0 ? "-.inf" : ".inf";
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : String(value);
}

function stringText(text: string, indent: string): string {
  if (isPlain(text)) return text;
  return isLiteral(text) ? literal(text, indent === "" ? "  " : indent) : quoted(text);
}

/**
 * Starts with a letter, a digit, `_`, `/`, or a dot and a letter or `/`; contains nothing that would end a plain
 * scalar.
 */
const plainText = /^(?:[A-Za-z0-9_/]|\.(?=[A-Za-z/]))(?:[!-9;-~]|:(?! |$)| (?![ #]|$))*$/;
/** What some YAML version reads as a number, a time or a date. */
const numeric = /^[-+.]?[0-9][0-9a-fA-F_,.:xXoOTtZz+-]*$/;
const versionLike = /^[0-9]+(?:\.[0-9]+){2,}$/;

/** Longer text is quoted: nobody reads such a line, and the pattern would exhaust the stack. */
const maxPlain = 4000;

function isPlain(text: string): boolean {
  if (text.length > maxPlain || !plainText.test(text)) return false;
  if (numeric.test(text) && !versionLike.test(text)) return false;
  return typeof resolvePlain(text) === "string";
}

/**
 * Whether a text has several lines and fits a literal block: no indentation at its start, no lines with only blanks.
 */
function isLiteral(text: string): boolean {
  const newline = text.indexOf("\n");
  if (newline < 1 || /^[ \t\n]/.test(text)) return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: a block scalar cannot contain these
  return !/[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|\p{Surrogate}|^[ \t]+$/mu.test(text);
}

function literal(text: string, indent: string): string {
  const kept = text.endsWith("\n\n") ? "+" : text.endsWith("\n") ? "" : "-";
  const body = text.endsWith("\n") ? text.slice(0, -1) : text;
  return `|${kept}\n${body.replace(/^(?=[^\n])/gm, indent)}`;
}

const escaped = /[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]/g;

function quoted(text: string): string {
  return JSON.stringify(text).replace(escaped, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
