import { isObject, type Json } from "../../core/json.ts";

/** Characters of a value to show before it is cut off. */
const maxLength = 300;

/** A value in YAML flow style, cut to a readable length. */
export function flow(value: Json): string {
  const text = flowed(value);
  return text.length > maxLength ? `${text.slice(0, maxLength)}…` : text;
}

/** Plain words that YAML does not read as strings. https://yaml.org/type/bool.html */
const word = /^(?:true|false|yes|no|on|off|y|n|null|\.nan|\.inf)$/i;

function flowed(value: Json): string {
  if (Array.isArray(value)) return `[${value.map(flowed).join(", ")}]`;
  if (isObject(value))
    return `{ ${Object.entries(value)
      .map(([key, item]) => `${key}: ${flowed(item)}`)
      .join(", ")} }`;
  if (typeof value !== "string") return String(value);
  const isPlain = /^[A-Za-z_./][\w./$()… -]*$/.test(value) && !word.test(value);
  return isPlain ? value : JSON.stringify(value);
}
