import { isObject, type JsonObject, objectAt } from "../core/json.ts";
import type { Type } from "./types.ts";
import * as types from "./types.ts";

const reserved = new Set(
  "true false null in as break const continue else for function if import let loop package namespace return var void while".split(
    " ",
  ),
);

const signs: Readonly<Record<string, string>> = {
  __: "__underscores__",
  ".": "__dot__",
  "-": "__dash__",
  "/": "__slash__",
};

/** The name of a property in an expression; undefined if it cannot have one. */
function escapedName(name: string): string | undefined {
  if (reserved.has(name)) return `__${name}__`;
  if (!/^[a-zA-Z_./-][a-zA-Z0-9_./-]*$/.test(name)) return undefined;
  return name.replace(/__|[-./]/g, (sign) => signs[sign] ?? sign);
}

/**
 * The names of a property in expressions: since 1.32, a property named like a keyword (`namespace`) also has its plain
 * name (`SetRecognizeKeywordAsFieldName` in k8s.io/apiserver/pkg/cel/environment).
 */
export function namesOf(property: string): string[] {
  const escaped = escapedName(property);
  return escaped === undefined ? [] : reserved.has(property) ? [escaped, property] : [escaped];
}

/**
 * The type of values with this schema in an expression; undefined if an expression cannot see them
 * (`model.SchemaDeclType`).
 *
 * @param isResource whether it is the root of a resource, which has a name, a kind and an API version.
 */
export function typeOfSchema(schema: JsonObject, name: string, isResource = false): Type | undefined {
  if (schema["x-kubernetes-int-or-string"] === true) return types.dyn;
  switch (schema.type) {
    case "array": {
      const element = typeOfChild(schema.items, `${name}.@idx`);
      return element && types.listOf(element);
    }
    case "object":
      return typeOfObject(schema, name, isResource);
    case "string":
      return typeOfText(schema.format);
    case "boolean":
      return types.bool;
    case "number":
      return types.double;
    case "integer":
      return types.int;
    default:
      return undefined;
  }
}

function typeOfText(format: unknown): Type {
  if (format === "byte") return types.bytes;
  if (format === "duration") return types.duration;
  return format === "date" || format === "date-time" ? types.timestamp : types.string;
}

function typeOfChild(schema: unknown, name: string): Type | undefined {
  if (!isObject(schema)) return undefined;
  return typeOfSchema(schema, name, schema["x-kubernetes-embedded-resource"] === true);
}

function typeOfObject(schema: JsonObject, name: string, isResource: boolean): Type | undefined {
  const values = objectAt(schema, "additionalProperties");
  if (values !== undefined && !isResource) {
    const value = typeOfChild(values, `${name}.@elem`);
    return value && types.mapOf(types.string, value);
  }
  const properties = new Map(
    Object.entries(propertiesOf(schema, isResource)).flatMap(([key, property]) =>
      namesOf(key).map((one) => [one, property]),
    ),
  );
  const known = new Map<string, Type | undefined>();
  return types.struct(name, (field) => {
    if (!known.has(field)) known.set(field, typeOfChild(properties.get(field), `${name}.${field}`));
    return known.get(field);
  });
}

const text: JsonObject = { type: "string" };
const metadata: JsonObject = { type: "object", properties: { name: text, generateName: text } };

/** The properties of an object; of a resource's metadata, only the names are visible. */
export function propertiesOf(schema: JsonObject, isResource: boolean): JsonObject {
  const properties = objectAt(schema, "properties") ?? {};
  return isResource ? { ...properties, apiVersion: text, kind: text, metadata } : properties;
}
