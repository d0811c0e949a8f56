import { isObject, type Json, type JsonObject } from "../../../core/json.ts";

/** The values from a generator of an ApplicationSet; undefined if only a cluster knows them. */
export type Parameters = JsonObject | undefined;

/**
 * A text of a template with the parameters filled in: `{{.path.basename}}` in Go templates, `{{path.basename}}` in older ones.
 * Undefined if the parameters do not determine it: functions, values of clusters.
 */
export function filled(text: string, parameters: Parameters): string | undefined {
  const [start, ...parts] = text.split("{{");
  const texts = parts.map((part) => {
    const end = part.indexOf("}}");
    const value = end < 0 ? undefined : valueIn(part.slice(0, end), parameters);
    return value === undefined ? "{{" : value + part.slice(end + 2);
  });
  const result = [start, ...texts].join("");
  return result.includes("{{") ? undefined : result;
}

/** The value of an expression, which may have a dash at either end to trim white space. */
function valueIn(expression: string, parameters: Parameters): string | undefined {
  const trimmed = expression.replace(/^-|-$/g, "").trim();
  const [, inJson] = /^(.+?)\s*\|\s*toJson$/.exec(trimmed) ?? [];
  const value = parameters && named(inJson ?? trimmed, parameters);
  if (inJson !== undefined && value !== undefined) return textOf(value);
  return value === undefined || value === null || typeof value === "object" ? undefined : String(value);
}

/** Fills in every text of a value; unknown ones become null. */
export function filledIn(value: Json, parameters: Parameters): Json {
  if (typeof value === "string") return filled(value, parameters) ?? null;
  if (Array.isArray(value)) return value.map((item) => filledIn(item, parameters));
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filledIn(item, parameters)]));
}

/** `.path.segments`, `index .path.segments 1`, and `path[1]` of older templates, which name values by their whole path. */
function named(expression: string, parameters: JsonObject): Json | undefined {
  // `path[1]`
  if (expression.endsWith("]") && Object.hasOwn(parameters, expression)) return parameters[expression];
  const [, indexed, keys = ""] = /^index\s+(\.[\w.-]+)((?:\s+(?:\d+|"[\w-]+"))+)$/.exec(expression) ?? [];
  const path = indexed === undefined ? expression : [indexed, ...(keys.match(/[\w-]+/g) ?? [])].join(".");
  if (!/^\.?[\w-]+(?:\.[\w-]+)*$/.test(path)) return undefined;
  const value = valueAt(path.replace(/^\./, ""), parameters);
  // What an older template means in a Go template, where it is a mistake.
  return isObject(value) && !expression.startsWith(".") ? value.path : value;
}

/** The value at a path such as `path.basename`, or `metadata.labels.zone`. */
export function valueAt(path: string, parameters: JsonObject): Json | undefined {
  if (Object.hasOwn(parameters, path)) return parameters[path];
  return path.split(".").reduce<Json | undefined>((value, name) => {
    if (Array.isArray(value)) return value[Number(name)];
    return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }, parameters);
}

/** A value as JSON. */
export function textOf(value: Json): string {
  return JSON.stringify(value, (_, one: Json) => (typeof one === "bigint" ? Number(one) : one));
}
