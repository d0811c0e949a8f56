import { isEmbedded } from "../../cel/schema-values.ts";
import type { Json, JsonObject } from "../../core/json.ts";
import { checkOf } from "../../vocabulary/demand.ts";
import { Place } from "../../vocabulary/place.ts";
import { checkDefaultByRules } from "../custom-rules.ts";
import { decodedMetadata, embedded } from "../embedded.ts";
import { misfit } from "../misfit.ts";
import { annotations, labels } from "./metadata.ts";
import { additional, deepest, has, items, logic, properties } from "./schema-tree.ts";

const identity = ["apiVersion", "kind", "metadata"];

/** Reports defaults in places where they are not allowed. */
export function checkForbiddenDefaults(root: JsonObject, at: Place): void {
  for (const { path, schema } of properties(root)) {
    if (!identity.includes(path[1] as string)) embeddedDefaults(schema, at, path);
    else {
      at.beneath(path, () => {
        noDefaults(schema, at, "in apiVersion, kind or metadata", 0);
        noResources(schema, at, 0);
      });
    }
  }
}

/** Metadata cannot contain resources. */
function noResources(schema: JsonObject, at: Place, depth: number): void {
  if (depth > deepest) return;
  if (schema["x-kubernetes-embedded-resource"] === true)
    at.under("x-kubernetes-embedded-resource", () => at.forbidden("inside metadata"));
  for (const { path, schema: inner } of everywhere(schema)) at.beneath(path, () => noResources(inner, at, depth + 1));
}

function noDefaults(schema: JsonObject, at: Place, why: string, depth: number): void {
  if (depth > deepest) return;
  if (has(schema, "default")) at.under("default", () => at.forbidden(why));
  for (const { path, schema: inner } of everywhere(schema))
    at.beneath(path, () => noDefaults(inner, at, why, depth + 1));
}

function everywhere(schema: JsonObject) {
  const [elements, values] = [items(schema), additional(schema)];
  return [
    ...properties(schema),
    ...logic(schema),
    ...(elements === undefined ? [] : [{ path: ["items"], schema: elements }]),
    ...(values === undefined ? [] : [{ path: ["additionalProperties"], schema: values }]),
  ];
}

/** In the metadata of an embedded resource, map values cannot have defaults, and resources cannot be embedded. */
function embeddedDefaults(schema: JsonObject, at: Place, path: readonly (string | number)[], depth = 0): void {
  if (depth > deepest) return;
  at.beneath(path, () => {
    for (const { path: step, schema: inner } of everywhere(schema)) {
      const isMeta =
        schema["x-kubernetes-embedded-resource"] === true &&
        step[0] === "properties" &&
        identity.includes(step[1] as string);
      if (isMeta) {
        at.beneath(step, () => {
          noResources(inner, at, depth + 1);
          noDefaultsInMaps(inner, at, depth + 1);
        });
      } else embeddedDefaults(inner, at, step, depth + 1);
    }
  });
}

function noDefaultsInMaps(schema: JsonObject, at: Place, depth: number): void {
  if (depth > deepest) return;
  const values = additional(schema);
  if (values !== undefined)
    at.under("additionalProperties", () => noDefaults(values, at, "in a map inside metadata", depth + 1));
  for (const { path, schema: inner } of everywhere(schema)) {
    if (path[0] !== "additionalProperties") at.beneath(path, () => noDefaultsInMaps(inner, at, depth + 1));
  }
}

/** The path from an embedded resource into its metadata, or to its apiVersion or kind. */
type Meta = readonly (string | number)[];

/**
 * Reports defaults that do not fit their own schema, or have fields that it drops, except inside metadata
 * (`structuraldefaulting.ValidateDefaults`).
 */
export function checkDefaults(schema: JsonObject, at: Place, meta?: Meta, depth = 0): void {
  if (depth > deepest) return;
  const isResource = depth === 0 || isEmbedded(schema);
  const own = isResource ? undefined : meta;
  if (has(schema, "default"))
    at.under("default", () => fitting(schema.default as Json, isResource ? asObject(schema) : schema, own, at));
  const elements = items(schema);
  if (elements !== undefined) at.under("items", () => checkDefaults(elements, at, own && [...own, 0], depth + 1));
  for (const { path, schema: inner } of properties(schema)) {
    const field = path[1] as string;
    const isMeta = isResource && identity.includes(field);
    const within = isMeta ? [field] : own && [...own, field];
    if (depth > 0 || !isMeta) at.beneath(path, () => checkDefaults(inner, at, within, depth + 1));
  }
}

/** Reports defaults that break the rules of their own schema. */
export function checkDefaultsByRules(schema: JsonObject, at: Place, depth = 0): void {
  if (depth > deepest) return;
  const isResource = depth === 0 || isEmbedded(schema);
  if (has(schema, "default"))
    at.under("default", () => checkDefaultByRules(schema.default as Json, schema, isResource, at));
  const elements = items(schema);
  if (elements !== undefined) at.under("items", () => checkDefaultsByRules(elements, at, depth + 1));
  for (const { path, schema: inner } of properties(schema)) {
    if (depth > 0 || !identity.includes(path[1] as string))
      at.beneath(path, () => checkDefaultsByRules(inner, at, depth + 1));
  }
}

/** A default of the whole custom resource needs an apiVersion and a kind, like that of an embedded one. */
function asObject(schema: JsonObject): JsonObject {
  return { ...schema, "x-kubernetes-embedded-resource": true };
}

function fitting(value: Json, schema: JsonObject, meta: Meta | undefined, at: Place): void {
  const help = "Fix the default or the schema.";
  const wrong = misfit(value, schema, meta !== undefined);
  if (wrong !== undefined)
    at.beneath(wrong.path, () => (wrong.says === "is required" ? at.required("", help) : at.invalid(wrong.says, help)));
  else if (meta !== undefined) {
    const says = invalidWith(meta, value, at);
    if (says !== undefined) at.invalid(`results in an object whose ${says}`, help);
  } else if (isEmbedded(schema)) resource(value, at);
}

/** The requirements for embedded resources of `objectmeta.Validate` in k8s.io/apiextensions-apiserver. */
const resource = checkOf([decodedMetadata, embedded({}), { metadata: { labels, annotations } }]);

/** What is wrong with an object that has this value at a path in its metadata; undefined if nothing is. */
function invalidWith(meta: Meta, value: Json, at: Place): string | undefined {
  const around = meta.reduceRight<Json>((inner, step) => (step === 0 ? [inner] : { [step]: inner }), value);
  const object = { apiVersion: "validation/v1", kind: "Validation", ...(around as JsonObject) };
  const place = new Place(object, "", "", at.asked);
  resource(object, place);
  return place.told()[0]?.message.replace(/^\./, "");
}
