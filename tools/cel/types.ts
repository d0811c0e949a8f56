/** The static types of the language. `param` is a variable of a function's signature, or one that is still open. */
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
  /** A type with parameters that only functions look into: `optional_type(int)`. */
  | "opaque";

export interface Type {
  readonly kind: Kind;
  readonly name: string;
  readonly of: readonly Type[];
  /** Of a type of protobuf whose values may be null. */
  readonly isNullable?: boolean;
  /** Of a struct: the type of a field, undefined when there is none. */
  readonly field?: (name: string) => Type | undefined;
}

const simple = (kind: Kind, name: string = kind): Type => ({ kind, name, of: [] });

export const dyn: Type = simple("dyn");
export const nullType: Type = simple("null_type");
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

/** A message; without `field`, nothing can be selected from it. */
export function struct(name: string, field: (name: string) => Type | undefined = () => undefined): Type {
  return { kind: "struct", name, of: [], field };
}

/** What an optional holds; undefined of anything else. */
export function unwrapped(type: Type): Type | undefined {
  return type.kind === "opaque" && type.name === "optional_type" ? type.of[0] : undefined;
}

/** A type as it is written: `map(string, list(int))`. */
export function typeText({ kind, name, of, isNullable = false }: Type): string {
  if (isNullable) return `wrapper(${name})`;
  if (kind === "duration" || kind === "timestamp")
    return `google.protobuf.${kind === "duration" ? "Duration" : "Timestamp"}`;
  return of.length === 0 ? name : `${name}(${of.map(typeText).join(", ")})`;
}

/** Whether two types are exactly the same. */
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

/** Reads a type of a function's signature: `list(A)`, `optional(string)`, `kubernetes.Quantity`. */
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

/** Splits at the commas that are in no parentheses. */
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
