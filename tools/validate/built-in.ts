import { builtInDemands } from "./demands/index.ts";
import type { ObjectType } from "./shape.ts";
import kubernetes from "./types/kubernetes.json" with { type: "json" };
import { type TypeFile, TypeTable } from "./types.ts";

/** The kinds and types of Kubernetes itself, of every supported version. */
export const builtInFile = kubernetes as unknown as TypeFile;

/** Its types, each made when first asked for. */
export const builtInTypes = new TypeTable(builtInFile, builtInDemands);

/** A type of Kubernetes itself, by its name: `meta.v1.ObjectMeta`. */
export function builtInType(name: string): ObjectType {
  return builtInTypes.typeNamed(name);
}
