import { Fault } from "../fault.ts";
import { durationText, timestampText } from "../time.ts";
import { CelMap, Duration, isList, Timestamp, TypeValue, Uint, type Value } from "../values.ts";
import { doubleText } from "./standard.ts";

/**
 * `"%s has %d".format([name, count])` as in Kubernetes, which formats in American English.
 * https://github.com/google/cel-go/blob/master/ext/formatting.go
 *
 * @throws Fault if a clause is invalid, or does not fit its argument.
 */
export function formatText(text: string, args: readonly Value[]): string {
  let next = 0;
  return text.replace(/%(?:%|(?:\.(\d+))?([sdfeboxX]))?/g, (clause, precision, verb) => {
    if (clause === "%%") return "%";
    const value = args[next++];
    if (verb === undefined || value === undefined)
      throw new Fault(`invalid format clause, or missing argument: ${clause}`);
    return formatted(verb, value, precision === undefined ? 6 : Number(precision));
  });
}

function formatted(verb: string, value: Value, precision: number): string {
  if (verb === "s") return written(value);
  if (verb === "f") return fixed(doubleOf(value, verb), precision);
  // The precision is used as the width.
  if (verb === "e") return scientific(doubleOf(value, verb)).padStart(precision);
  if (verb === "x" || verb === "X") {
    const digits = hexadecimal(value);
    return verb === "X" ? digits.toUpperCase() : digits;
  }
  if (verb === "b" && typeof value === "boolean") return value ? "1" : "0";
  return wholeOf(value, verb).toString(verb === "b" ? 2 : verb === "o" ? 8 : 10);
}

function hexadecimal(value: Value): string {
  if (typeof value === "string" || value instanceof Uint8Array) return Buffer.from(value).toString("hex");
  return wholeOf(value, "x").toString(16);
}

function wholeOf(value: Value, verb: string): bigint {
  if (typeof value === "bigint") return value;
  if (value instanceof Uint) return value.value;
  throw new Fault(`%${verb} needs an integer`);
}

function doubleOf(value: Value, verb: string): number {
  if (typeof value === "number") return value;
  if (value === "NaN" || value === "Infinity" || value === "-Infinity") return Number(value);
  throw new Fault(`%${verb} needs a double`);
}

const endless = (value: number) => (Number.isNaN(value) ? "NaN" : value < 0 ? "-∞" : "∞");

/** `1,234.500`; ties are rounded to even. */
function fixed(value: number, precision: number): string {
  if (!Number.isFinite(value)) return endless(value);
  if (precision > 100 || Math.abs(value) >= 1e21) return withCommas(`${BigInt(value)}.${"0".repeat(precision)}`);
  const exact = value.toFixed(100);
  const rest = exact.slice(exact.indexOf(".") + 1 + precision);
  const rounded = value.toFixed(precision);
  const isTie = /^50*$/.test(rest) && /[13579]$/.test(rounded);
  return withCommas(isTie ? exact.slice(0, exact.length - rest.length) : rounded);
}

function withCommas(number: string): string {
  const [whole = "", fraction = ""] = number.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === "" ? grouped : `${grouped}.${fraction}`;
}

/** `1.234500×10⁰³` */
function scientific(value: number): string {
  if (!Number.isFinite(value)) return endless(value);
  const [digits = "", power = ""] = value.toExponential(6).split("e");
  const sign = power.startsWith("-") ? "⁻" : "";
  return `${digits}×10${sign}${[...power.slice(1).padStart(2, "0")].map((digit) => raised[Number(digit)]).join("")}`;
}

const raised = [..."⁰¹²³⁴⁵⁶⁷⁸⁹"];

function written(value: Value): string {
  if (typeof value === "string") return value;
  if (value === null) return "null";
  if (typeof value === "number") return doubleText(value);
  if (value instanceof Uint) return String(value.value);
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (value instanceof Duration) return durationText(value);
  if (value instanceof Timestamp) return timestampText(value);
  if (value instanceof TypeValue) return value.name;
  if (isList(value)) return `[${value.map(within).join(", ")}]`;
  if (!(value instanceof CelMap)) return String(value);
  const entries = [...value.entries()].map(([key, one]) => [within(key), within(one)] as const);
  return `{${entries
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map((entry) => entry.join(":"))
    .join(", ")}}`;
}

/** A value in a list or a map, as in an expression (`quoteForCEL`). */
function within(value: Value): string {
  if (typeof value === "string") return quoted(value);
  if (value instanceof Uint8Array) return `b${quoted(written(value))}`;
  if (value instanceof Duration) return `duration("${written(value)}")`;
  if (value instanceof Timestamp) return `timestamp("${written(value)}")`;
  if (typeof value !== "number") return written(value);
  return Number.isFinite(value) ? value.toFixed(6) : quoted(doubleText(value));
}

const short: Readonly<Record<string, string>> = {
  '"': '\\"',
  "\\": "\\\\",
  "\u0007": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
};

/** A string as Go quotes it (`%q`). */
function quoted(text: string): string {
  const escaped = text.replace(/["\\]|\p{C}|(?! )\p{Z}/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    const digits = code.toString(16);
    if (code < 128) return short[character] ?? `\\x${digits.padStart(2, "0")}`;
    return code > 0xffff ? `\\U${digits.padStart(8, "0")}` : `\\u${digits.padStart(4, "0")}`;
  });
  return `"${escaped}"`;
}
