import { builtInDemands } from "./demands/index.ts";
import type { ObjectType } from "./shape.ts";
import kubernetes from "./types/kubernetes.json" with { type: "json" };
import { type TypeFile, TypeTable } from "./types.ts";

/** The kinds and types of Kubernetes itself in all supported versions. */
export const builtInFile = kubernetes as unknown as TypeFile;

/** The types of Kubernetes itself, each built on first use. */
export const builtInTypes = new TypeTable(builtInFile, builtInDemands);

/** A type of Kubernetes itself by its name: `meta.v1.ObjectMeta`. Throws an Error for unknown names. */
export function builtInType(name: string): ObjectType {
  return builtInTypes.typeNamed(name);
}
