import type { Json } from "../core/json.ts";
import { type Check, ofGiven, type Place } from "./place.ts";

/** A syntax that text must have. As a check it leaves the empty string alone, which Go cannot tell from an absent one. */
export interface Format extends Check {
  /** Whether text is so written. */
  readonly fits: (text: string) => boolean;
  /** What is so written: "a DNS label". */
  readonly is: string;
  /** How to write it, in one sentence. */
  readonly help: string;
}

/** Names a syntax. */
export function format(is: string, help: string, fits: (text: string) => boolean): Format {
  const check = ofGiven((value, at) => {
    if (typeof value === "string" && value !== "" && !fits(value)) refuse(value, is, help, at);
  });
  return Object.assign(check, { fits, is, help });
}

function refuse(value: string, is: string, help: string, at: Place): void {
  at.invalid(`is ${at.show(value)}, which is not ${is}`, help);
}

/** The same syntax where the empty string is refused too: for pointers, and for elements of lists. */
export function evenEmpty({ fits, is, help }: Format): Check {
  return ofGiven((value, at) => {
    if (typeof value === "string" && !fits(value)) refuse(value, is, help, at);
  });
}

/** Of a string that is no pointer in Go: absent, it is empty, and is looked at. */
export function absentIsEmpty(check: Check): Check {
  return (value, at) => check(value ?? "", at);
}

/** For elements of lists of strings, where null is the empty string. */
export function element(format: Format): Check {
  return absentIsEmpty(evenEmpty(format));
}

/** One of a closed list of words. The empty string is left alone: it is absent. */
export function oneOf(...allowed: string[]): Check {
  return ofGiven((value, at) => {
    if (typeof value === "string" && value !== "" && !allowed.includes(value)) at.notSupported(value, allowed);
  });
}

/** One of a closed list of words, where the empty string is none of them: for pointers. */
export function exactlyOneWordOf(...allowed: string[]): Check {
  return ofGiven((value, at) => {
    if (typeof value === "string" && !allowed.includes(value)) at.notSupported(value, allowed);
  });
}

/** At most so many bytes of UTF-8. */
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

/** White space as Go knows it (`unicode.IsSpace`): U+0085 is some, the byte order mark is none. */
const whiteSpace = "(?:(?!\\ufeff)[\\s\\u0085])";
const isSpace = new RegExp(`^${whiteSpace}$`);

/** The fields between white space (`strings.Fields`). */
export function fieldsOf(text: string): string[] {
  return text.split(new RegExp(`${whiteSpace}+`)).filter(Boolean);
}

/** Without white space around it (`strings.TrimSpace`). */
export function trimSpace(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && isSpace.test(text.charAt(start))) start++;
  while (start < end && isSpace.test(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

/** The string at a field of an object; the empty string when there is none, as in Go. */
export function textOf(value: Json | undefined): string {
  return typeof value === "string" ? value : "";
}

/** The number at a field, or what stands for its absence. */
export function numberOf(value: Json | undefined, otherwise = 0): number {
  if (typeof value === "bigint") return Number(value);
  return typeof value === "number" ? value : otherwise;
}
