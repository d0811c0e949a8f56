import { allVersions, since, until, type VersionSet } from "../vocabulary/versions.ts";
import type { Enforcement } from "./demands/enforced.ts";
import type { Field, ListKeys, ObjectType, Scalar, Shape } from "./shape.ts";

/**
 * The notation of `types/*.json`, one string per field:
 *
 *     string  int32  int64  float64  bool  quantity  intstr  time  microtime  duration  bytes
 *     any  object                     any value; any object
 *     core.v1.EnvVar                  a type of the same file
 *     []string  [set]string           a list; a list without duplicates
 *     [name]core.v1.EnvVar            a list whose elements are identified by the field `name`; `[port,protocol]` by two
 *     {}string                        a map from strings
 *     string!                         required
 *     core.v1.PodSpec{}               empty if absent
 *     string 1.34..  string ..1.32    known from 1.34 on; up to 1.32
 */
export function parseField(text: string, typeNamed: (name: string) => ObjectType, enforcement: Enforcement): Field {
  const space = text.indexOf(" ");
  const notation = space < 0 ? text : text.slice(0, space);
  const [, type = "", filled, required] = /^(.*?)(\{\})?(!)?$/.exec(notation) ?? [];
  return {
    shape: parseShape(type, typeNamed),
    required: required !== undefined,
    filled: filled !== undefined,
    versions: space < 0 ? allVersions : parseWindow(text.slice(space + 1)),
    ...enforcement,
  };
}

/** `1.34..`, `..1.32` or `1.31..1.33` as a set. */
export function parseWindow(text: string): VersionSet {
  const [from, to] = text.split("..");
  return (from ? since(from) : allVersions) & (to ? until(to) : allVersions);
}

const scalars: ReadonlySet<string> = new Set<Scalar>([
  "string",
  "int32",
  "int64",
  "float64",
  "bool",
  "quantity",
  "intstr",
  "time",
  "microtime",
  "duration",
  "bytes",
]);

/** Equal scalars share one object, because a type table has thousands. */
const shared = new Map<string, Shape>();

function parseShape(notation: string, typeNamed: (name: string) => ObjectType): Shape {
  if (notation.startsWith("{}")) return { is: "map", of: parseShape(notation.slice(2), typeNamed), nullable: true };
  if (notation.startsWith("[")) {
    const end = notation.indexOf("]");
    const of = parseShape(notation.slice(end + 1), typeNamed);
    return { is: "list", of, keys: parseKeys(notation.slice(1, end)), nullable: true };
  }
  const either = unions[notation];
  if (either !== undefined) return either(typeNamed);
  if (!scalars.has(notation) && notation !== "any" && notation !== "object") {
    return { is: "type", type: typeNamed(notation), nullable: true };
  }
  const known = shared.get(notation);
  if (known !== undefined) return known;
  const shape: Shape = { is: notation as Scalar, nullable: true };
  shared.set(notation, shape);
  return shape;
}

function parseKeys(text: string): ListKeys | undefined {
  if (text === "") return undefined;
  return text === "set" ? "set" : text.split(",");
}

const schemaType = "apiextensions.v1.JSONSchemaProps";

/**
 * The three unions of apiextensions/v1, whose members differ by their JSON type. `JSONSchemaPropsOrArray` accepts and
 * ignores anything that is neither a schema nor a list.
 */
const unions: Record<string, (typeNamed: (name: string) => ObjectType) => Shape> = {
  schemaOrBool: (typeNamed) => either(parseShape(schemaType, typeNamed), parseShape("bool", typeNamed)),
  schemaOrList: (typeNamed) =>
    either(
      parseShape(schemaType, typeNamed),
      either(parseShape(`[]${schemaType}`, typeNamed), parseShape("any", typeNamed)),
    ),
  schemaOrStrings: (typeNamed) => either(parseShape(schemaType, typeNamed), parseShape("[]string", typeNamed)),
};

function either(one: Shape, other: Shape): Shape {
  return { is: "either", one, other, nullable: true };
}
