import { isObject, type Json } from "../../core/json.ts";
import { join, tokens } from "../../core/pointer.ts";

/** A value, and its pointer in the resource. */
export interface Placed {
  readonly value: Json;
  readonly pointer: string;
}

/** The values at a path of names, with `*` for every item of a list; a `/` in a name is written `~1`, as in pointers. */
export function valuesAt(root: Json, path: string): Placed[] {
  return descend(root, stepsOf(path), 0, "");
}

/** The paths are constants of rules, so the cache stays small. */
const steps = new Map<string, readonly string[]>();

function stepsOf(path: string): readonly string[] {
  const known = steps.get(path) ?? tokens(`/${path}`);
  steps.set(path, known);
  return known;
}

function descend(value: Json | undefined, path: readonly string[], depth: number, pointer: string): Placed[] {
  const step = path[depth];
  if (step === undefined) return value === undefined ? [] : [{ value, pointer }];
  if (step === "*") return listOf(value).flatMap((item, index) => descend(item, path, depth + 1, join(pointer, index)));
  return isObject(value) && Object.hasOwn(value, step)
    ? descend(value[step], path, depth + 1, join(pointer, step))
    : [];
}

function listOf(value: Json | undefined): Json[] {
  return Array.isArray(value) ? value : [];
}
