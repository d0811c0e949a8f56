import facts from "../types/go.json" with { type: "json" };

const pointers = new Map(Object.entries(facts.pointers).map(([type, fields]) => [type, new Set(fields.split(" "))]));
const atomics = new Set(facts.atomic);
const none: ReadonlySet<string> = new Set();

/** The fields of a type that hold one value behind a pointer in Go: empty is not absent there. */
export function pointersOf(type: string): ReadonlySet<string> {
  return pointers.get(type) ?? none;
}

/** Server-side apply replaces the object at this field as a whole: `x-kubernetes-map-type: atomic`. */
export function isAtomic(holder: string, field: string, type: string | undefined): boolean {
  const name = `${holder}.${field}`;
  if (atomics.has(`!${name}`)) return false;
  return atomics.has(name) || (type !== undefined && atomics.has(type));
}

/** The same of an element of a list. */
export function isAtomicType(type: string): boolean {
  return atomics.has(type);
}
