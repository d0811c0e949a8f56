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
  const value = parameters && named(expression.replace(/^-|-$/g, "").trim(), parameters);
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : undefined;
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
  if (Object.hasOwn(parameters, expression)) return parameters[expression];
  const [, indexed, key] = /^index\s+(\.[\w.-]+)\s+"?([\w-]+)"?$/.exec(expression) ?? [];
  const path = indexed === undefined ? expression : `${indexed}.${key}`;
  if (!/^\.?[\w-]+(?:\.[\w-]+|\[\d+\])*$/.test(path)) return undefined;
  const value = path
    .split(/[.[\]]/)
    .filter(Boolean)
    .reduce<Json | undefined>((value, name) => {
      if (Array.isArray(value)) return value[Number(name)];
      return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
    }, parameters);
  // Without Go templates, `path` is the folder itself.
  return isObject(value) && !expression.startsWith(".") ? value.path : value;
}
