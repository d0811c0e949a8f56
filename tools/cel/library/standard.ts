// biome-ignore lint/style/noRestrictedImports: it only computes.
import { isUtf8 } from "node:buffer";
import { matchesRegex } from "../../core/regex.ts";
import { Fault } from "../fault.ts";
import type { Functions, Library } from "../signatures.ts";
import { durationText, floorDivide, inRange, parseDuration, parseTimestamp, timestampText } from "../time.ts";
import { zoneOffset } from "../time-zone.ts";
import { type CelMap, type Duration, Timestamp, TypeValue, typeName, Uint, type Value } from "../values.ts";
import { int64, uint64 } from "./operators.ts";

const codePoints = (text: string) => BigInt([...text].length);
const length = (list: readonly Value[] | Uint8Array) => BigInt(list.length);
const entries = (map: CelMap) => BigInt(map.size);

function wholeNumber(text: string, pattern = /^[+-]?\d+$/): bigint {
  if (!pattern.test(text)) throw new Fault(`${JSON.stringify(text)} is not an integer`);
  return BigInt(text.replace(/^\+/, ""));
}

const digits = "\\d(?:_?\\d)*";
const decimalNumber = new RegExp(`^[+-]?(?:${digits}(?:\\.(?:${digits})?)?|\\.${digits})(?:e[+-]?${digits})?$`, "i");

/** Parses a number as Go's `strconv.ParseFloat` does. */
function fraction(text: string): number {
  if (/^[+-]?inf(inity)?$/i.test(text)) return text.startsWith("-") ? -Infinity : Infinity;
  if (/^nan$/i.test(text)) return Number.NaN;
  const value = decimalNumber.test(text) ? Number(text.replaceAll("_", "")) : hexadecimal(text);
  if (value === undefined) throw new Fault(`${JSON.stringify(text)} is not a number`);
  if (!Number.isFinite(value)) throw new Fault(`${JSON.stringify(text)} is too large for a double`);
  return value;
}

const hexDigits = "[\\da-f](?:_?[\\da-f])*";
const hexNumber = new RegExp(
  `^([+-]?)0x_?(?:(${hexDigits})(?:\\.(${hexDigits})?)?|\\.(${hexDigits}))p([+-]?${digits})$`,
  "i",
);

/** `0x1.8p3`: the power of two is required. */
function hexadecimal(text: string): number | undefined {
  const found = hexNumber.exec(text)?.map((part = "") => part.replaceAll("_", ""));
  if (found === undefined) return undefined;
  const [, sign, whole = "", after = "", alone = "", power] = found;
  const fraction = after + alone;
  const value = Number(`0x${whole}${fraction}`) * 2 ** (Number(power) - 4 * fraction.length);
  return sign === "-" ? -value : value;
}

/** A double rounded towards zero. */
function truncated(value: number, isWithin: boolean): bigint {
  if (!isWithin) throw new Fault("integer overflow");
  return BigInt(Math.trunc(value));
}

/** Parses a bool as Go's `strconv.ParseBool` does. */
function truth(text: string): boolean {
  if (["1", "t", "T", "true", "TRUE", "True"].includes(text)) return true;
  if (["0", "f", "F", "false", "FALSE", "False"].includes(text)) return false;
  throw new Fault(`${JSON.stringify(text)} is not a bool`);
}

function read<T>(value: T | undefined, text: string, what: string): T {
  if (value === undefined) throw new Fault(`${JSON.stringify(text)} is not a valid ${what}`);
  return value;
}

function textOf(bytes: Uint8Array): string {
  if (!isUtf8(bytes)) throw new Fault("invalid UTF-8 in bytes");
  return Buffer.from(bytes).toString();
}

function matches(text: string, pattern: string): boolean {
  return read(matchesRegex(text, pattern), pattern, "regular expression");
}

/** A double in Go's format (`strconv.FormatFloat` with `g`). */
export function doubleText(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value < 0 ? "-Inf" : "+Inf";
  if (Object.is(value, -0)) return "-0";
  const text =
    Math.abs(value) >= 1e6 || (value !== 0 && Math.abs(value) < 1e-4) ? value.toExponential() : String(value);
  return text.replace(/e([+-])(\d)$/, "e$10$2");
}

/** A part of a time in a time zone. */
function timePart(part: (date: Date, time: Timestamp) => number): (time: Timestamp, zone?: string) => bigint {
  return (time, zone = "UTC") => {
    const milliseconds = Number(floorDivide(time.nanoseconds, 1_000_000n));
    return BigInt(part(new Date(milliseconds + zoneOffset(zone, milliseconds)), time));
  };
}

const dayOfYear = (date: Date) =>
  (Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) - Date.UTC(date.getUTCFullYear(), 0)) / 864e5;

