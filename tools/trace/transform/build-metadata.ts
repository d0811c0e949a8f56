import { editPath } from "../edit.ts";
import type { Transform } from "../layer.ts";
import { items, type MapNode, scalar, text } from "../node.ts";

/** The field that each option of `buildMetadata` makes kustomize write. */
const FIELDS: ReadonlyMap<string, readonly string[]> = new Map([
  ["managedByLabel", ["labels", "app.kubernetes.io/managed-by"]],
  ["originAnnotations", ["annotations", "config.kubernetes.io/origin"]],
  ["transformerAnnotations", ["annotations", "alpha.config.kubernetes.io/transformations"]],
]);

/** `buildMetadata`: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/buildmetadata/ */
export const buildMetadata: Transform = (shadows, field, layer) => {
  const { at } = field;
  const paths = items(field.value).flatMap((item) => {
    const path = FIELDS.get(text(item));
    return path ? [["metadata", ...path]] : [];
  });
  return shadows.map((shadow) => {
    const written = () => ({ at, value: scalar("", at) });
    const node = paths.reduce(
      (result, path) => editPath(result, path, written, at, layer.work) as MapNode,
      shadow.node,
    );
    return { ...shadow, node };
  });
};
