import type { Problem } from "../core/finding.ts";
import { isObject, type Json, type JsonObject, listAt, objectAt, stringAt } from "../core/json.ts";
import type { Check, Place } from "../vocabulary/place.ts";
import { allVersions } from "../vocabulary/versions.ts";
import { builtInType } from "./built-in.ts";
import { checkRules, hasRules } from "./custom-rules.ts";
import { defaulted } from "./defaults.ts";
import { generatedName } from "./demands/names.ts";
import { deprecationOf } from "./deprecation.ts";
import { embedded } from "./embedded.ts";
import { keyDefaultsOf, keysOf } from "./list-keys.ts";
import { misfit } from "./misfit.ts";
import { checkScale } from "./scale.ts";
import type { Field, Kind, Limits, ObjectType, Scalar, Shape } from "./shape.ts";
import { checkTransitions } from "./transitions.ts";

/**
 * The kinds that a CustomResourceDefinition defines, one for each version it serves. A malformed definition results in
 * less strict kinds, never in an error: the definition itself is checked elsewhere.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definitions/#specifying-a-structural-schema
 */
export function typesOfCrd(crd: JsonObject): Kind[] {
  const spec = objectAt(crd, "spec");
  const [group, names] = [stringAt(spec, "group"), objectAt(spec, "names")];
  const kind = stringAt(names, "kind");
  if (spec === undefined || group === undefined || kind === undefined) return [];
  const scope = spec.scope === "Cluster" ? "cluster" : "namespaced";
  return listAt(spec, "versions").flatMap((version) => {
    const name = isObject(version) && version.served === true ? stringAt(version, "name") : undefined;
    if (!isObject(version) || name === undefined) return [];
    const whole = objectAt(objectAt(version, "schema"), "openAPIV3Schema") ?? anything;
    const subresources = objectAt(version, "subresources");
    const drops = objectAt(subresources, "status") !== undefined;
    const schema = drops ? withoutStatus(whole) : whole;
    const judged: Judged = drops ? withoutStatusOf : (object) => object;
    const place = { schema, name: kind };
    const type = rootType(place, wholeOf(place, judged, objectAt(subresources, "scale")));
    const transition = transitionOf(place, judged);
    const apiVersion = `${group}/${name}`;
    const stored = (object: JsonObject) => defaulted(judged(object), schema) as JsonObject;
    const deprecation = deprecationOf(version, spec);
    return [
      {
        apiVersion,
        kind,
        type,
        scope,
        isBuiltIn: false,
        versions: allVersions,
        off: false,
        transition,
        stored,
        deprecation,
      },
    ];
  });
}

/** Returns the part of an object that is validated. */
type Judged = (object: JsonObject) => JsonObject;

/** The schema of a version without one: it accepts everything. */
const anything: JsonObject = { type: "object", "x-kubernetes-preserve-unknown-fields": true };

/**
 * If the status is a subresource, it is dropped before the object is validated. Of its schema, only the fields and
 * their types remain, which decoding and server-side apply use.
 * `PrepareForCreate` in k8s.io/apiextensions-apiserver/pkg/registry/customresource/strategy.go
 */
function withoutStatus(schema: JsonObject): JsonObject {
  const properties = objectAt(schema, "properties");
  const status = objectAt(properties, "status");
  if (status === undefined) return schema;
  return { ...schema, properties: { ...properties, status: structureOf(status) } };
}

/** Keywords that describe the structure of a value and do not restrict it otherwise. */
const structural = /^(?:type|x-kubernetes-(?!validations$).*)$/;

/**
 * Keeps only structural keywords. Server-side apply accepts null except for elements that it identifies by value or
 * keys (`listItemToPathElement`).
 */
function structureOf(schema: JsonObject, nullable = true): JsonObject {
  const within = (one: Json, isNullable?: boolean) => (isObject(one) ? structureOf(one, isNullable) : one);
  const isAssociative = /^(?:map|set)$/.test(String(schema["x-kubernetes-list-type"]));
  const kept = Object.entries(schema).filter(([keyword]) => structural.test(keyword));
  const { properties, items, additionalProperties } = schema;
  return {
    ...Object.fromEntries(kept),
    nullable,
    ...(schema.type === "integer" && { type: "number" }),
    ...(isObject(properties) && {
      properties: Object.fromEntries(Object.entries(properties).map(([key, one]) => [key, within(one)])),
    }),
    ...(items !== undefined && { items: within(items, !isAssociative) }),
    ...(additionalProperties !== undefined && { additionalProperties: within(additionalProperties) }),
  };
}

/** A schema and its path, for messages. */
interface SchemaPlace {
  readonly schema: JsonObject;
  readonly name: string;
}

/** A nested schema. */
function below({ name }: SchemaPlace, schema: Json | undefined, step: string): SchemaPlace {
  return { schema: isObject(schema) ? schema : {}, name: name + step };
}

/** The type of a kind or an embedded resource, with the fields that all objects have. */
function rootType(place: SchemaPlace, demand: Check): ObjectType {
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

/** The checks of the whole object: metadata, dropped fields, scale, and the CEL rules if nothing else is wrong. */
function wholeOf({ schema }: SchemaPlace, judged: Judged, scale: JsonObject | undefined): Check {
  let rules: boolean | undefined;
  return (value, at) => {
    if (!isObject(value)) return;
    restrictMetadata(value, schema, at);
    const stored = judged(value);
    for (const field of listAt(schema, "required")) {
      const isDropped = typeof field === "string" && Object.hasOwn(value, field) && !Object.hasOwn(stored, field);
      if (isDropped) at.under(field, () => at.report("Required", dropped(at), undefined, "schema/required"));
    }
    if (scale !== undefined) checkScale(stored, scale, at);
    rules ??= hasRules(schema);
    if (!rules || at.problems.some(isError)) return;
    checkRules(stored, schema, at);
  };
}

const dropped = (at: Place) => `${at.name()} is required, but the API server drops it: no object is valid`;

function withoutStatusOf({ status: _, ...others }: JsonObject): JsonObject {
  return others;
}

function transitionOf({ schema }: SchemaPlace, judged: Judged): NonNullable<Kind["transition"]> {
  return (old, next, at) => checkTransitions(judged(old), judged(next), schema, at);
}

const isError = ({ rule }: Problem) => rule !== "apply/warning" && rule !== "api/deprecated";

/** Metadata with a generated name if only generateName is given. */
function withName(metadata: JsonObject): JsonObject {
  const prefix = stringAt(metadata, "generateName") ?? "";
  return stringAt(metadata, "name") || prefix === "" ? metadata : { ...metadata, name: generatedName(prefix) };
}

/** Checks metadata against the schema, in addition to the checks of all metadata. */
function restrictMetadata(object: JsonObject, schema: JsonObject, at: Place): void {
  const restriction = objectAt(objectAt(schema, "properties"), "metadata");
  const metadata = objectAt(object, "metadata");
  const wrong = restriction && metadata && misfit(withName(metadata), restriction, true);
  if (wrong === undefined) return;
  const say = () => at.report("Invalid", `${at.name()} ${wrong.says}`, undefined, "schema/value");
  at.beneath(["metadata", ...wrong.path], say);
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
