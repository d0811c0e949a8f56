import { Fault } from "../fault.ts";
import { durationText, timestampText } from "../time.ts";
import { CelMap, Duration, isList, numeric, Timestamp, TypeValue, Uint, type Value } from "../values.ts";
import { doubleText } from "./standard.ts";

/** `"%s has %d".format([name, count])`. */
export function formatText(text: string, args: readonly Value[]): string {
  let next = 0;
  return text.replace(/%(?:%|(?:\.(\d+))?([sdfeboxX]))?/g, (clause, precision, verb) => {
    if (clause === "%%") return "%";
    const value = args[next++];
    if (verb === undefined || value === undefined) throw new Fault(`the clause ${clause} of a format, or its argument`);
    return formatted(verb, value, precision === undefined ? 6 : Number(precision));
  });
}

function formatted(verb: string, value: Value, precision: number): string {
  if (verb === "s") return written(value);
  if (verb === "x" && typeof value === "string") return Buffer.from(value).toString("hex");
  if (verb === "X" && typeof value === "string") return Buffer.from(value).toString("hex").toUpperCase();
  if (verb === "b" && typeof value === "boolean") return value ? "1" : "0";
  const number = numeric(value);
  if (number === undefined) throw new Fault(`no number for %${verb}`);
  if (verb === "f") return Number(number).toFixed(precision);
  if (verb === "e")
    return Number(number)
      .toExponential(precision)
      .replace(/e([+-])(\d)$/, "e$10$2");
  if (verb === "d") return typeof number === "number" ? doubleText(number) : String(number);
  const digits = number.toString({ b: 2, o: 8 }[verb] ?? 16);
  return verb === "X" ? digits.toUpperCase() : digits;
}

function written(value: Value): string {
  if (typeof value === "string") return value;
  if (value === null) return "null";
  if (typeof value === "number") return doubleText(value);
  if (value instanceof Uint) return String(value.value);
  if (value instanceof Uint8Array) return new TextDecoder().decode(value);
  if (value instanceof Duration) return durationText(value.nanoseconds);
  if (value instanceof Timestamp) return timestampText(value.nanoseconds);
  if (value instanceof TypeValue) return value.name;
  if (isList(value)) return `[${value.map(written).join(", ")}]`;
  if (!(value instanceof CelMap)) return String(value);
  const entries = [...value.entries()].map(([key, one]) => `${written(key)}: ${written(one)}`);
  return `{${entries.sort().join(", ")}}`;
}
