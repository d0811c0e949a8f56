import { at } from "../core/pointer.ts";
import type { Resource } from "../core/resource.ts";
import { descend, type Position, text } from "./node.ts";
import type { Shadow } from "./shadow.ts";

/**
 * The position of a namespace that kustomize wrote next to a reference: if a role binding or a webhook references an
 * object of the same target, kustomize sets the reference's namespace to that of the object, where it must then be
 * edited.
 * https://github.com/kubernetes-sigs/kustomize/blob/master/examples/transformerconfigs/README.md#name-reference-transformer
 */
export function referredNamespace(
  shadows: readonly Shadow[],
  { resource, pointer }: { readonly resource: Resource; readonly pointer: string },
): Position | undefined {
  if (!pointer.endsWith("/namespace") || pointer === "/metadata/namespace") return undefined;
  const name = at(resource.object, pointer.replace(/namespace$/, "name"));
  const namespace = at(resource.object, pointer);
  if (typeof name !== "string" || typeof namespace !== "string") return undefined;
  for (const { node } of shadows) {
    const metadata = descend(node, "metadata");
    const entry = metadata?.kind === "map" ? metadata.entries.get("namespace") : undefined;
    if (entry && text(entry.value) === namespace && text(descend(metadata, "name")) === name) return entry.at;
  }
  return undefined;
}
