import { Fault } from "../fault.ts";
import type { Functions, Library } from "../signatures.ts";
import { durationOf } from "../time.ts";
import { Duration, equal, isList, Uint, type Value } from "../values.ts";
import { compare, int64, uint64 } from "./operators.ts";

const comparable = ["int", "uint", "double", "bool", "duration", "timestamp", "string", "bytes"];

function ofEach(kinds: readonly string[], signature: string, run: (list: Value[]) => Value): Functions {
  return Object.fromEntries(kinds.map((kind) => [signature.replaceAll("T", kind), run]));
}

function isSorted(list: Value[]): boolean {
  return list.every((one, index) => index === 0 || compare(list[index - 1] as Value, one) <= 0);
}

function extreme(wanted: number): (list: Value[]) => Value {
  return (list) => {
    const [first, ...rest] = list;
    if (first === undefined) throw new Fault("an empty list has no minimum or maximum");
    return rest.reduce((best, one) => (compare(one, best) === wanted ? one : best), first);
  };
}

function sum(zero: Value, add: (a: never, b: never) => Value): (list: Value[]) => Value {
  return (list) => list.reduce((total, one) => add(total as never, one as never), zero);
}

const found = (index: number) => BigInt(index);

/** The list functions of Kubernetes, and the set functions of cel-go. */
export const lists: Library = {
  from: "",
  functions: {
    ...ofEach(comparable, "(list(T)).isSorted() -> bool", isSorted),
    ...ofEach(comparable, "(list(T)).min() -> T", extreme(-1)),
    ...ofEach(comparable, "(list(T)).max() -> T", extreme(1)),
    "(list(int)).sum() -> int": sum(0n, (a: bigint, b: bigint) => int64(a + b)),
    "(list(uint)).sum() -> uint": sum(new Uint(0n), (a: Uint, b: Uint) => uint64(a.value + b.value)),
    "(list(double)).sum() -> double": sum(0, (a: number, b: number) => a + b),
    "(list(duration)).sum() -> duration": sum(new Duration(0n), (a: Duration, b: Duration) =>
      durationOf(a.nanoseconds + b.nanoseconds),
    ),
    "(list(A)).indexOf(A) -> int": (list: Value[], value: Value) => found(list.findIndex((one) => equal(one, value))),
    "(list(A)).lastIndexOf(A) -> int": (list: Value[], value: Value) =>
      found(list.findLastIndex((one) => equal(one, value))),

    "sets.contains(list(A), list(A)) -> bool": contains,
    "sets.equivalent(list(A), list(A)) -> bool": (a: Value[], b: Value[]) => contains(a, b) && contains(b, a),
    "sets.intersects(list(A), list(A)) -> bool": (a: Value[], b: Value[]) =>
      a.some((one) => b.some((other) => equal(one, other))),
  },
};

function contains(list: readonly Value[], part: readonly Value[]): boolean {
  return part.every((one) => list.some((other) => equal(one, other)));
}

function slice(list: Value[], from: bigint, to: bigint): Value[] {
  if (from < 0n || to < from || to > BigInt(list.length)) throw new Fault(`invalid slice range: ${from} to ${to}`);
  return list.slice(Number(from), Number(to));
}

function flatten(list: readonly Value[], depth = 1n): Value[] {
  if (depth < 0n) throw new Fault("level must be non-negative");
  if (depth === 0n) return [...list];
  return list.flatMap((one) => (isList(one) ? flatten(one, depth - 1n) : [one]));
}

const sort = (list: Value[]) => [...list].sort(compare);
const distinct = (list: Value[]) => list.filter((one, index) => list.findIndex((other) => equal(one, other)) === index);

function range(count: bigint): bigint[] {
  if (count > 1_000_000n) throw new Fault("the range is too long");
  return Array.from({ length: Math.max(0, Number(count)) }, (_, index) => BigInt(index));
}

/** https://pkg.go.dev/github.com/google/cel-go/ext#Lists */
export const moreLists: Library = {
  from: "1.35",
  macros: ["sortBy/1"],
  functions: {
    "(list(A)).slice(int, int) -> list(A)": slice,
    "(list(list(A))).flatten() -> list(A)": flatten,
    "(list(dyn)).flatten(int) -> list(dyn)": flatten,
    ...ofEach(comparable, "(list(T)).sort() -> list(T)", sort),
    "lists.range(int) -> list(int)": range,
    "(list(A)).reverse() -> list(A)": (list: Value[]) => list.toReversed(),
    "(list(A)).distinct() -> list(A)": distinct,
  },
};
