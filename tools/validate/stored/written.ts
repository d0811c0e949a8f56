import { at, nearestPointer } from "../../core/pointer.ts";
import type { Resource } from "../../core/resource.ts";

/** Where a manifest has what is stored at a pointer: of a Secret, `stringData` is stored as `data`, and wins over it. */
export function writtenAt(pointer: string, { apiVersion, kind, object }: Resource): string {
  if (apiVersion !== "v1" || kind !== "Secret" || !pointer.startsWith("/data/")) return pointer;
  const plain = pointer.replace(/^\/data/, "/stringData");
  return at(object, plain) === undefined ? pointer : plain;
}

/** The place in a manifest to look at for what is stored at a pointer: what is gone, or was never written, has only one above it. */
export function nearestWritten(pointer: string, resource: Resource): string {
  return nearestPointer(resource.object, writtenAt(pointer, resource));
}
