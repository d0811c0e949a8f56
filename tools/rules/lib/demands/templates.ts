import { isObject, type Json } from "../../../core/json.ts";
import { join } from "../../../core/pointer.ts";

/** The texts with `{{` inside a value, and their pointers, whatever the order of keys. */
export function* templatesIn(value: Json, at = ""): Generator<{ readonly text: string; readonly at: string }> {
  if (typeof value === "string" && value.includes("{{")) yield { text: value, at };
  const entries = Array.isArray(value) ? value.entries() : isObject(value) ? Object.entries(value).sort() : [];
  for (const [key, child] of entries) yield* templatesIn(child, join(at, key));
}