const timeParts: Readonly<Record<string, (date: Date) => number>> = {
  getFullYear: (date) => date.getUTCFullYear(),
  getMonth: (date) => date.getUTCMonth(),
  getDayOfYear: dayOfYear,
  getDayOfMonth: (date) => date.getUTCDate() - 1,
  getDate: (date) => date.getUTCDate(),
  getDayOfWeek: (date) => date.getUTCDay(),
  getHours: (date) => date.getUTCHours(),
  getMinutes: (date) => date.getUTCMinutes(),
  getSeconds: (date) => date.getUTCSeconds(),
  getMilliseconds: (date) => date.getUTCMilliseconds(),
};

const timeFunctions: Functions = Object.fromEntries(
  Object.entries(timeParts).flatMap(([name, part]) => [
    [`(timestamp).${name}() -> int`, timePart(part)],
    [`(timestamp).${name}(string) -> int`, timePart(part)],
  ]),
);

/** This conversion is declared, but not implemented. */
function noDuration(): never {
  throw new Fault("type conversion error from 'int' to 'google.protobuf.Duration'");
}

const inUnits = (unit: bigint) => (duration: Duration) => duration.nanoseconds / unit;

/** https://github.com/google/cel-spec/blob/master/doc/langdef.md#list-of-standard-definitions */
export const standard: Library = {
  from: "",
  macros: ["all/1", "exists/1", "exists_one/1", "map/1", "filter/1"],
  types: [
    ..."bool int uint double string bytes list map type null_type".split(" "),
    ..."google.protobuf.Duration google.protobuf.Timestamp".split(" "),
  ],
  functions: {
    "size(string) -> int": codePoints,
    "size(bytes) -> int": length,
    "size(list(A)) -> int": length,
    "size(map(A, B)) -> int": entries,
    "(string).size() -> int": codePoints,
    "(bytes).size() -> int": length,
    "(list(A)).size() -> int": length,
    "(map(A, B)).size() -> int": entries,
    "(string).contains(string) -> bool": (text: string, part: string) => text.includes(part),
    "(string).startsWith(string) -> bool": (text: string, part: string) => text.startsWith(part),
    "(string).endsWith(string) -> bool": (text: string, part: string) => text.endsWith(part),
    "matches(string, string) -> bool": matches,
    "(string).matches(string) -> bool": matches,

    "type(A) -> type(A)": (value: Value) => new TypeValue(typeName(value)),
    "dyn(A) -> dyn": (value: Value) => value,
    "bool(bool) -> bool": (value: boolean) => value,
    "bool(string) -> bool": truth,
    "bytes(bytes) -> bytes": (value: Uint8Array) => value,
    "bytes(string) -> bytes": (text: string) => Buffer.from(text),
    "double(double) -> double": (value: number) => value,
    "double(int) -> double": Number,
    "double(uint) -> double": (value: Uint) => Number(value.value),
    "double(string) -> double": fraction,
    "int(int) -> int": (value: bigint) => value,
    "int(uint) -> int": (value: Uint) => int64(value.value),
    "int(double) -> int": (value: number) => truncated(value, Math.abs(value) < 2 ** 63),
    "int(string) -> int": (text: string) => int64(wholeNumber(text)),
    "int(timestamp) -> int": (time: Timestamp) => floorDivide(time.nanoseconds, 1_000_000_000n),
    "int(duration) -> int": (duration: Duration) => duration.nanoseconds,
    "uint(uint) -> uint": (value: Uint) => value,
    "uint(int) -> uint": uint64,
    "uint(double) -> uint": (value: number) => new Uint(truncated(value, value >= 0 && value < 2 ** 64)),
    "uint(string) -> uint": (text: string) => uint64(wholeNumber(text, /^\d+$/)),
    "string(string) -> string": (text: string) => text,
    "string(bool) -> string": String,
    "string(int) -> string": String,
    "string(uint) -> string": (value: Uint) => String(value.value),
    "string(double) -> string": doubleText,
    "string(bytes) -> string": textOf,
    "string(timestamp) -> string": timestampText,
    "string(duration) -> string": durationText,
    "duration(duration) -> duration": (duration: Duration) => duration,
    "duration(int) -> duration": noDuration,
    "duration(string) -> duration": (text: string) => read(parseDuration(text), text, "duration"),
    "timestamp(timestamp) -> timestamp": (time: Timestamp) => time,
    "timestamp(int) -> timestamp": (seconds: bigint) => inRange(new Timestamp(seconds * 1_000_000_000n)),
    "timestamp(string) -> timestamp": (text: string) => inRange(read(parseTimestamp(text), text, "timestamp")),

    ...timeFunctions,
    "(duration).getHours() -> int": inUnits(3_600_000_000_000n),
    "(duration).getMinutes() -> int": inUnits(60_000_000_000n),
    "(duration).getSeconds() -> int": inUnits(1_000_000_000n),
    "(duration).getMilliseconds() -> int": inUnits(1_000_000n),
  },
};
