import { type JsonObject, objectAt, stringAt } from "./json.ts";
import type { Resource } from "./resource.ts";

/** How SOPS writes a value that it has encrypted, within any file. https://getsops.io/docs/ */
export const sopsMark = "ENC[AES256_GCM,";

/** Whether SOPS has encrypted a resource, or parts of it: it then has a field of SOPS's own. */
export function isSealed({ object }: Resource): boolean {
  return stringAt(objectAt(object, "sops"), "mac") !== undefined;
}

/**
 * A resource as it reaches the API server: Flux decrypts what SOPS has encrypted before it applies it, and takes the field
 * away. What a Secret holds then, nobody knows here. https://fluxcd.io/flux/guides/mozilla-sops/
 */
export function asApplied(resource: Resource): Resource {
  if (!isSealed(resource)) return resource;
  const { sops: _, ...object } = resource.object;
  for (const field of ["data", "stringData"]) {
    const data = objectAt(object, field);
    if (data !== undefined) object[field] = withoutSealed(data);
  }
  return { ...resource, object };
}

function withoutSealed(data: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(data).filter(([, value]) => typeof value !== "string" || !value.includes(sopsMark)),
  );
}
