import { isObject, type Json } from "../../core/json.ts";
import { join, tokens } from "../../core/pointer.ts";

/** A value, and where it is in its resource. */
export interface Placed {
  readonly value: Json;
  readonly pointer: string;
}

/** What stands at a path of names, `*` for every item of a list; a `/` within a name is written `~1`, as in pointers. */
export function valuesAt(root: Json, path: string): Placed[] {
  return descend(root, stepsOf(path), 0, "");
}

/** There are as many as rules write. */
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
