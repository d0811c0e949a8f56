import type { SchemaError } from "../config/schema-errors.ts";
import { messageOf } from "../core/errors.ts";
import { isObject, type Json, type JsonObject } from "../core/json.ts";
import { didYouMean } from "../core/nearest.ts";
import { join } from "../core/pointer.ts";

const words = (text: string) => text.split(" ");

/** Keywords of JSON Schema draft-07: with a schema or a list of schemas, with a map of schemas, and others. */
const schemas = words(
  "additionalItems additionalProperties contains propertyNames not if then else items allOf anyOf oneOf",
);
const maps = words("properties patternProperties definitions $defs dependencies");
const plain = words(
  "$id $schema $ref $comment title description default readOnly writeOnly examples multipleOf maximum exclusiveMaximum " +
    "minimum exclusiveMinimum maxLength minLength pattern maxItems minItems uniqueItems maxProperties minProperties " +
    "required const enum type contentMediaType contentEncoding",
);

/**
 * Finds mistyped keywords, so that the author of a policy knows at once: ajv finds them too, but only when it compiles the
 * schema for the first matching resource.
 *
 * @param pointer where the schema is in its policy
 */
export function keywordErrors(schema: Json | undefined, pointer: string): SchemaError[] {
  if (Array.isArray(schema)) return schema.flatMap((item, index) => keywordErrors(item, join(pointer, index)));
  if (!isObject(schema)) return [];
  return Object.entries(schema).flatMap(([keyword, value]) => {
    const below = join(pointer, keyword);
    if (maps.includes(keyword)) return isObject(value) ? inMap(value, below) : [];
    if (schemas.includes(keyword)) return keywordErrors(value, below);
    if (!plain.includes(keyword)) return [{ pointer: below, message: unknown(keyword) }];
    return keyword === "pattern" && typeof value === "string" ? inPattern(value, below) : [];
  });
}

function inMap(map: JsonObject, pointer: string): SchemaError[] {
  return Object.entries(map).flatMap(([name, item]) => keywordErrors(item, join(pointer, name)));
}

function unknown(keyword: string): string {
  if (keyword === "format") return "formats are not checked: use a pattern instead";
  return `"${keyword}" is not a keyword of JSON Schema (draft-07)${didYouMean(keyword, [...schemas, ...maps, ...plain])}`;
}

function inPattern(pattern: string, pointer: string): SchemaError[] {
  try {
    new RegExp(pattern, "u");
    return [];
  } catch (error) {
    return [{ pointer, message: messageOf(error) }];
  }
}
