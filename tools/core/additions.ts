import { isObject, type Json, type JsonObject, stringAt } from "./json.ts";

/** What a GitOps controller adds to a target before it applies it. */
export interface Additions {
  /** What adds it, in words: `Kustomization apps`. */
  readonly by: string;
  /** Fields that the controller writes into the kustomization before it is built. */
  readonly kustomization: JsonObject;
  /** Labels and annotations of all resources. */
  readonly metadata?: JsonObject;
  /** The known values of variables; undefined if the controller replaces none. */
  readonly variables?: Readonly<Record<string, string>>;
}

/** A kustomization with the fields that a controller writes into it. */
export function withAdditions(kustomization: JsonObject, { kustomization: added }: Additions): JsonObject {
  const made: { [key: string]: Json } = { ...kustomization };
  for (const [field, value] of Object.entries(added)) made[field] = joined(field, made[field] ?? null, value);
  return made;
}

/** Lists and maps are joined, except that an image replaces the one with its name; other values are replaced. */
function joined(field: string, old: Json, added: Json): Json {
  if (Array.isArray(old) && Array.isArray(added)) {
    const isReplaced = (one: Json) => field === "images" && added.some((other) => nameOf(other) === nameOf(one));
    return [...old.filter((one) => !isReplaced(one)), ...added];
  }
  return isObject(old) && isObject(added) ? { ...old, ...added } : added;
}

function nameOf(image: Json): Json | undefined {
  return isObject(image) ? image.name : undefined;
}

/** A name without the prefix and the suffix that a kustomization adds. */
export function withoutAffixes(name: string, kustomization: JsonObject | undefined): string {
  const [prefix = "", suffix = ""] = ["namePrefix", "nameSuffix"].map((field) => stringAt(kustomization, field));
  const rest = name.startsWith(prefix) ? name.slice(prefix.length) : name;
  return rest.endsWith(suffix) ? rest.slice(0, rest.length - suffix.length) : rest;
}
