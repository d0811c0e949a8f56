import { isObject, type Json, type JsonObject, listAt, objectAt } from "../../core/json.ts";
import { once } from "../../core/once.ts";
import { namesOf, propertiesOf } from "../schema-types.ts";

/** How large values of a schema can become. */
export interface Sizes {
  /** The most elements, entries, or bytes of text; 0 of what has no size. */
  readonly max: number;
  /** The least bytes of it in JSON. */
  readonly bytes: number;
  /** Of a list's elements, of a map's values. */
  readonly element?: Sizes;
  readonly key?: Sizes;
  /** Of an object's fields, by the names that expressions have for them. */
  readonly fields?: ReadonlyMap<string, Sizes>;
  /** Of a map's values where they are selected like fields. */
  readonly rest?: Sizes;
}

/** The sizes of what a path leads to, whose first step is a variable; undefined where nothing is known of it. */
export type SizesAt = (path: readonly string[]) => Sizes | undefined;

/** The largest request that an API server takes, in bytes. */
export const largestRequest = 3 * 1024 * 1024;

/**
 * The sizes of a schema's values as an API server estimates them: by what the schema allows, else by what fits into a
 * request; undefined for what expressions see nothing of.
 * `SchemaDeclType` in k8s.io/apiserver/pkg/cel/common/schemas.go
 *
 * @param isResource the root of a resource, which has a name, a kind and an API version
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

/** A schema is below each of those around it that have rules. */
const sizesOnce = once((schema: JsonObject) => sizesOf(schema, schema["x-kubernetes-embedded-resource"] === true));

function sizesOfChild(schema: Json | undefined): Sizes | undefined {
  return isObject(schema) ? sizesOnce(schema) : undefined;
}

function sizesOfList(schema: JsonObject): Sizes | undefined {
  const element = sizesOfChild(schema.items);
  if (element === undefined) return undefined;
  return { max: bound(schema.maxItems) ?? fitting(element.bytes + 1), bytes: 2, element };
}

/** As many as fit into a request, of so many bytes each, within brackets. */
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

/** A length is one of characters, of which each may take four bytes. */
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

/** The sizes of what is below a value, whatever the variable is called that it is the value of. */
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

/** How often a value of this size can be in a request. `maxCardinality` of the same package */
export const mostOf = ({ bytes }: Sizes): number => Math.floor(largestRequest / (bytes + 1));

/** How many children of a schema one of it can have at most; undefined for no bound. `extractMaxElements` */
export function childrenOf(schema: JsonObject): number | undefined {
  if (schema.type === "array") return bound(schema.maxItems);
  if (schema.type === "object" && objectOrTrue(schema)) return bound(schema.maxProperties);
  return 1;
}

const objectOrTrue = (schema: JsonObject) =>
  objectAt(schema, "additionalProperties") !== undefined || typeof schema.additionalProperties === "boolean";
