/** The static types of the language. `param` is a type parameter of a signature, or a type that is not known yet. */
export type Kind =
  | "dyn"
  | "null_type"
  | "bool"
  | "int"
  | "uint"
  | "double"
  | "string"
  | "bytes"
  | "duration"
  | "timestamp"
  | "list"
  | "map"
  | "type"
  | "param"
  /** A message with fields. */
  | "struct"
  /** A type with parameters that is only accessible to functions: `optional_type(int)`. */
  | "opaque";

export interface Type {
  readonly kind: Kind;
  readonly name: string;
  readonly of: readonly Type[];
  /** Whether it is a protobuf type whose values may be null. */
  readonly isNullable?: boolean;
  /** For a struct: the type of a field; undefined if there is no such field. */
  readonly field?: (name: string) => Type | undefined;
}

const simple = (kind: Kind, name: string = kind): Type => ({ kind, name, of: [] });

export const dyn: Type = simple("dyn");
const nullType: Type = simple("null_type");
export const bool: Type = simple("bool");
export const int: Type = simple("int");
export const uint: Type = simple("uint");
export const double: Type = simple("double");
export const string: Type = simple("string");
export const bytes: Type = simple("bytes");
export const duration: Type = simple("duration");
export const timestamp: Type = simple("timestamp");
export const anyType: Type = simple("type");

export const listOf = (element: Type): Type => ({ kind: "list", name: "list", of: [element] });
export const mapOf = (key: Type, value: Type): Type => ({ kind: "map", name: "map", of: [key, value] });
export const typeOf = (type: Type): Type => ({ kind: "type", name: "type", of: [type] });
export const optionalOf = (type: Type): Type => ({ kind: "opaque", name: "optional_type", of: [type] });
export const param = (name: string): Type => simple("param", name);

/** A message type; without `field`, it has no fields. */
export function struct(name: string, field: (name: string) => Type | undefined = () => undefined): Type {
  return { kind: "struct", name, of: [], field };
}

/** The type in an optional type; undefined for any other type. */
export function unwrapped(type: Type): Type | undefined {
  return type.kind === "opaque" && type.name === "optional_type" ? type.of[0] : undefined;
}

/** The text of a type: `map(string, list(int))`. */
export function typeText({ kind, name, of, isNullable = false }: Type): string {
  if (isNullable) return `wrapper(${name})`;
  if (kind === "duration" || kind === "timestamp")
    return `google.protobuf.${kind === "duration" ? "Duration" : "Timestamp"}`;
  return of.length === 0 ? name : `${name}(${of.map(typeText).join(", ")})`;
}

/** Whether two types are identical. */
export function sameType(a: Type, b: Type): boolean {
  if (a === b) return true;
  if (a.kind !== b.kind || a.name !== b.name || a.of.length !== b.of.length) return false;
  return a.of.every((one, index) => sameType(one, b.of[index] as Type));
}

const named: Readonly<Record<string, Type>> = {
  dyn,
  null_type: nullType,
  bool,
  int,
  uint,
  double,
  string,
  bytes,
  duration,
  timestamp,
};

/** Parses a type in a signature: `list(A)`, `optional(string)`, `kubernetes.Quantity`. */
export function readType(text: string): Type {
  const [, name = "", inner] = /^([^(]+)(?:\((.*)\))?$/.exec(text) ?? [];
  const of = inner === undefined ? [] : splitTypes(inner).map(readType);
  const [first = dyn, second = dyn] = of;
  if (name === "list") return listOf(first);
  if (name === "map") return mapOf(first, second);
  if (name === "type") return typeOf(first);
  if (name === "optional") return optionalOf(first);
  const known = Object.hasOwn(named, name) ? named[name] : undefined;
  return known ?? (/^[A-Z]$/.test(name) ? param(name) : struct(name));
}

/** Splits a text at the commas outside parentheses. */
export function splitTypes(text: string): string[] {
  if (text === "") return [];
  const parts: string[] = [""];
  let depth = 0;
  for (const character of text) {
    if (character === "(") depth++;
    if (character === ")") depth--;
    if (character === "," && depth === 0) parts.push("");
    else parts[parts.length - 1] += character;
  }
  return parts.map((part) => part.trim());
}
