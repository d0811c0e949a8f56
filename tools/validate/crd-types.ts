import { isObject, type Json, type JsonObject, listAt, objectAt } from "../core/json.ts";
import type { Check } from "../vocabulary/place.ts";
import { allVersions } from "../vocabulary/versions.ts";
import { builtInType } from "./built-in.ts";
import { embedded } from "./embedded.ts";
import { keyDefaultsOf, keysOf } from "./list-keys.ts";
import type { Field, Limits, ObjectType, Scalar, Shape } from "./shape.ts";

/** A schema and its path, for messages. */
export interface SchemaPlace {
  readonly schema: JsonObject;
  readonly name: string;
}

/** A nested schema. */
function below({ name }: SchemaPlace, schema: Json | undefined, step: string): SchemaPlace {
  return { schema: isObject(schema) ? schema : {}, name: name + step };
}

/** The type of a kind or an embedded resource, with the fields that all objects have. */
export function rootType(place: SchemaPlace, demand: Check): ObjectType {
  const type = typeOf(place);
  const identity = place.schema["x-kubernetes-embedded-resource"] === true;
  const text = (key: string) => {
    const schema = objectAt(objectAt(place.schema, "properties"), key) ?? {};
    return plainField({ is: "string", nullable: !identity, ...limitsOf(schema) }, identity);
  };
  const metadata: Field = plainField({ is: "type", type: builtInType("meta.v1.ObjectMeta"), nullable: true });
  const fields = new Map([
    ...type.fields,
    ["apiVersion", text("apiVersion")],
    ["kind", text("kind")],
    ["metadata", metadata],
  ] as const);
  const awaited = identity ? [...new Set([...type.awaited, "apiVersion", "kind"])] : type.awaited;
  return { ...type, fields, awaited, demand };
}

function plainField(shape: Shape, required = false): Field {
  return { shape, required, filled: false, versions: allVersions, enforced: allVersions, dropped: false };
}

function typeOf(place: SchemaPlace): ObjectType {
  const { schema, name } = place;
  const required = listAt(schema, "required");
  const fields = new Map<string, Field>();
  for (const [key, property] of Object.entries(objectAt(schema, "properties") ?? {})) {
    const of = below(place, property, `.${key}`);
    // A field with a default is never absent.
    const field = plainField(shapeOf(of), required.includes(key) && of.schema.default === undefined);
    fields.set(key, { ...field, takesNull: of.schema.nullable === true });
  }
  for (const key of required) {
    if (typeof key === "string" && !fields.has(key)) fields.set(key, unnamedField(place));
  }
  const awaited = [...fields].filter(([, { required: is }]) => is).map(([key]) => key);
  return { name, fields, awaited, gated: [], rest: restOf(place), demand: undefined };
}

/** A field that is required but not in properties. */
function unnamedField(place: SchemaPlace): Field {
  const { additionalProperties } = place.schema;
  const takesNull = !isObject(additionalProperties) || additionalProperties.nullable === true;
  return { ...plainField(restOf(place) ?? { is: "any", nullable: true }, true), takesNull };
}

/** The shape of fields that the schema does not name; undefined if they are not allowed. */
function restOf(place: SchemaPlace): Shape | undefined {
  const others = place.schema.additionalProperties;
  if (isObject(others)) return shapeOf(below(place, others, ""));
  if (others === true) return fieldless(place);
  if (others === false) return undefined;
  return keepsUnknown(place.schema) ? { is: "any", nullable: true } : undefined;
}

function keepsUnknown(schema: JsonObject): boolean {
  return schema["x-kubernetes-preserve-unknown-fields"] === true;
}

/**
 * The values of a map without a schema: anything, but the fields of objects in it are dropped.
 * `prune` in k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning/algorithm.go
 */
