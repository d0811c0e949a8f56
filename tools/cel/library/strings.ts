import { findAllRegex } from "../../core/regex.ts";
import { trimSpace } from "../../vocabulary/text.ts";
import { Fault } from "../fault.ts";
import type { Library } from "../signatures.ts";
import { formatText } from "./format-text.ts";

const characters = (text: string) => [...text];

function position(index: bigint, size: number): number {
  if (index < 0n || index > BigInt(size)) throw new Fault(`index out of range: ${index}`);
  return Number(index);
}

function characterAt(text: string, index: bigint): string {
  const all = characters(text);
  return all[position(index, all.length)] ?? "";
}

function substring(text: string, from: bigint, to?: bigint): string {
  const all = characters(text);
  const [start, end] = [position(from, all.length), to === undefined ? all.length : position(to, all.length)];
  if (start > end) throw new Fault(`invalid substring range: ${start} to ${end}`);
  return all.slice(start, end).join("");
}

/**
 * Where a part starts, searching from an offset in the direction of `step`; -1 if not found. `ext/strings.go` in cel-go
 */
function search(text: string, part: string, from: bigint, step: 1 | -1): bigint {
  if (part === "") return from;
  if (from < 0n) throw new Fault(`index out of range: ${from}`);
  const [all, wanted] = [characters(text), characters(part)];
  const last = all.length - wanted.length;
  if (from >= BigInt(all.length)) return -1n;
  for (let at = step > 0 ? Number(from) : Math.min(Number(from), last); at >= 0 && at <= last; at += step) {
    if (wanted.every((one, offset) => all[at + offset] === one)) return BigInt(at);
  }
  return -1n;
}

const indexOf = (text: string, part: string, from = 0n) => search(text, part, from, 1);

function lastIndexOf(text: string, part: string, from?: bigint): bigint {
  if (from !== undefined) return search(text, part, from, -1);
  const { length } = characters(text);
  if (part === "") return BigInt(length);
  return length === 0 ? -1n : search(text, part, BigInt(length - 1), -1);
}

function replace(text: string, old: string, by: string, count = -1n): string {
  const parts = old === "" ? ["", ...characters(text), ""] : text.split(old);
  const limit = count < 0n ? parts.length - 1 : Math.min(Number(count), parts.length - 1);
  return (
    parts.slice(0, limit + 1).join(by) +
    parts
      .slice(limit + 1)
      .map((part) => old + part)
      .join("")
  );
}

function split(text: string, separator: string, limit = -1n): string[] {
  if (limit === 0n) return [];
  const parts = separator === "" ? characters(text) : text.split(separator);
  if (limit < 0n || parts.length <= Number(limit)) return parts;
  const kept = Number(limit) - 1;
  return [...parts.slice(0, kept), parts.slice(kept).join(separator)];
}

function find(text: string, pattern: string): string {
  return findAll(text, pattern, 1n)[0] ?? "";
}

function findAll(text: string, pattern: string, limit = -1n): string[] {
  const found = findAllRegex(text, pattern, limit < 0n ? undefined : Number(limit));
  if (found === undefined) throw new Fault(`Illegal regex: ${pattern}`);
  return found;
}

const ascii = (change: (letters: string) => string, letters: RegExp) => (text: string) => text.replace(letters, change);

/** https://pkg.go.dev/github.com/google/cel-go/ext#Strings, and the regular expression functions of Kubernetes. */
export const strings: Library = {
  from: "",
  functions: {
    "(string).charAt(int) -> string": characterAt,
    "(string).indexOf(string) -> int": indexOf,
    "(string).indexOf(string, int) -> int": indexOf,
    "(string).lastIndexOf(string) -> int": lastIndexOf,
    "(string).lastIndexOf(string, int) -> int": lastIndexOf,
    "(string).lowerAscii() -> string": ascii((letters) => letters.toLowerCase(), /[A-Z]+/g),
    "(string).upperAscii() -> string": ascii((letters) => letters.toUpperCase(), /[a-z]+/g),
    "(string).replace(string, string) -> string": replace,
    "(string).replace(string, string, int) -> string": replace,
    "(string).split(string) -> list(string)": split,
    "(string).split(string, int) -> list(string)": split,
    "(string).substring(int) -> string": substring,
    "(string).substring(int, int) -> string": substring,
    "(string).trim() -> string": trimSpace,
    "(string).format(list(dyn)) -> string": formatText,
    "strings.quote(string) -> string": (text: string) => JSON.stringify(text),
    "(list(string)).join() -> string": (list: readonly string[]) => list.join(""),
    "(list(string)).join(string) -> string": (list: readonly string[], between: string) => list.join(between),

    "(string).find(string) -> string": find,
    "(string).findAll(string) -> list(string)": findAll,
    "(string).findAll(string, int) -> list(string)": findAll,
  },
};
