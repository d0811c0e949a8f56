import type { Field, ObjectType, Shape } from "../validate/shape.ts";
import { allVersions, wordsFor } from "../vocabulary/versions.ts";
import { type Declaration, declarationIn, type Property } from "./declaration.ts";
import { fileOfType } from "./models.ts";

/** A field, or a kind itself, as it is to be explained. */
export interface Node {
  /** `[]Container`, `map[string]quantity`, `boolean`. */
  readonly type: string;
  readonly doc: string;
  readonly required: boolean;
  /** The only values that it may have; empty when there is no such list. */
  readonly values: readonly string[];
  /** Versions of Kubernetes that know it; empty when all do. */
  readonly versions: string;
  /** The fields below it, of its elements where it is a list. Made when asked for: types hold themselves. */
  readonly fields: () => ReadonlyMap<string, Node>;
}

/** A type of the type table, which says what an API server of today takes; the words are those of kubernetes-models. */
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

/** `"Always" | "Never"`, or a list of these. */
function valuesOf(type: string): string[] {
  const inner = /^Array<(.*)>$/s.exec(type)?.[1] ?? type;
  return /^"[^"]*"(?: \| "[^"]*")+$/.test(inner)
    ? [...inner.matchAll(/"([^"]*)"/g)].map(([, value = ""]) => value)
    : [];
}

/** A declared interface by itself: a kind that no API server of today serves. */
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
