import { isObject, type JsonObject, listAt, objectAt } from "../../core/json.ts";
import { isRegex } from "../../core/regex.ts";
import type { Place } from "../../vocabulary/place.ts";
import { isUnset } from "../../vocabulary/presence.ts";
import { textOf } from "../../vocabulary/text.ts";
import {
  type Branch,
  deepest,
  has,
  items,
  logic,
  properties,
  saysNothing,
  schemaOf,
  someSchema,
  structure,
} from "./schema-tree.ts";

/**
 * Checks that a schema is structural: that it declares the structure of values once, separately from other constraints
 * (`structuralschema.ValidateStructural`).
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
 */
export function checkStructural(schema: JsonObject, at: Place): void {
  structured(schema, "root", at, 0);
  complete(schema, schema, at, 0);
}

/** Whether a schema has no fields that are never structural. crd-schema.ts reports them, except for `$schema`. */
export function isStructural(schema: JsonObject): boolean {
  return !someSchema(schema, (one) => {
    const lists = Array.isArray(one.items) && one.items.length > 0;
    const maps = ["patternProperties", "dependencies", "definitions"].some((field) => isFilled(one[field]));
    const texts = ["id", "$schema", "$ref"].some((field) => !isUnset(one[field]));
    return (
      lists || maps || texts || has(one, "additionalItems") || one["x-kubernetes-preserve-unknown-fields"] === false
    );
  });
}

const isFilled = (value: unknown) => isObject(value) && Object.keys(value).length > 0;

type Level = "root" | "items" | "field";

/** Where a schema without a type is, in words. */
const places: Readonly<Record<Level, string>> = {
  root: "at the root of a schema",
  items: "for the elements of a list",
  field: "for a field",
};

function structured(schema: JsonObject, level: Level, at: Place, depth: number): void {
  if (depth > deepest) return;
  if (schema.type === "array" && items(schema) === undefined)
    at.under("items", () => at.required("when type is array"));
  for (const { path, schema: inner } of structure(schema)) {
    at.beneath(path, () => structured(inner, path[0] === "items" ? "items" : "field", at, depth + 1));
  }
  if (level === "root" && has(schema, "additionalProperties"))
    at.under("additionalProperties", () => at.forbidden("at the root of a schema"));
  extensions(schema, at);
  demands(schema, excusedIn(schema), at, depth);
  typed(schema, level, at);
  identified(schema, level, at);
}

function extensions(schema: JsonObject, at: Place): void {
  if (schema["x-kubernetes-int-or-string"] !== true) return;
  for (const other of ["x-kubernetes-preserve-unknown-fields", "x-kubernetes-embedded-resource"]) {
    const refuse = () => at.invalid("is true together with x-kubernetes-int-or-string", "Remove one of the two.");
    if (schema[other] === true) at.under(other, refuse);
  }
}

const embeds = (schema: JsonObject) => schema["x-kubernetes-embedded-resource"] === true;

function typed(schema: JsonObject, level: Level, at: Place): void {
  const type = textOf(schema.type);
  const isOpen = ["x-kubernetes-int-or-string", "x-kubernetes-preserve-unknown-fields"].some(
    (one) => schema[one] === true,
  );
  at.enter("type");
  if (type === "" && (embeds(schema) || !isOpen)) {
    at.required(
      embeds(schema) ? "with x-kubernetes-embedded-resource" : places[level],
      "Set a type such as string or object.",
    );
  } else if (type !== "" && type !== "object" && (embeds(schema) || level === "root")) {
    const where = embeds(schema) ? "with x-kubernetes-embedded-resource" : "at the root of a schema";
    at.invalid(`is ${at.show(type)}; it must be object ${where}`, "Set it to object.");
  }
  at.leave();
}

/** Checks apiVersion, kind and metadata, which every object has. In metadata, only the names can be restricted. */
function identified(schema: JsonObject, level: Level, at: Place): void {
  const fields = objectAt(schema, "properties") ?? {};
  if (embeds(schema)) embedded(schema, fields, at);
  if (level !== "root" && !embeds(schema)) return;
  for (const [field, type] of [
    ["kind", "string"],
    ["apiVersion", "string"],
    ["metadata", "object"],
  ] as const) {
    if (!Object.hasOwn(fields, field) || schemaOf(fields[field]).type === type) continue;
    at.beneath(["properties", field, "type"], () => at.invalid(`must be ${type}`, `Set it to ${type}.`));
  }
  if (level === "root" && Object.hasOwn(fields, "metadata") && !restrictsOnlyNames(schemaOf(fields.metadata))) {
    const why = "to restrict more than name and generateName: metadata is the same for all objects";
    at.beneath(["properties", "metadata"], () => at.forbidden(why, "Use type: object, and restrict only these two."));
  }
}

function embedded(schema: JsonObject, fields: JsonObject, at: Place): void {
  if (has(schema, "additionalProperties"))
    at.under("additionalProperties", () => at.forbidden("with x-kubernetes-embedded-resource"));
  if (schema["x-kubernetes-preserve-unknown-fields"] !== true && Object.keys(fields).length === 0)
    at.under("properties", () => at.required("with x-kubernetes-embedded-resource"));
}

