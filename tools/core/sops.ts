import { type Json, type JsonObject, objectAt, stringAt } from "./json.ts";
import type { Resource } from "./resource.ts";

/** How SOPS writes a value that it has encrypted, within any file. https://getsops.io/docs/ */
export const sopsMark = "ENC[AES256_GCM,";

/** Whether SOPS has encrypted a resource, or parts of it: it then has a field of SOPS's own. */
export function isSealed({ object }: Resource): boolean {
  return stringAt(objectAt(object, "sops"), "mac") !== undefined;
}

/**
 * A resource as it reaches the API server: Flux decrypts what SOPS has encrypted before it applies it, and takes the field
 * away. What a key of a Secret holds then, nobody knows here; that it is there, everybody does: SOPS encrypts no keys.
 * https://fluxcd.io/flux/guides/mozilla-sops/
 */
export function asApplied(resource: Resource): Resource {
  if (!isSealed(resource)) return resource;
  const { sops: _, ...object } = resource.object;
  const [data, stringData] = [objectAt(object, "data"), objectAt(object, "stringData")];
  if (data !== undefined) object.data = withStandIns(data, (text) => Buffer.from(text).toString("base64"));
  if (stringData !== undefined) object.stringData = withStandIns(stringData, (text) => text);
  return { ...resource, object };
}

function withStandIns(data: JsonObject, written: (text: string) => string): JsonObject {
  const entries = Object.entries(data).map(([key, value]) => [key, isCipher(value) ? written(standIn(value)) : value]);
  return Object.fromEntries(entries);
}

const isCipher = (value: Json): value is string => typeof value === "string" && value.includes(sopsMark);

/** What SOPS makes of a file of no known format, short, and another one where the value is another one: an object in JSON. */
function standIn(cipher: string): string {
  return JSON.stringify({ data: cipher.replace(/data:[^,]*,/, "") });
}
