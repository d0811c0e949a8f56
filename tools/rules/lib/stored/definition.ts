import { isObject, type Json, type JsonObject, listAt, objectAt } from "../../../core/json.ts";
import { join } from "../../../core/pointer.ts";

/** Go omits these from the stored object if they are false, zero or empty (`omitempty` of `apiextensions/v1`). */
const ofSchema = [
  ...["id", "$schema", "description", "format", "title", "pattern"],
  ...["nullable", "uniqueItems", "exclusiveMaximum", "exclusiveMinimum"],
  ...["x-kubernetes-embedded-resource", "x-kubernetes-int-or-string"],
  ...["required", "enum", "allOf", "oneOf", "anyOf", "x-kubernetes-list-map-keys", "x-kubernetes-validations"],
  ...["properties", "patternProperties", "dependencies", "definitions"],
];

const ofNames = ["shortNames", "categories", "singular", "listKind"];
const ofVersion = ["deprecated", "additionalPrinterColumns", "selectableFields"];
const ofColumn = ["description", "format", "priority"];

/** The fields of a schema that hold one other schema, a list or a map of schemas. */
const schemas = ["additionalProperties", "additionalItems", "items", "not"];
const lists = ["allOf", "oneOf", "anyOf"];
const maps = ["properties", "patternProperties", "definitions"];

/** Pointers to the fields of a CustomResourceDefinition that are not stored. */
export function* emptyOfDefinition({ spec }: JsonObject): Generator<string> {
  if (!isObject(spec)) return;
  if (spec.preserveUnknownFields === false) yield "/spec/preserveUnknownFields";
  yield* emptyIn(objectAt(spec, "names"), ofNames, "/spec/names");
  const webhook = objectAt(objectAt(spec, "conversion"), "webhook");
  yield* emptyIn(objectAt(webhook, "clientConfig"), ["caBundle"], "/spec/conversion/webhook/clientConfig");
  for (const [index, version] of listAt(spec, "versions").entries())
    if (isObject(version)) yield* emptyOfVersion(version, `/spec/versions/${index}`);
}

function* emptyOfVersion(version: JsonObject, at: string): Generator<string> {
  yield* emptyIn(version, ofVersion, at);
  for (const [index, column] of listAt(version, "additionalPrinterColumns").entries())
    if (isObject(column)) yield* emptyIn(column, ofColumn, `${at}/additionalPrinterColumns/${index}`);
  const schema = objectAt(objectAt(version, "schema"), "openAPIV3Schema");
  if (schema) yield* emptyOfSchema(schema, `${at}/schema/openAPIV3Schema`);
}

/** Defaults, examples and the members of an enum are data, and are stored as they are. */
function* emptyOfSchema(schema: JsonObject, at: string): Generator<string> {
  yield* emptyIn(schema, ofSchema, at);
  for (const [inner, pointer] of within(schema, at)) if (isObject(inner)) yield* emptyOfSchema(inner, pointer);
}

function* within(schema: JsonObject, at: string): Generator<readonly [Json | undefined, string]> {
  for (const field of schemas) yield [schema[field], join(at, field)];
  for (const field of lists)
    for (const [index, one] of listAt(schema, field).entries()) yield [one, `${at}/${field}/${index}`];
  for (const field of maps)
    for (const [name, one] of Object.entries(objectAt(schema, field) ?? {})) yield [one, join(join(at, field), name)];
}

/** Pointers to those of the fields that the object has with an empty value. */
export function* emptyIn(object: JsonObject | undefined, fields: readonly string[], at: string): Generator<string> {
  if (object === undefined) return;
  for (const field of fields) if (Object.hasOwn(object, field) && isZero(object[field])) yield join(at, field);
}

function isZero(value: Json | undefined): boolean {
  if (Array.isArray(value)) return value.length === 0;
  if (isObject(value)) return Object.keys(value).length === 0;
  return value === false || value === 0 || value === "";
}