function fieldless({ name }: SchemaPlace): Shape {
  const type = { name, fields: new Map(), awaited: [], gated: [], rest: undefined, demand: undefined };
  return {
    is: "any",
    nullable: true,
    object: { is: "type", nullable: true, type },
    get list(): Shape {
      return { is: "list", nullable: true, of: this, keys: undefined };
    },
  };
}

/** The properties that all shapes share. */
type Common = Pick<Shape, "nullable" | "limits">;

/** The shape of the values that a schema describes. */
function shapeOf(place: SchemaPlace): Shape {
  const { schema } = place;
  const nullable = schema.nullable === true || schema.default !== undefined;
  const common = { nullable, ...limitsOf(schema) };
  if (schema["x-kubernetes-int-or-string"] === true) return { ...common, is: "int64str" };
  if (schema.type === "array") return listShape(place, common);
  if (schema.type === "object") return objectShape(place, common);
  const scalar = scalars[`${schema.type}`];
  return scalar === undefined ? { ...untypedShape(place), ...common, nullable: true } : { ...common, is: scalar };
}

/** The shape of a schema without a type, which may describe objects and lists. */
function untypedShape(place: SchemaPlace): Shape {
  const { schema } = place;
  const isOf = (...keywords: string[]) => keywords.some((keyword) => schema[keyword] !== undefined);
  return {
    is: "any",
    nullable: true,
    ...(isOf("properties", "required", "additionalProperties") && { object: objectShape(place, { nullable: true }) }),
    ...(isOf("items") && { list: listShape(place, { nullable: true }) }),
  };
}

function listShape(place: SchemaPlace, common: Common): Shape {
  const { schema } = place;
  return { ...common, is: "list", of: elementOf(place), keys: keysOf(schema), keyDefaults: keyDefaultsOf(schema) };
}

const scalars: Readonly<Record<string, Scalar>> = {
  string: "string",
  boolean: "bool",
  integer: "int64",
  number: "float64",
};

/** A list that preserves unknown fields preserves them in its elements (`skipPrune` of apiextensions-apiserver). */
function elementOf(place: SchemaPlace): Shape {
  const { items } = place.schema;
  if (!isObject(items)) return { is: "any", nullable: true };
  const keeps = "x-kubernetes-preserve-unknown-fields";
  const { schema, name } = below(place, items, "[]");
  return shapeOf({ name, schema: place.schema[keeps] === true ? { ...schema, [keeps]: true } : schema });
}

function objectShape(place: SchemaPlace, common: Common): Shape {
  const { schema } = place;
  if (schema["x-kubernetes-embedded-resource"] === true)
    return { ...common, is: "type", type: rootType(place, embedded(schema)) };
  const hasFields =
    Object.keys(objectAt(schema, "properties") ?? {}).length > 0 || listAt(schema, "required").length > 0;
  const isMap = isObject(schema.additionalProperties) || schema.additionalProperties === true;
  const rest = hasFields ? undefined : restOf(place);
  if (rest !== undefined) return isMap ? { ...common, is: "map", of: rest } : { ...common, is: "object" };
  return { ...common, is: "type", type: lazyType(place) };
}

/** A type whose fields are built on first use, because schemas are large and mostly unused. */
function lazyType(place: SchemaPlace): ObjectType {
  let made: ObjectType | undefined;
  const type = () => {
    made ??= typeOf(place);
    return made;
  };
  return {
    name: place.name,
    demand: undefined,
    gated: [],
    get fields() {
      return type().fields;
    },
    get awaited() {
      return type().awaited;
    },
    get rest() {
      return type().rest;
    },
  };
}

const limiting = [
  ..."enum format pattern minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minLength maxLength".split(" "),
  ..."minItems maxItems uniqueItems minProperties maxProperties allOf anyOf oneOf not".split(" "),
];

/** The schema, if it restricts values beyond their type. */
function limitsOf(schema: JsonObject): { readonly limits?: Limits } {
  const isLimited = schema.type === "integer" || limiting.some((key) => schema[key] !== undefined);
  return isLimited ? { limits: schema } : {};
}
