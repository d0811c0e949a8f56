import { isObject, type Json, type JsonObject, own } from "../../core/json.ts";
import { join } from "../../core/pointer.ts";

type Token = string | number;

/** Whether two settled values are equal, regardless of the order of keys. */
export function isSame(a: Json | undefined, b: Json | undefined): boolean {
  return difference(a, b) === undefined;
}

/**
 * The path of the smallest value that contains all differences; undefined if there are none.
 */
export function difference(a: Json | undefined, b: Json | undefined): Token[] | undefined {
  if (a === b) return undefined;
  const differing = differingChildren(a, b);
  if (differing === undefined) return [];
  const [first, ...more] = differing;
  if (first === undefined) return undefined;
  return more.length > 0 ? [] : [first.token, ...first.path];
}

interface Child {
  readonly token: Token;
  readonly path: readonly Token[];
}

function differingChildren(a: Json | undefined, b: Json | undefined): Child[] | undefined {
  if (isObject(a) && isObject(b)) {
    const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])];
    return keys.flatMap((key) => childAt(key, own(a, key), own(b, key)));
  }
  if (!Array.isArray(a) || !Array.isArray(b) || a.length !== b.length) return undefined;
  return a.flatMap((element, index) => childAt(index, element, b[index]));
}

function childAt(token: Token, a: Json | undefined, b: Json | undefined): Child[] {
  const path = difference(a, b);
  return path === undefined ? [] : [{ token, path }];
}

/** Deeper than any built-in type. */
const deepest = 64;

/** Pointers to the parts that only the second of two values has. */
export function additions(a: Json | undefined, b: Json | undefined, pointer = "", depth = 0): string[] {
  if (a === undefined) return b === undefined ? [] : [pointer];
  if (depth > deepest) return [];
  if (isObject(a) && isObject(b)) {
    return Object.keys(b).flatMap((key) => additions(own(a, key), own(b, key), join(pointer, key), depth + 1));
  }
  if (!Array.isArray(a) || !Array.isArray(b)) return [];
  return b.flatMap((element, index) => additions(a[index], element, join(pointer, index), depth + 1));
}

/** The value at a path; undefined if there is none. */
export function valueAt(root: Json | undefined, path: readonly Token[]): Json | undefined {
  return path.reduce<Json | undefined>((value, token) => {
    if (Array.isArray(value)) return value[Number(token)];
    return isObject(value) ? own(value, String(token)) : undefined;
  }, root);
}

/**
 * A copy of the object with another value at a path; undefined removes the field. Without its parents, nothing changes.
 */
export function withValue(object: JsonObject, path: readonly string[], value: Json | undefined): JsonObject {
  const [key = "", ...rest] = path;
  if (rest.length === 0) {
    const { [key]: _, ...others } = object;
    return value === undefined ? others : { ...others, [key]: value };
  }
  const inner = object[key];
  return isObject(inner) ? { ...object, [key]: withValue(inner, rest, value) } : object;
}
