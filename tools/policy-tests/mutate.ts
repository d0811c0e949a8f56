import { isObject, type Json, type JsonObject, objectAt } from "../core/json.ts";
import { at, join, tokens } from "../core/pointer.ts";

/** A change of one value that a policy must detect. */
export interface Mutant {
  /** The JSON pointer of the value in the resource. */
  readonly pointer: string;
  /** The change in words: `removed`, `another value` … */
  readonly how: string;
  /** The new value; undefined if the value is removed. */
  readonly value: Json | undefined;
}

/**
 * Changes that make a valid value violate a schema: one for each keyword that applies to an existing value. `anyOf`,
 * `oneOf` and `not` are skipped, because another branch may accept the mutant.
 */
export function mutants(schema: JsonObject, value: Json | undefined, pointer = "", depth = 0): Mutant[] {
  if (value === undefined || depth > 30) return [];
  const own = Object.entries(schema).flatMap(([keyword, demand]) => breach(keyword, demand, value, pointer));
  const inner = parts(schema, value, pointer).flatMap(([part, child, path]) => mutants(part, child, path, depth + 1));
  return [...own, ...inner];
}

/** The nested schemas that apply to a value, each with the part of the value and its pointer. */
function parts(schema: JsonObject, value: Json, pointer: string): [JsonObject, Json | undefined, string][] {
  const found: [JsonObject, Json | undefined, string][] = [];
  for (const part of Array.isArray(schema.allOf) ? schema.allOf : []) {
    if (isObject(part)) found.push([part, value, pointer]);
  }
  if (isObject(value)) {
    for (const [key, part] of Object.entries(objectAt(schema, "properties") ?? {})) {
      if (isObject(part) && Object.hasOwn(value, key)) found.push([part, value[key], join(pointer, key)]);
    }
  }
  if (Array.isArray(value) && isObject(schema.items)) {
    const { items } = schema;
    value.forEach((element, index) => {
      found.push([items, element, join(pointer, index)]);
    });
  }
  return found;
}

function breach(keyword: string, demand: Json, value: Json, pointer: string): Mutant[] {
  const instead = (how: string, other: Json): Mutant[] => [{ pointer, how, value: other }];
  switch (keyword) {
    case "required":
      return (Array.isArray(demand) ? demand : [])
        .filter((key) => isObject(value) && Object.hasOwn(value, String(key)))
        .map((key) => ({ pointer: join(pointer, String(key)), how: "removed", value: undefined }));
    case "const":
    case "enum":
      return instead("another value", typeof value === "string" ? `${value}-mutant` : "mutant");
    case "type":
      return otherTypes([demand].flat()).map((other) => ({ pointer, how: "another type", value: other }));
    case "pattern":
      return typeof value === "string" && !new RegExp(String(demand), "u").test("") ? instead("empty", "") : [];
    case "minLength":
      return typeof value === "string" && Number(demand) > 0 ? instead("empty", "") : [];
    case "maxLength":
      return typeof value === "string" ? instead("too long", value + "x".repeat(Number(demand) + 1)) : [];
    case "minimum":
    case "exclusiveMinimum":
      return typeof value === "number" ? instead("too small", Number(demand) - 1) : [];
    case "maximum":
    case "exclusiveMaximum":
      return typeof value === "number" ? instead("too large", Number(demand) + 1) : [];
    case "minItems":
      return Array.isArray(value) && Number(demand) > 0 ? instead("an empty list", []) : [];
    case "maxItems":
      return Array.isArray(value) ? instead("too many", Array(Number(demand) + 1).fill(value[0] ?? "mutant")) : [];
    case "additionalProperties":
      return demand === false && isObject(value)
        ? [{ pointer: join(pointer, "mutant"), how: "an additional field", value: "mutant" }]
        : [];
    default:
      return [];
  }
}

/** A value of a different type; none if all types are allowed. */
function otherTypes(types: readonly Json[]): Json[] {
  const values: readonly [string, Json][] = [
    ["string", "mutant"],
    ["array", []],
    ["object", {}],
    ["boolean", true],
  ];
  const other = values.find(([type]) => !types.includes(type));
  return other === undefined ? [] : [other[1]];
}

/** The values of a failing resource that differ from a passing one at the given pointers. */
export function grafts(passing: JsonObject, failing: JsonObject, pointers: readonly string[]): Mutant[] {
  return pointers.flatMap((pointer) => {
    const [old, value] = [at(passing, pointer), at(failing, pointer)];
    if (JSON.stringify(old) === JSON.stringify(value)) return [];
    return [{ pointer, how: value === undefined ? "removed" : "as in the failing fixture", value }];
  });
}

/** A copy of an object with the mutant's value; undefined if the pointer has no parent in the object. */
export function mutated(object: JsonObject, { pointer, value }: Mutant): JsonObject | undefined {
  const copy = structuredClone(object);
  const path = tokens(pointer);
  const last = path.pop();
  let holder: Json | undefined = copy;
  for (const token of path) {
    if (isObject(holder) && Object.hasOwn(holder, token)) holder = holder[token];
    else if (Array.isArray(holder)) holder = holder[Number(token)];
    else return undefined;
  }
  if (last === undefined) return isObject(value) ? value : undefined;
  return put(holder, last, value) ? copy : undefined;
}

function put(holder: Json | undefined, key: string, value: Json | undefined): boolean {
  if (Array.isArray(holder)) {
    holder.splice(Number(key), 1, ...(value === undefined ? [] : [value]));
    return true;
  }
  if (!isObject(holder)) return false;
  if (value === undefined) delete holder[key];
  else Object.defineProperty(holder, key, { value, writable: true, enumerable: true, configurable: true });
  return true;
}
