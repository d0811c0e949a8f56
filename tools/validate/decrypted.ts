import { type Json, type JsonObject, objectAt } from "../core/json.ts";
import type { Resource } from "../core/resource.ts";
import { isSealed, sopsMark } from "../core/sops.ts";
import type { Schemas } from "./schemas.ts";

/**
 * A resource as it reaches the API server: before applying it, Flux decrypts what SOPS has encrypted and removes the field
 * of SOPS. The keys of a Secret are known, since SOPS does not encrypt them; stand-ins replace the unknown values.
 * https://fluxcd.io/flux/guides/mozilla-sops/
 */
export function asApplied(resource: Resource, schemas: Schemas): Resource {
  if (!isSealed(resource) || isForCluster(resource, schemas)) return resource;
  const { sops: _, ...object } = resource.object;
  const [data, stringData] = [objectAt(object, "data"), objectAt(object, "stringData")];
  if (data !== undefined) object.data = withStandIns(data, (text) => Buffer.from(text).toString("base64"));
  if (stringData !== undefined) object.stringData = withStandIns(stringData, (text) => text);
  return { ...resource, object };
}

/** Whether the cluster decrypts a resource, as an operator does with a SopsSecret: its kind then has the field of SOPS. */
function isForCluster({ apiVersion, kind }: Resource, schemas: Schemas): boolean {
  return schemas.kind(apiVersion, kind)?.type.fields.has("sops") === true;
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
