import type { Field, ObjectType, Shape } from "../validate/shape.ts";
import { allVersions, wordsFor } from "../vocabulary/versions.ts";
import { type Declaration, declarationIn, type Property } from "./declaration.ts";
import { fileOfType } from "./models.ts";

/** A field, or a kind itself, to explain. */
export interface Node {
  /** `[]Container`, `map[string]quantity`, `boolean`. */
  readonly type: string;
  readonly doc: string;
  readonly required: boolean;
  /** The allowed values; empty if they are not limited. */
  readonly values: readonly string[];
  /** The Kubernetes versions that have the field; empty if all do. */
  readonly versions: string;
  /** The fields below it, or of its elements if it is a list. Created on demand, because types can contain themselves. */
  readonly fields: () => ReadonlyMap<string, Node>;
}

/** A type in the type table of current API servers, with the documentation from kubernetes-models. */
export function nodeOfType(type: ObjectType, words = ""): Node {
  const { doc } = declarationIn(fileOfType(type.name));
  return { type: "object", doc: doc || words, required: false, values: [], versions: "", fields: () => fieldsOf(type) };
}

function fieldsOf(type: ObjectType): ReadonlyMap<string, Node> {
  const { properties } = declarationIn(fileOfType(type.name));
  return new Map([...type.fields].map(([name, field]) => [name, nodeOfField(field, properties.get(name))]));
}

function nodeOfField({ shape, required, versions }: Field, property: Property | undefined): Node {
  const inner = innermost(shape);
  return {
    type: shown(shape),
    doc: property?.doc || (inner.is === "type" ? nodeOfType(inner.type).doc : ""),
    required: required || property?.required === true,
    values: valuesOf(property?.type ?? ""),
    versions: versions === allVersions ? "" : wordsFor(versions),
    fields: () => (inner.is === "type" ? fieldsOf(inner.type) : new Map()),
  };
}

function innermost(shape: Shape): Shape {
  return shape.is === "list" || shape.is === "map" ? innermost(shape.of) : shape.is === "either" ? shape.one : shape;
}

const words: Readonly<Record<string, string>> = {
  bool: "boolean",
  float64: "number",
  intstr: "int or string",
  bytes: "base64",
  microtime: "time",
};

function shown(shape: Shape): string {
  switch (shape.is) {
    case "list":
      return `[]${shown(shape.of)}`;
    case "map":
      return `map[string]${shown(shape.of)}`;
    case "either":
      return `${shown(shape.one)} or ${shown(shape.other)}`;
    case "type":
      return /\.([A-Z]\w*)$/.exec(shape.type.name)?.[1] ?? "object";
    default:
      return words[shape.is] ?? shape.is;
  }
}

/** The values in a type such as `"Always" | "Never"`, or in an array of it. */
function valuesOf(type: string): string[] {
  const inner = /^Array<(.*)>$/s.exec(type)?.[1] ?? type;
  return /^"[^"]*"(?: \| "[^"]*")+$/.test(inner)
    ? [...inner.matchAll(/"([^"]*)"/g)].map(([, value = ""]) => value)
    : [];
}

/** A declared interface without the type table: a kind that current API servers no longer serve. */
export function nodeOfFile(file: string, property?: Property): Node {
  const declaration = declarationIn(file);
  return {
    type: property ? readable(property.type) : "object",
    doc: property?.doc || declaration.doc,
    required: property?.required ?? false,
    values: valuesOf(property?.type ?? ""),
    versions: "",
    fields: () => declaredFields(declaration),
  };
}

function declaredFields({ properties, imports }: Declaration): ReadonlyMap<string, Node> {
  return new Map(
    [...properties].map(([name, property]) => {
      const [reference = ""] = /IIoK8s\w+/.exec(property.type) ?? [];
      return [name, nodeOfFile(imports.get(reference) ?? "", property)];
    }),
  );
}

/** `Array<IIoK8sApiCoreV1Container>` becomes `[]Container`. */
function readable(type: string): string {
  if (valuesOf(type).length > 0) return type.startsWith("Array<") ? "[]string" : "string";
  return type
    .replace(/^Array<(.*)>$/s, "[]$1")
    .replace(/^\{ \[key: string\]: (.*?);? \}$/s, "map[string]$1")
    .replace(/IIoK8s\w*?(IntOrString|Quantity)/g, "$1")
    .replace(/IIoK8s(?:Api|ApimachineryPkgApis|ApimachineryPkg)\w*?V\d+(?:(?:alpha|beta)\d+)?([A-Z]\w*)/g, "$1");
}
