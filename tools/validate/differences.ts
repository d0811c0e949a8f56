import { isObject, type Json, type JsonObject, own } from "../core/json.ts";
import { join } from "../core/pointer.ts";
import { identity } from "./list-keys.ts";
import type { ListKeys, ObjectType, Shape } from "./shape.ts";
import { isSame } from "./update/compare.ts";

/** A field that differs between two states of an object; undefined stands for a missing field. */
export interface FieldDifference {
  /** RFC 6901 pointer into the new state; into the old one if the field was removed. */
  readonly pointer: string;
  /** For display, with elements by their keys: `spec.template.spec.containers[web].image`. */
  readonly path: string;
  /** For lookups, with elements as `*`: `spec.template.spec.containers.*.image`. */
  readonly pattern: readonly string[];
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  /** Only the order of the elements differs. */
  readonly reordered?: true;
}

/** The three names of a place. */
type Seat = Pick<FieldDifference, "pointer" | "path" | "pattern">;

const root: Seat = { pointer: "", path: "", pattern: [] };

/** Deeper than any type: only values without a schema nest deeper. */
const deepest = 200;

/**
 * The differences between two states of an object, field by field. Elements of a list with merge keys are matched by
 * these, regardless of their order; a field that only one side has is a single difference.
 */
export function fieldDifferences(
  before: JsonObject,
  after: JsonObject,
  type: ObjectType | undefined,
): FieldDifference[] {
  return ofObjects(before, after, (key) => type && shapeAt(type, key), root, 0);
}

type ShapeOf = (key: string) => Shape | undefined;

const shapeAt = (type: ObjectType, key: string) => type.fields.get(key)?.shape ?? type.rest;

function ofObjects(before: JsonObject, after: JsonObject, shapeOf: ShapeOf, seat: Seat, depth: number) {
  const keys = [...Object.keys(after), ...Object.keys(before).filter((key) => !Object.hasOwn(after, key))];
  return keys.flatMap((key) => ofValues(own(before, key), own(after, key), shapeOf(key), below(seat, key), depth + 1));
}

function ofValues(
  before: Json | undefined,
  after: Json | undefined,
  shape: Shape | undefined,
  seat: Seat,
  depth: number,
): FieldDifference[] {
  if (isSame(before, after)) return [];
  if (depth < deepest && isObject(before) && isObject(after)) {
    return ofObjects(before, after, innerOf(shape), seat, depth);
  }
  if (depth < deepest && Array.isArray(before) && Array.isArray(after))
    return ofLists(before, after, shape, seat, depth);
  return [{ ...seat, before, after }];
}

function innerOf(shape: Shape | undefined): ShapeOf {
  if (shape?.is === "type") return (key) => shapeAt(shape.type, key);
  return shape?.is === "map" ? () => shape.of : () => undefined;
}

function ofLists(
  before: readonly Json[],
  after: readonly Json[],
  shape: Shape | undefined,
  seat: Seat,
  depth: number,
): FieldDifference[] {
  const of = shape?.is === "list" ? shape.of : undefined;
  const keys = shape?.is === "list" ? shape.keys : nameOf([...before, ...after]);
  const [was, is] = [byKeys(before, keys), byKeys(after, keys)];
  if (was !== undefined && is !== undefined) return ofKeyed(was, is, of, seat, depth);
  if (![...before, ...after].every(isObject)) return [{ ...seat, before: [...before], after: [...after] }];
  return ofPositions(before, after, of, seat, depth);
}

/** The keys of a list without a schema: `name` if all elements have one. */
function nameOf(elements: readonly Json[]): ListKeys | undefined {
  return elements.every((one) => isObject(one) && typeof one.name === "string") ? ["name"] : undefined;
}

interface Element {
  readonly value: Json;
  readonly index: number;
}

/** Elements by their keys; undefined if the keys are missing or not unique. */
function byKeys(list: readonly Json[], keys: ListKeys | undefined): Map<string, Element> | undefined {
  if (keys === undefined) return undefined;
  const elements = new Map<string, Element>();
  for (const [index, value] of list.entries()) {
    const id = identity(value, keys);
    if (id === undefined || elements.has(id)) return undefined;
    elements.set(id, { value, index });
  }
  return elements;
}

function ofKeyed(
  was: ReadonlyMap<string, Element>,
  is: ReadonlyMap<string, Element>,
  of: Shape | undefined,
  seat: Seat,
  depth: number,
): FieldDifference[] {
  const ids = [...is.keys(), ...[...was.keys()].filter((id) => !is.has(id))];
  const inner = ids.flatMap((id) => {
    const [before, after] = [was.get(id), is.get(id)];
    const index = (after ?? before)?.index ?? 0;
    return ofValues(before?.value, after?.value, of, element(seat, index, id), depth + 1);
  });
  return [...inner, ...orderOf([...was.keys()], [...is.keys()], seat)];
}

/** The difference in the order of the elements that both sides have. */
function orderOf(was: readonly string[], is: readonly string[], seat: Seat): FieldDifference[] {
  const [inWas, inIs] = [new Set(was), new Set(is)];
  const [before, after] = [was.filter((id) => inIs.has(id)), is.filter((id) => inWas.has(id))];
  if (before.every((id, index) => id === after[index])) return [];
  return [{ ...seat, before, after, reordered: true }];
}

/** Compares elements without keys by position, between the equal elements at the start and at the end. */
function ofPositions(
  before: readonly Json[],
  after: readonly Json[],
  of: Shape | undefined,
  seat: Seat,
  depth: number,
): FieldDifference[] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && isSame(before[start], after[start])) start++;
  let end = 0;
  while (end < shorter - start && isSame(before.at(-1 - end), after.at(-1 - end))) end++;
  const [was, is] = [before.slice(start, before.length - end), after.slice(start, after.length - end)];
  return Array.from({ length: Math.max(was.length, is.length) }, (_, index) => {
    const at = start + index;
    return ofValues(was[index], is[index], of, element(seat, at, String(at)), depth + 1);
  }).flat();
}

function below({ pointer, path, pattern }: Seat, key: string): Seat {
  const plain = /^[\w$-]+$/.test(key);
  const step = plain ? (path === "" ? key : `.${key}`) : `[${key}]`;
  return { pointer: join(pointer, key), path: path + step, pattern: [...pattern, key] };
}

function element({ pointer, path, pattern }: Seat, index: number, id: string): Seat {
  return { pointer: join(pointer, index), path: `${path}[${id}]`, pattern: [...pattern, "*"] };
}
