import { Fault } from "../fault.ts";
import type { Library } from "../signatures.ts";
import { CelMap, Duration, isList, Optional, Timestamp, Uint, type Value } from "../values.ts";
import { elementOf } from "./operators.ts";

const some = (value: Value) => new Optional(value);
const maybe = (value: Value | undefined) => (value === undefined ? Optional.none : new Optional(value));

/** The start of year 1, Go's zero time, in nanoseconds since 1970. */
const firstMoment = -62_135_596_800_000_000_000n;

function isZero(value: Value): boolean {
  if (value instanceof Uint) return value.value === 0n;
  if (value instanceof Duration) return value.nanoseconds === 0n;
  if (value instanceof Timestamp) return value.nanoseconds === firstMoment;
  if (value instanceof CelMap) return value.size === 0;
  if (isList(value) || value instanceof Uint8Array) return value.length === 0;
  return value === null || value === false || value === 0n || value === 0 || value === "";
}

function held({ value }: Optional): Value {
  if (value === undefined) throw new Fault("optional.none() dereference");
  return value;
}

const unwrap = (list: readonly Optional[]) => list.flatMap(({ value }) => (value === undefined ? [] : [value]));
const elementIfAny = (list: readonly Value[], index: Value) => maybe(elementOf(list, index));
const entryIfAny = (map: CelMap, key: Value) => maybe(map.get(key));
const inside =
  <T>(look: (value: T, key: Value) => Optional) =>
  ({ value }: Optional, key: Value) =>
    value === undefined ? Optional.none : look(value as T, key);

/** https://pkg.go.dev/github.com/google/cel-go/cel#OptionalTypes */
export const optionals: Library = {
  from: "",
  macros: ["optMap/1", "optFlatMap/1"],
  types: ["optional_type"],
  functions: {
    "optional.of(A) -> optional(A)": some,
    "optional.ofNonZeroValue(A) -> optional(A)": (value: Value) => (isZero(value) ? Optional.none : some(value)),
    "optional.none() -> optional(A)": () => Optional.none,
    "(optional(A)).value() -> A": held,
    "(optional(A)).hasValue() -> bool": ({ value }: Optional) => value !== undefined,
    "(optional(A)).or(optional(A)) -> optional(A)": (one: Optional, other: Optional) =>
      one.value === undefined ? other : one,
    "(optional(A)).orValue(A) -> A": ({ value }: Optional, other: Value) => value ?? other,
    "_[?_](list(A), int) -> optional(A)": elementIfAny,
    "_[?_](optional(list(A)), int) -> optional(A)": inside(elementIfAny),
    "_[?_](map(A, B), A) -> optional(B)": entryIfAny,
    "_[?_](optional(map(A, B)), A) -> optional(B)": inside(entryIfAny),
    "_[_](optional(list(A)), int) -> optional(A)": inside(elementIfAny),
    "_[_](optional(map(A, B)), A) -> optional(B)": inside(entryIfAny),
  },
};

/** Functions that were added later. */
export const moreOptionals: Library = {
  from: "1.34",
  functions: {
    "(list(A)).first() -> optional(A)": (list: readonly Value[]) => maybe(list[0]),
    "(list(A)).last() -> optional(A)": (list: readonly Value[]) => maybe(list.at(-1)),
    "optional.unwrap(list(optional(A))) -> list(A)": unwrap,
    "(list(optional(A))).unwrapOpt() -> list(A)": unwrap,
  },
};

/** Macros that bind an index or a key, and an element. */
export const twoNames: Library = {
  from: "1.33",
  macros: [
    "all/2",
    "exists/2",
    "existsOne/2",
    "exists_one/2",
    "transformList/2",
    "transformMap/2",
    "transformMapEntry/2",
  ],
  functions: {},
};
