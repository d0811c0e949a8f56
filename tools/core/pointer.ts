import { isObject, type Json } from "./json.ts";

/** Appends one reference token to an RFC 6901 JSON pointer. */
export function join(pointer: string, token: string | number): string {
  if (typeof token === "number") return `${pointer}/${token}`;
  return `${pointer}/${token.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

/** The reference tokens of a pointer, unescaped; `""` has none. */
export function tokens(pointer: string): string[] {
  if (pointer === "") return [];
  return pointer
    .slice(1)
    .split("/")
    .map((token) => token.replaceAll("~1", "/").replaceAll("~0", "~"));
}

/** The value at a pointer, or undefined if there is none. */
export function at(root: Json, pointer: string): Json | undefined {
  let value: Json | undefined = root;
  for (const token of tokens(pointer)) {
    if (Array.isArray(value)) value = /^\d+$/.test(token) ? value[Number(token)] : undefined;
    else if (isObject(value)) value = Object.hasOwn(value, token) ? value[token] : undefined;
    else return undefined;
  }
  return value;
}

/** The longest prefix of a pointer with a value: the place where a field is missing. */
export function nearestPointer(root: Json, pointer: string): string {
  let nearest = pointer;
  while (nearest !== "" && at(root, nearest) === undefined) nearest = nearest.slice(0, nearest.lastIndexOf("/"));
  return nearest;
}

/** Replaces indices by `*`: `/spec/containers/*` for `/spec/containers/2`, also within a sentence. */
export function withoutIndices(text: string): string {
  return text.replace(/\/\d+|\[\d+\]/g, "/*");
}
