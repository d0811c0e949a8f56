import { isObject, type Json, type JsonObject } from "../../../core/json.ts";
import { filledIn } from "./template.ts";

/** Characters that no DNS name has. */
const notInNames = /[^-a-z0-9.]/g;

/** `SanitizeName` of Argo CD. */
function sanitized(name: string): string {
  return name
    .toLowerCase()
    .replaceAll(notInNames, "-")
    .slice(0, 253)
    .replaceAll(/^[-.]+|[-.]+$/g, "");
}

/**
 * What a git generator says about a folder, or about a file and its folder, for Go templates: `.path.path`, `.path.basename`.
 * https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Generators-Git/
 */
export function placeOf(folder: string, filename?: string): JsonObject {
  const segments = folder.split("/");
  const basename = segments.at(-1) ?? "";
  return {
    path: folder,
    basename,
    basenameNormalized: sanitized(basename),
    segments,
    ...(filename !== undefined && { filename, filenameNormalized: sanitized(filename) }),
  };
}

/** The same for older templates, where `path` is the folder itself: `path`, `path.basename`, `path[0]`. */
export function namedPlace({ path = "", segments = [], ...others }: JsonObject, name: string): JsonObject {
  const parts = Array.isArray(segments) ? segments.map((one, index) => [`${name}[${index}]`, one]) : [];
  const fields = Object.entries(others).map(([field, value]) => [`${name}.${field}`, value]);
  return { [name]: path, ...Object.fromEntries([...fields, ...parts]) };
}

/** The values of an object by their whole path, as older templates name them: `cluster.address`, `zones.0`. */
export function flattened(value: JsonObject): JsonObject {
  const leaves = (at: string, one: Json): [string, Json][] => {
    if (typeof one !== "object" || one === null) return [[at, one]];
    return Object.entries(one).flatMap(([key, child]) => leaves(`${at}.${key}`, child));
  };
  return Object.fromEntries(Object.entries(value).flatMap(([key, child]) => leaves(key, child)));
}

/** Both sets of parameters; the first wins, also within objects. */
export function combined(first: JsonObject, second: JsonObject): JsonObject {
  const merged = Object.entries(first).map(([key, value]): [string, Json] => {
    const other = Object.hasOwn(second, key) ? second[key] : undefined;
    return [key, isObject(value) && isObject(other) ? combined(value, other) : value];
  });
  return Object.fromEntries([...Object.entries(second), ...merged]);
}

/** Parameters with the further `values` of their generator, which may use them. */
export function withValues(parameters: JsonObject, values: JsonObject | undefined, around: JsonObject): JsonObject {
  if (values === undefined) return parameters;
  return { ...parameters, values: filledIn(values, combined(parameters, around)) };
}
