import { isObject, type Json, type JsonObject, own } from "../core/json.ts";
import { join } from "../core/pointer.ts";
import { identity } from "./list-keys.ts";
import type { ListKeys, ObjectType, Shape } from "./shape.ts";
import { isSame } from "./update/compare.ts";

/** One field that two states of an object do not have in common. Undefined stands for a field that is not there. */
export interface FieldDifference {
  /** RFC 6901 pointer into the new state; into the old one where the field is gone. */
  readonly pointer: string;
  /** For a person, elements by their keys: `spec.template.spec.containers[web].image`. */
  readonly path: string;
  /** For tables, elements as `*`: `spec.template.spec.containers.*.image`. */
  readonly pattern: readonly string[];
  readonly before: Json | undefined;
  readonly after: Json | undefined;
  /** The elements are the same, their order is not. */
  readonly reordered?: true;
}

/** How a place is named, in all three ways. */
type Seat = Pick<FieldDifference, "pointer" | "path" | "pattern">;

const root: Seat = { pointer: "", path: "", pattern: [] };

/** Deeper than any type: only what has no schema nests without end. */
const deepest = 200;

/**
 * What differs between two states of an object, field by field. The elements of a list that has merge keys are told apart by
 * them, wherever they stand; a field that is only on one side is one difference, whatever it holds.
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

/** Of what has no schema: elements that all have a name are told apart by it. */
function nameOf(elements: readonly Json[]): ListKeys | undefined {
  return elements.every((one) => isObject(one) && typeof one.name === "string") ? ["name"] : undefined;
}

interface Element {
  readonly value: Json;
  readonly index: number;
}

/** Elements by their keys; undefined where those do not tell all of them apart. */
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

/** The order of what is on both sides. */
function orderOf(was: readonly string[], is: readonly string[], seat: Seat): FieldDifference[] {
  const [inWas, inIs] = [new Set(was), new Set(is)];
  const [before, after] = [was.filter((id) => inIs.has(id)), is.filter((id) => inWas.has(id))];
  if (before.every((id, index) => id === after[index])) return [];
  return [{ ...seat, before, after, reordered: true }];
}

/** Elements without keys: what is the same at both ends is left out, the rest is compared one by one. */
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
