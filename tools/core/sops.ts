import { objectAt, stringAt } from "./json.ts";
import type { Resource } from "./resource.ts";

/** The start of a value that SOPS has encrypted, in any file. https://getsops.io/docs/ */
export const sopsMark = "ENC[AES256_GCM,";

/** Whether SOPS has encrypted a resource or parts of it: SOPS then adds a field of its own. */
export function isSealed({ object }: Resource): boolean {
  return stringAt(objectAt(object, "sops"), "mac") !== undefined;
}
