import type { Json, JsonObject } from "../core/json.ts";
import type { Resource } from "../core/resource.ts";
import { resolvePlain } from "../parse/scalar.ts";

/**
 * Resources as YAML in one style: in their order, keys sorted, block style, strings plain only where every YAML version
 * reads them as strings. Depends on the values alone, so that another renderer with the same result gives the same text,
 * and reads back as the same values.
 */
export function canonical(resources: readonly Pick<Resource, "object">[]): string {
  return resources.map(({ object }) => canonicalValue(object)).join("---\n");
}

/** One value as a YAML document, with a line break at its end. */
export function canonicalValue(value: Json): string {
  const out: string[] = [];
  write(out, value, "", "root");
  return out.join("");
}

/** Where a value stands: alone in a document, behind `key:`, or behind `- `. */
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

/** YAML allows 1024 characters for a key without `?`, escapes counted. */
function keyText(key: string, indent: string): string {
  const text = isPlain(key) ? key : quoted(key);
  return text.length < 1000 ? `${text}:` : `? ${text}\n${indent}:`;
}

function scalar(value: null | boolean | number | bigint | string, indent: string): string {
  if (typeof value === "string") return stringText(value, indent);
  return typeof value === "number" ? numberText(value) : String(value);
}

/** A whole float beyond 2^53 keeps an exponent: without, it would read back as an integer. */
function numberText(value: number): string {
  if (Number.isNaN(value)) return ".nan";
  if (!Number.isFinite(value)) return value < 0 ? "-.inf" : ".inf";
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : String(value);
}

function stringText(text: string, indent: string): string {
  if (isPlain(text)) return text;
  return isLiteral(text) ? literal(text, indent === "" ? "  " : indent) : quoted(text);
}

/** Begins with a letter, a digit, `_`, `/` or a dot before one, and holds nothing that ends or comments a plain scalar. */
const plainText = /^(?:[A-Za-z0-9_/]|\.(?=[A-Za-z/]))(?:[!-9;-~]|:(?! |$)| (?![ #]|$))*$/;
/** What some YAML takes for a number, a time or a date. */
const numeric = /^[-+.]?[0-9][0-9a-fA-F_,.:xXoOTtZz+-]*$/;
const versionLike = /^[0-9]+(?:\.[0-9]+){2,}$/;

/** Longer text is quoted: there is no line to read, and the pattern would use up the stack. */
const maxPlain = 4000;

function isPlain(text: string): boolean {
  if (text.length > maxPlain || !plainText.test(text)) return false;
  if (numeric.test(text) && !versionLike.test(text)) return false;
  return typeof resolvePlain(text) === "string";
}

/** Needs several lines, and shows them as they are: no indentation at its start, no lines of nothing but blanks. */
function isLiteral(text: string): boolean {
  const newline = text.indexOf("\n");
  if (newline < 1 || /^[ \t\n]/.test(text)) return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a block scalar cannot hold
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