function restrictsOnlyNames(metadata: JsonObject): boolean {
  const names = Object.keys(objectAt(metadata, "properties") ?? {});
  if (names.some((name) => name !== "name" && name !== "generateName")) return false;
  const further = Object.entries(metadata).filter(([field]) => !["type", "properties", "default"].includes(field));
  return further.every(([field, value]) => saysNothing(field, value));
}

/** `anyOf: [{type: integer}, {type: string}]` is allowed in a schema or the first of its `allOf`, despite its types. */
function isIntOrString(branches: unknown): boolean {
  if (!Array.isArray(branches) || branches.length !== 2) return false;
  return ["integer", "string"].every((type, index) => {
    const branch = branches[index];
    if (!isObject(branch) || branch.type !== type) return false;
    const further = Object.entries(branch).filter(([key]) => key !== "type" && key !== "additionalProperties");
    return !isGiven("additionalProperties", branch) && further.every(([key, value]) => saysNothing(key, value));
  });
}

/** Which `anyOf` may have types: that of the schema, or that of the first of its `allOf`. */
interface Excused {
  readonly anyOf: boolean;
  readonly allOf: boolean;
}

function excusedIn(schema: JsonObject): Excused {
  return { anyOf: isIntOrString(schema.anyOf), allOf: isIntOrString(schemaOf(listAt(schema, "allOf")[0]).anyOf) };
}

/** Constraints beyond the structure must not declare structure themselves. */
function demands(schema: JsonObject, { anyOf, allOf }: Excused, at: Place, depth: number): void {
  if (typeof schema.pattern === "string" && schema.pattern !== "" && !isRegex(schema.pattern))
    at.under("pattern", () =>
      at.invalid(`is ${at.show(schema.pattern)}, which is not a regular expression`, "Use RE2 syntax."),
    );
  for (const { path, schema: inner } of logic(schema)) {
    if (anyOf && path[0] === "anyOf") continue;
    const excused = { anyOf: allOf && path[0] === "allOf" && path[1] === 0, allOf: false };
    at.beneath(path, () => nested(inner, excused, at, depth + 1));
  }
}

/** The fields that declare structure, which are only allowed outside of anyOf, allOf, oneOf and not. */
const structural = [
  ..."type default title description nullable additionalProperties".split(" "),
  ..."preserve-unknown-fields embedded-resource int-or-string list-map-keys list-type map-type validations"
    .split(" ")
    .map((name) => `x-kubernetes-${name}`),
];

const none: Excused = { anyOf: false, allOf: false };

function nested(schema: JsonObject, excused: Excused, at: Place, depth: number): void {
  if (depth > deepest) return;
  demands(schema, excused, at, depth);
  for (const field of structural) {
    if (isGiven(field, schema))
      at.under(field, () => at.forbidden("inside anyOf, allOf, oneOf or not", "Move it outside."));
  }
  const branches: Branch[] = properties(schema);
  const elements = items(schema);
  if (elements !== undefined) branches.push({ path: ["items"], schema: elements });
  for (const { path, schema: inner } of branches) at.beneath(path, () => nested(inner, none, at, depth + 1));
  if (Object.hasOwn(objectAt(schema, "properties") ?? {}, "metadata"))
    at.beneath(["properties", "metadata"], () => at.forbidden("inside anyOf, allOf, oneOf or not", "Remove it."));
}

/** Whether a field is set. A zero value is unset, unless the field is a pointer in Go. */
function isGiven(field: string, schema: JsonObject): boolean {
  if (field === "additionalProperties") return has(schema, field) && schema[field] !== false;
  const isPointer = field === "default" || field === "x-kubernetes-list-type" || field === "x-kubernetes-map-type";
  return isPointer ? has(schema, field) : !isUnset(schema[field]);
}

/** Each property inside anyOf, allOf, oneOf or not must also be declared outside (`validateStructuralCompleteness`). */
function complete(constraints: JsonObject, schema: JsonObject, at: Place, depth: number): void {
  if (depth > deepest) return;
  for (const { schema: inner } of logic(constraints)) declared(inner, schema, at, depth + 1);
}

function declared(constraints: JsonObject, schema: JsonObject, at: Place, depth: number): void {
  complete(constraints, schema, at, depth);
  const elements = items(constraints);
  if (elements !== undefined) {
    const own = items(schema);
    at.under("items", () => (own === undefined ? undeclared(at) : declared(elements, own, at, depth + 1)));
  }
  const fields = objectAt(schema, "properties") ?? {};
  for (const { path, schema: inner } of properties(constraints)) {
    const own = Object.hasOwn(fields, path[1] as string) ? schemaOf(fields[path[1] as string]) : undefined;
    at.beneath(path, () => (own === undefined ? undeclared(at) : declared(inner, own, at, depth + 1)));
  }
}

function undeclared(at: Place): void {
  at.required("because anyOf, allOf, oneOf or not uses it", "Declare it outside.");
}
