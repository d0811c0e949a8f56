import { type Json, type JsonObject, objectAt, stringAt } from "./json.ts";
import type { Resource } from "./resource.ts";

/** The start of a value that SOPS has encrypted, in any file. https://getsops.io/docs/ */
export const sopsMark = "ENC[AES256_GCM,";

/** Whether SOPS has encrypted a resource or parts of it: SOPS then adds a field of its own. */
export function isSealed({ object }: Resource): boolean {
  return stringAt(objectAt(object, "sops"), "mac") !== undefined;
}

/**
 * A resource as it reaches the API server: before applying it, Flux decrypts what SOPS has encrypted and removes the field
 * of SOPS. The keys of a Secret are known, since SOPS does not encrypt them; stand-ins replace the unknown values.
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

function withStandIns(data: JsonObject, encode: (text: string) => string): JsonObject {
  const entries = Object.entries(data).map(([key, value]) => [key, isCipher(value) ? encode(standIn(value)) : value]);
  return Object.fromEntries(entries);
}

const isCipher = (value: Json): value is string => typeof value === "string" && value.includes(sopsMark);

/** JSON as in the plain text of a SOPS file of unknown format: short, and different for different values. */
function standIn(cipher: string): string {
  return JSON.stringify({ data: cipher.replace(/data:[^,]*,/, "") });
}
