import type { JsonObject } from "../../core/json.ts";
import { additional, has, schemaOf } from "./schema-tree.ts";

/** The property that a path through a schema leads to. */
interface Destination {
  /** The names in the path. */
  readonly steps: readonly string[];
  readonly schema: JsonObject | undefined;
}

const step = /\.([^.[\]']+|'(?:[^'\\]|\\.)*'|[^.[\]]+)|\['((?:[^'\\]|\\.)*)'\]/y;

/**
 * Follows a path such as `.spec.replicas` or `.metadata.labels['app']` through a schema; undefined if there is no such
 * property (`ValidFieldPath`). With `dots`, brackets are rejected.
 */
export function fieldPath(path: string, root: JsonObject, dots = false): Destination | undefined {
  const steps: string[] = [];
  let schema: JsonObject | undefined = root;
  let at = 0;
  while (at < path.length) {
    step.lastIndex = at;
    const match = step.exec(path);
    if (match === null || (dots && match[2] !== undefined)) return undefined;
    const name = match[1] ?? unescaped(match[2] ?? "");
    if (name === undefined || schema === undefined) return undefined;
    if (has(schema, "properties") && Object.keys(schema.properties as JsonObject).length > 0) {
      const fields: JsonObject = schema.properties as JsonObject;
      if (!Object.hasOwn(fields, name)) return undefined;
      schema = schemaOf(fields[name]);
    } else if (has(schema, "additionalProperties")) schema = additional(schema);
    else return undefined;
    steps.push(name);
    at = step.lastIndex;
  }
  return { steps, schema };
}

/** The escape sequences of names in brackets. */
const escapes: Readonly<Record<string, string>> = {
  a: "\x07",
  b: "\b",
  f: "\f",
  n: "\n",
  r: "\r",
  t: "\t",
  v: "\v",
  "\\": "\\",
  "'": "'",
};

function unescaped(text: string): string | undefined {
  let isWrong = false;
  const read = text.replace(/\\(.)/gs, (_, character) => {
    if (!Object.hasOwn(escapes, character)) isWrong = true;
    return escapes[character] ?? "";
  });
  return isWrong ? undefined : read;
}
