import { isObject, type Json } from "../../core/json.ts";
import { join, tokens } from "../../core/pointer.ts";

/** A value, and where it is in its resource. */
export interface Placed {
  readonly value: Json;
  readonly pointer: string;
}

/** What stands at a path of names, `*` for every item of a list; a `/` within a name is written `~1`, as in pointers. */
export function valuesAt(root: Json, path: string): Placed[] {
  return descend(root, tokens(`/${path}`), "");
}

function descend(value: Json | undefined, [step, ...rest]: readonly string[], pointer: string): Placed[] {
  if (step === undefined) return value === undefined ? [] : [{ value, pointer }];
  if (step === "*")
    return Array.isArray(value) ? value.flatMap((item, index) => descend(item, rest, join(pointer, index))) : [];
  return isObject(value) && Object.hasOwn(value, step) ? descend(value[step], rest, join(pointer, step)) : [];
}
