import facts from "../types/go.json" with { type: "json" };

const pointers = new Map(Object.entries(facts.pointers).map(([type, fields]) => [type, new Set(fields.split(" "))]));
const atomics = new Set(facts.atomic);
const none: ReadonlySet<string> = new Set();

/** The scalar fields of a type that are pointers in Go, so that empty differs from absent. */
export function pointersOf(type: string): ReadonlySet<string> {
  return pointers.get(type) ?? none;
}

/** Whether server-side apply replaces the object at a field as a whole (`x-kubernetes-map-type: atomic`). */
export function isAtomic(holder: string, field: string, type: string | undefined): boolean {
  const name = `${holder}.${field}`;
  if (atomics.has(`!${name}`)) return false;
  return atomics.has(name) || (type !== undefined && atomics.has(type));
}

/** Whether server-side apply replaces a list element of this type as a whole. */
export function isAtomicType(type: string): boolean {
  return atomics.has(type);
}
