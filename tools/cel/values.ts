import { Fault } from "./fault.ts";

/**
 * The values of an evaluation. An `int` is a bigint and a `double` is a number, so that they never mix; types that
 * JavaScript lacks have their own classes.
 */
export type Value =
  | null
  | boolean
  | string
  | bigint
  | number
  | Uint
  | Uint8Array
  | Duration
  | Timestamp
  | readonly Value[]
  | CelMap
  | Optional
  | TypeValue
  | Opaque;

/** An unsigned 64-bit integer. */
export class Uint {
  readonly value: bigint;

  constructor(value: bigint) {
    this.value = value;
  }
}

export class Duration {
  readonly nanoseconds: bigint;

  constructor(nanoseconds: bigint) {
    this.nanoseconds = nanoseconds;
  }
}

/** A point in time, with the time zone in which it was written. */
export class Timestamp {
  /** Nanoseconds since 1970. */
  readonly nanoseconds: bigint;
  /** The offset from UTC of the time zone in which it was written, in seconds. */
  readonly ahead: number;

  constructor(nanoseconds: bigint, ahead = 0) {
    this.nanoseconds = nanoseconds;
    this.ahead = ahead;
  }
}

/** A type as a value: `int`, `type(x)`. */
export class TypeValue {
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

/** A value that may be missing (`optional_type`); undefined if it is. */
export class Optional {
  static readonly none: Optional = new Optional(undefined);
  readonly value: Value | undefined;

  constructor(value: Value | undefined) {
    this.value = value;
  }
}

/** A value that is only accessible to functions, such as an IP address or a quantity. */
export class Opaque {
  readonly type: string;
  readonly value: unknown;
  readonly equals: (other: unknown) => boolean;

  constructor(type: string, value: unknown, equals: (other: unknown) => boolean) {
    this.type = type;
    this.value = value;
    this.equals = equals;
  }
}

/** A map or an object with fields. Numbers of different types are different keys. */
export class CelMap {
  readonly #entries = new Map<string, readonly [key: Value, value: Value]>();
  readonly type: string;

  constructor(entries: Iterable<readonly [Value, Value]> = [], type = "map") {
    for (const [key, value] of entries) this.#entries.set(identity(key), [key, value]);
    this.type = type;
  }

  /**
   * A map with the entries of several maps (`cel.@mapInsert`).
   *
   * @throws Fault if two of them have the same key, or a value is not a map.
   */
  static merged(maps: readonly Value[]): CelMap {
    const all = new CelMap();
    for (const map of maps) {
      if (!(map instanceof CelMap)) throw new Fault("no such overload: the inserted value is not a map");
      for (const [key, value] of map.entries()) {
        if (all.has(key)) throw new Fault(`insert failed: key ${numeric(key) ?? String(key)} already exists`);
        all.#entries.set(identity(key), [key, value]);
      }
    }
    return all;
  }

  /** The value of a key, or else of an equal number of another type. */
  get(key: Value): Value | undefined {
    const found =
      this.#entries.get(identity(key)) ??
      lookalikes(key)
        .map((one) => this.#entries.get(one))
        .find(Boolean);
    return found?.[1];
  }

  has(key: Value): boolean {
    return this.get(key) !== undefined;
  }

  get size(): number {
    return this.#entries.size;
  }

  entries(): Iterable<readonly [Value, Value]> {
    return this.#entries.values();
  }
}

function identity(key: Value): string {
  if (typeof key === "string") return `s${key}`;
  if (key instanceof Uint) return `u${key.value}`;
  if (typeof key === "number") return `d${key}`;
  return typeof key === "bigint" ? `i${key}` : `${typeof key}${String(key)}`;
}

/**
 * The keys to try for equal numbers of other types. `refValMapAccessor` in github.com/google/cel-go/common/types/map.go
 */
function lookalikes(key: Value): string[] {
  if (typeof key === "bigint") return [`u${key}`];
  if (key instanceof Uint) return [`i${key.value}`];
  return typeof key === "number" && Number.isInteger(key) ? [`i${BigInt(key)}`, `u${BigInt(key)}`] : [];
}

/**
 * A list that is a set or a map in its schema (`x-kubernetes-list-type`): it equals a list with the same elements in
 * any order, and `+` adds new elements and replaces those with the same key. Other functions return plain lists.
 * `unstructuredSetList` and `unstructuredMapList` in k8s.io/apiserver/pkg/cel/common/valuesunstructured.go
 */
export class KeyedList extends Array<Value> {
  readonly #keysOf: () => readonly (string | undefined)[];
  readonly #keyOf: (element: Value) => string | undefined;
  #known: ReadonlyMap<string | undefined, number> | undefined;

  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }

