import { at, nearestPointer } from "../../core/pointer.ts";
import type { Resource } from "../../core/resource.ts";

/**
 * Where a manifest has the value stored at a pointer: `stringData` of a Secret is stored as `data` and takes
 * precedence.
 */
export function writtenAt(pointer: string, { apiVersion, kind, object }: Resource): string {
  if (apiVersion !== "v1" || kind !== "Secret" || !pointer.startsWith("/data/")) return pointer;
  const plain = pointer.replace(/^\/data/, "/stringData");
  return at(object, plain) === undefined ? pointer : plain;
}

/** The place in a manifest for the value stored at a pointer; if it was removed or is a default, the nearest parent. */
export function nearestWritten(pointer: string, resource: Resource): string {
  return nearestPointer(resource.object, writtenAt(pointer, resource));
}

/**
 * The place where an object that is stored has the value at a pointer of its manifest: `clusterIP` of a Service alone is
 * stored as the first of `clusterIPs` (`normalizeClusterIPs`).
 */
export function storedAt(pointer: string): string {
  return pointer === "/spec/clusterIP" ? "/spec/clusterIPs/0" : pointer;
}
