import { Fault } from "../fault.ts";
import type { Functions, Library } from "../signatures.ts";
import { durationOf, inRange } from "../time.ts";
import {
  type CelMap,
  comparable,
  Duration,
  equal,
  KeyedList,
  numeric,
  Timestamp,
  Uint,
  type Value,
} from "../values.ts";

const ordered = ["bool", "int", "uint", "double", "string", "bytes", "timestamp", "duration"];
const numbers = ["int", "uint", "double"];

/** All pairs of types that can be compared: equal types, and numbers of any type. */
const pairs = ordered.flatMap((left) =>
  ordered
    .filter((right) => left === right || (numbers.includes(left) && numbers.includes(right)))
    .map((right) => [left, right]),
);

function comparison(operator: string, holds: (order: number) => boolean): Functions {
  const run = (a: Value, b: Value) => holds(compare(a, b));
  return Object.fromEntries(pairs.map(([left, right]) => [`_${operator}_(${left}, ${right}) -> bool`, run]));
}

/** Negative, zero or positive if the first value is less than, equal to or greater than the second; NaN if neither. */
export function compare(a: Value, b: Value): number {
  const [x, y] = comparable(a, b) ?? [rank(a), rank(b)];
  if (typeof x === "number" && Number.isNaN(x)) return Number.NaN;
  return x < y ? -1 : x > y ? 1 : x >= y ? 0 : Number.NaN;
}

function rank(value: Value): bigint | number | string {
  if (value instanceof Duration || value instanceof Timestamp) return value.nanoseconds;
  if (value instanceof Uint8Array) return Buffer.from(value).toString("latin1");
  // By code points, in the order of UTF-8 bytes.
  if (typeof value === "string") return isPlain(value) ? value : Buffer.from(value).toString("latin1");
  return value === true ? 1 : 0;
}

const isPlain = (text: string) => !/[\ud800-\uffff]/.test(text);

/**
 * An `int` result.
 *
 * @throws Fault if it does not fit into 64 bits.
 */
export function int64(value: bigint): bigint {
  if (value !== BigInt.asIntN(64, value)) throw new Fault("integer overflow");
  return value;
}

/**
 * A `uint` result.
 *
 * @throws Fault if it does not fit into 64 bits.
 */
export function uint64(value: bigint): Uint {
  if (value < 0n || value >= 2n ** 64n) throw new Fault("unsigned integer overflow");
  return new Uint(value);
}

function nonZero(value: bigint, what: string): bigint {
  if (value === 0n) throw new Fault(what);
  return value;
}

const divide = (a: bigint, b: bigint) => a / nonZero(b, "division by zero");
const modulo = (a: bigint, b: bigint) => a % nonZero(b, "modulus by zero");
const ofUints = (run: (a: bigint, b: bigint) => bigint) => (a: Uint, b: Uint) => uint64(run(a.value, b.value));

const later = ({ nanoseconds, ahead }: Timestamp, by: Duration) =>
  inRange(new Timestamp(nanoseconds + by.nanoseconds, ahead));

/**
 * The element of a list at an index of any numeric type; undefined if it is out of bounds.
 *
 * @throws Fault if the index is not an integer.
 */
export function elementOf(list: readonly Value[], index: Value): Value | undefined {
  const number = numeric(index);
  // biome-ignore lint/suspicious/noDoubleEquals: an index may be of any numeric type
  if (number === undefined || BigInt(Math.trunc(Number(number))) != number)
    throw new Fault("the index is not an integer");
  return list[Number(number)];
}

function index(list: readonly Value[], at: Value): Value {
  const found = elementOf(list, at);
  if (found === undefined) throw new Fault(`index out of bounds: ${numeric(at)}`);
  return found;
}

function lookUp(map: CelMap, key: Value): Value {
  const found = map.get(key);
  if (found === undefined) throw new Fault(`no such key: ${String(numeric(key) ?? key)}`);
  return found;
}

function concatenated(a: readonly Value[], b: readonly Value[]): Value {
  return a instanceof KeyedList ? a.plus(b) : [...a, ...b];
}

/** The operators, except for those that do not always evaluate all their operands. */
export const operators: Library = {
  from: "",
  functions: {
    "_==_(A, A) -> bool": equal,
    "_!=_(A, A) -> bool": (a: Value, b: Value) => !equal(a, b),
    ...comparison("<", (order) => order < 0),
    ...comparison("<=", (order) => order <= 0),
    ...comparison(">", (order) => order > 0),
    ...comparison(">=", (order) => order >= 0),

    "!_(bool) -> bool": (value: boolean) => !value,
    "-_(int) -> int": (value: bigint) => int64(-value),
    "-_(double) -> double": (value: number) => -value,
    // The evaluator handles these, as it evaluates only the operands that it needs.
    "_&&_(bool, bool) -> bool": undefined,
    "_||_(bool, bool) -> bool": undefined,
    "_?_:_(bool, A, A) -> A": undefined,

    "_+_(int, int) -> int": (a: bigint, b: bigint) => int64(a + b),
    "_+_(uint, uint) -> uint": ofUints((a, b) => a + b),
    "_+_(double, double) -> double": (a: number, b: number) => a + b,
    "_+_(string, string) -> string": (a: string, b: string) => a + b,
    "_+_(bytes, bytes) -> bytes": (a: Uint8Array, b: Uint8Array) => Buffer.concat([a, b]),
    "_+_(list(A), list(A)) -> list(A)": concatenated,
    "_+_(duration, duration) -> duration": (a: Duration, b: Duration) => durationOf(a.nanoseconds + b.nanoseconds),
    "_+_(timestamp, duration) -> timestamp": later,
    "_+_(duration, timestamp) -> timestamp": (a: Duration, b: Timestamp) => later(b, a),
    "_-_(int, int) -> int": (a: bigint, b: bigint) => int64(a - b),
    "_-_(uint, uint) -> uint": ofUints((a, b) => a - b),
    "_-_(double, double) -> double": (a: number, b: number) => a - b,
    "_-_(duration, duration) -> duration": (a: Duration, b: Duration) => durationOf(a.nanoseconds - b.nanoseconds),
    "_-_(timestamp, duration) -> timestamp": (a: Timestamp, b: Duration) => later(a, durationOf(-b.nanoseconds)),
    "_-_(timestamp, timestamp) -> duration": (a: Timestamp, b: Timestamp) => durationOf(a.nanoseconds - b.nanoseconds),
    "_*_(int, int) -> int": (a: bigint, b: bigint) => int64(a * b),
    "_*_(uint, uint) -> uint": ofUints((a, b) => a * b),
    "_*_(double, double) -> double": (a: number, b: number) => a * b,
    "_/_(int, int) -> int": (a: bigint, b: bigint) => int64(divide(a, b)),
    "_/_(uint, uint) -> uint": ofUints(divide),
    "_/_(double, double) -> double": (a: number, b: number) => a / b,
    "_%_(int, int) -> int": modulo,
    "_%_(uint, uint) -> uint": ofUints(modulo),

    "@in(A, list(A)) -> bool": (value: Value, list: readonly Value[]) => list.some((one) => equal(value, one)),
    "@in(A, map(A, B)) -> bool": (key: Value, map: CelMap) => map.has(key),
    "_[_](list(A), int) -> A": index,
    "_[_](map(A, B), A) -> B": lookUp,
  },
};
