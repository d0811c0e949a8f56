import { isObject, type Json, type JsonObject, listAt, objectAt } from "../../core/json.ts";
import { once } from "../../core/once.ts";
import { namesOf, propertiesOf } from "../schema-types.ts";

/** The sizes of values with a schema. */
export interface Sizes {
  /** The maximum number of elements, entries, or bytes of text; 0 for values without a size. */
  readonly max: number;
  /** The minimum number of bytes in JSON. */
  readonly bytes: number;
  /** The sizes of a list's elements or a map's values. */
  readonly element?: Sizes;
  readonly key?: Sizes;
  /** The sizes of an object's fields, by their names in expressions. */
  readonly fields?: ReadonlyMap<string, Sizes>;
  /** The sizes of a map's values that are selected like fields. */
  readonly rest?: Sizes;
}

/** The sizes of the values at a path, whose first step is a variable; undefined if they are unknown. */
export type SizesAt = (path: readonly string[]) => Sizes | undefined;

/** The largest request that an API server accepts, in bytes. */
const largestRequest = 3 * 1024 * 1024;

/**
 * The sizes of a schema's values as an API server estimates them: from the limits of the schema, or else of a request;
 * undefined if expressions cannot see them. `SchemaDeclType` in k8s.io/apiserver/pkg/cel/common/schemas.go
 *
 * @param isResource whether it is the root of a resource, which has a name, a kind and an API version.
 */
export function sizesOf(schema: JsonObject, isResource = false): Sizes | undefined {
  if (schema["x-kubernetes-int-or-string"] === true) return { max: textLength(schema, largestRequest - 2), bytes: 1 };
  switch (schema.type) {
    case "array":
      return sizesOfList(schema);
    case "object":
      return sizesOfMap(schema) ?? sizesOfObject(schema, isResource);
    case "string":
      return sizesOfText(schema);
    case "boolean":
      return { max: 0, bytes: 4 };
    case "number":
    case "integer":
      return { max: 0, bytes: 1 };
    default:
      return undefined;
  }
}

/** Computed once, as a schema is part of each outer schema with rules. */
const sizesOnce = once((schema: JsonObject) => sizesOf(schema, schema["x-kubernetes-embedded-resource"] === true));

function sizesOfChild(schema: Json | undefined): Sizes | undefined {
  return isObject(schema) ? sizesOnce(schema) : undefined;
}

function sizesOfList(schema: JsonObject): Sizes | undefined {
  const element = sizesOfChild(schema.items);
  if (element === undefined) return undefined;
  return { max: bound(schema.maxItems) ?? fitting(element.bytes + 1), bytes: 2, element };
}

/** The number of elements of this many bytes that fit into a request, within brackets. */
const fitting = (bytes: number) => Math.floor((largestRequest - 2) / bytes);

const bound = (value: Json | undefined) =>
  typeof value === "number" || typeof value === "bigint" ? Math.max(0, Number(value)) : undefined;

const key: Sizes = { max: 0, bytes: 2 };

function sizesOfMap(schema: JsonObject): Sizes | undefined {
  const element = sizesOfChild(schema.additionalProperties);
  if (element === undefined) return undefined;
  return { max: bound(schema.maxProperties) ?? fitting(element.bytes + 6), bytes: 2, element, key };
}

function sizesOfObject(schema: JsonObject, isResource: boolean): Sizes | undefined {
  if (isObject(schema.additionalProperties)) return undefined;
  const required = listAt(schema, "required");
  const fields = new Map<string, Sizes>();
  let bytes = 2;
  for (const [name, property] of Object.entries(propertiesOf(schema, isResource))) {
    const sizes = sizesOfChild(property);
    if (sizes === undefined) continue;
    for (const one of namesOf(name)) fields.set(one, sizes);
    if (required.includes(name) && (property as JsonObject).default === undefined)
      bytes += Buffer.byteLength(name) + sizes.bytes + 4;
  }
  return { max: 0, bytes, fields };
}

/** The maximum length in bytes: `maxLength` counts characters of up to four bytes. */
function textLength({ maxLength }: JsonObject, otherwise: number): number {
  const length = bound(maxLength);
  return length === undefined ? otherwise : length * 4;
}

function sizesOfText(schema: JsonObject): Sizes {
  const words = listAt(schema, "enum").filter((word) => typeof word === "string");
  switch (schema.format) {
    case "byte":
      return { max: bound(schema.maxLength) ?? largestRequest - 2, bytes: 2 };
    case "duration":
      return { max: 32, bytes: 3 };
    case "date":
      return { max: 12, bytes: 12 };
    case "date-time":
      return { max: 32, bytes: 21 };
    default: {
      const longest = words.reduce((most, word) => Math.max(most, Buffer.byteLength(word)), 0);
      const hasWords = listAt(schema, "enum").length > 0;
      return { max: textLength(schema, hasWords ? longest : largestRequest - 2), bytes: 2 };
    }
  }
}

/** The sizes below a value; the first step of a path, the name of its variable, is ignored. */
export function sizesBelow(root: Sizes): SizesAt {
  return ([, ...steps]) => {
    let sizes: Sizes | undefined = root;
    for (const step of steps) {
      if (step === "@items" || step === "@values") sizes = sizes?.element;
      else sizes = step === "@keys" ? sizes?.key : (sizes?.fields?.get(step) ?? sizes?.rest);
    }
    return sizes;
  };
}

/** The maximum number of values of this size in a request. `maxCardinality` in the same package */
export const mostOf = ({ bytes }: Sizes): number => Math.floor(largestRequest / (bytes + 1));

/** The maximum number of children of a value with this schema; undefined if it is unlimited. `extractMaxElements` */
export function childrenOf(schema: JsonObject): number | undefined {
  if (schema.type === "array") return bound(schema.maxItems);
  if (schema.type === "object" && objectOrTrue(schema)) return bound(schema.maxProperties);
  return 1;
}

const objectOrTrue = (schema: JsonObject) =>
  objectAt(schema, "additionalProperties") !== undefined || typeof schema.additionalProperties === "boolean";