  /**
   * @param keysOf returns the keys of its elements, when first needed; an element without a key equals no other.
   * @param keyOf the key of an element of another list.
   */
  constructor(
    elements: readonly Value[],
    keysOf: () => readonly (string | undefined)[],
    keyOf: (element: Value) => string | undefined,
  ) {
    super();
    for (const element of elements) this.push(element);
    this.#keysOf = keysOf;
    this.#keyOf = keyOf;
  }

  get #places(): ReadonlyMap<string | undefined, number> {
    this.#known ??= new Map(this.#keysOf().map((key, index) => [key, index]));
    return this.#known;
  }

  #placeOf(element: Value): number | undefined {
    const key = this.#keyOf(element);
    return key === undefined ? undefined : this.#places.get(key);
  }

  equals(other: readonly Value[]): boolean {
    return (
      this.length === other.length &&
      other.every((element) => {
        const place = this.#placeOf(element);
        return place !== undefined && equal(this[place] as Value, element);
      })
    );
  }

  plus(other: readonly Value[]): KeyedList {
    const elements = [...this];
    const keys = [...this.#keysOf()];
    const places = new Map(this.#places);
    for (const element of other) {
      const key = this.#keyOf(element);
      const place = (key === undefined ? undefined : places.get(key)) ?? elements.length;
      elements[place] = element;
      keys[place] = key;
      places.set(key, place);
    }
    return new KeyedList(elements, () => keys, this.#keyOf);
  }
}

export const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

/** Whether two values are equal; numbers of different types may be. */
export function equal(a: Value, b: Value): boolean {
  if (a === null || b === null) return a === b;
  if (typeof a !== "object" && a === b) return true;
  const numbers = comparable(a, b);
  if (numbers !== undefined) return numbers[0] === numbers[1];
  if (a instanceof KeyedList) return isList(b) && a.equals(b);
  if (isList(a)) return isList(b) && a.length === b.length && a.every((one, index) => equal(one, b[index] as Value));
  if (a instanceof CelMap) return b instanceof CelMap && sameEntries(a, b);
  if (a instanceof Uint8Array) return b instanceof Uint8Array && Buffer.compare(a, b) === 0;
  if (a instanceof Duration) return b instanceof Duration && a.nanoseconds === b.nanoseconds;
  if (a instanceof Timestamp) return b instanceof Timestamp && a.nanoseconds === b.nanoseconds;
  if (a instanceof TypeValue) return b instanceof TypeValue && a.name === b.name;
  if (a instanceof Opaque) return b instanceof Opaque && a.type === b.type && a.equals(b.value);
  if (!(a instanceof Optional && b instanceof Optional)) return false;
  return a.value === undefined || b.value === undefined ? a.value === b.value : equal(a.value, b.value);
}

function sameEntries(a: CelMap, b: CelMap): boolean {
  if (a.size !== b.size) return false;
  for (const [key, value] of a.entries()) {
    const other = b.get(key);
    if (other === undefined || !equal(value, other)) return false;
  }
  return true;
}

/** The value of a number, for comparisons; undefined for any other value. */
export function numeric(value: Value): bigint | number | undefined {
  if (value instanceof Uint) return value.value;
  return typeof value === "bigint" || typeof value === "number" ? value : undefined;
}

/** Two numbers prepared for comparison: as doubles if one is a double; undefined if one is not a number. */
export function comparable(a: Value, b: Value): readonly [bigint, bigint] | readonly [number, number] | undefined {
  const [x, y] = [numeric(a), numeric(b)];
  if (x === undefined || y === undefined) return undefined;
  return typeof x === "bigint" && typeof y === "bigint" ? [x, y] : [Number(x), Number(y)];
}

/** The name of a value's type, as in `type(value)`. */
export function typeName(value: Value): string {
  if (value === null) return "null_type";
  if (typeof value === "object") return nameOfObject(value);
  return { boolean: "bool", string: "string", bigint: "int", number: "double" }[typeof value as "string"] ?? "dyn";
}

function nameOfObject(value: object): string {
  if (Array.isArray(value)) return "list";
  if (value instanceof Uint) return "uint";
  if (value instanceof Uint8Array) return "bytes";
  if (value instanceof Duration) return "google.protobuf.Duration";
  if (value instanceof Timestamp) return "google.protobuf.Timestamp";
  if (value instanceof Optional) return "optional_type";
  if (value instanceof TypeValue) return "type";
  return value instanceof CelMap || value instanceof Opaque ? value.type : "dyn";
}
