import type { Json } from "../core/json.ts";
import { type Check, ofGiven, type Place } from "./place.ts";

/** A text format. As a check, it ignores the empty string, which Go cannot tell from an absent one. */
export interface Format extends Check {
  /** Whether a text has this format. */
  readonly fits: (text: string) => boolean;
  /** A text of this format: `a DNS label`. */
  readonly is: string;
  /** What is wrong with any other text: `is not a DNS label`. */
  readonly fault: string;
  /** How to fix it, in one sentence. */
  readonly help: string;
}

/** Defines a format by the parts of {@link Format}. */
export function format(
  is: string,
  help: string,
  fits: (text: string) => boolean,
  fault: string = `is not ${is}`,
): Format {
  const check = ofGiven((value, at) => {
    if (typeof value === "string" && value !== "" && !fits(value)) reject(value, fault, help, at);
  });
  return Object.assign(check, { fits, is, fault, help });
}

function reject(value: string, fault: string, help: string, at: Place): void {
  at.invalid(`is ${at.show(value)}, which ${fault}`, help);
}

/** The same format, but it rejects the empty string too: for pointers and elements of lists. */
export function evenEmpty({ fits, fault, help }: Format): Check {
  return ofGiven((value, at) => {
    if (typeof value === "string" && !fits(value)) reject(value, fault, help, at);
  });
}

/** For a string that is not a pointer in Go: checks an absent one as the empty string. */
export function absentIsEmpty(check: Check): Check {
  return (value, at) => check(value ?? "", at);
}

/** A format for elements of lists, where null counts as the empty string. */
export function element(format: Format): Check {
  return absentIsEmpty(evenEmpty(format));
}

/** One of a closed list of words. The empty string counts as absent. */
export function oneOf(...allowed: string[]): Check {
  return ofGiven((value, at) => {
    if (typeof value === "string" && value !== "" && !allowed.includes(value)) at.notSupported(value, allowed);
  });
}

/** One of a closed list of words. It rejects the empty string too: for pointers. */
export function exactlyOneWordOf(...allowed: string[]): Check {
  return ofGiven((value, at) => {
    if (typeof value === "string" && !allowed.includes(value)) at.notSupported(value, allowed);
  });
}

/** At most `limit` bytes of UTF-8. */
export function maxLength(limit: number): Check {
  return ofGiven((value, at) => {
    if (typeof value === "string" && byteLength(value) > limit) at.tooLong(limit, "bytes");
  });
}

/** The bytes of a string in UTF-8; unpaired surrogates count as the replacement character. */
export function byteLength(text: string): number {
  return isAscii(text) ? text.length : new TextEncoder().encode(text).length;
}

function isAscii(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) > 127) return false;
  return true;
}

/** White space in Go (`unicode.IsSpace`): includes U+0085, but not the byte order mark. */
const whiteSpace = "(?:(?!\\ufeff)[\\s\\u0085])";
const isSpace = new RegExp(`^${whiteSpace}$`);

/** Splits a text at white space (`strings.Fields`). */
export function fieldsOf(text: string): string[] {
  return text.split(new RegExp(`${whiteSpace}+`)).filter(Boolean);
}

/** Removes white space from both ends (`strings.TrimSpace`). */
export function trimSpace(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isSpace.test(text.charAt(start))) start++;
  while (start < end && isSpace.test(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

/** The value if it is a string; otherwise the empty string, like in Go. */
export function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

/** The value as a number; `otherwise` if it is not a number. */
export function numberOf(value: Json | undefined, otherwise = 0): number {
  if (typeof value === "bigint") return Number(value);
  return typeof value === "number" ? value : otherwise;
}
