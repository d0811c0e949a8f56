import { type Edit, editPath } from "../edit.ts";
import { applies, type FieldSpec } from "../field-specs.ts";
import type { Layer } from "../layer.ts";
import type { MapNode, Position } from "../node.ts";
import { idOf, type Shadow } from "../shadow.ts";

/** Edits the fields of the specs; created fields get the position `by`. */
export function editFields(
  shadow: Shadow,
  specs: readonly FieldSpec[],
  edit: Edit,
  by: Position | undefined,
  layer: Layer,
): Shadow {
  const id = idOf(shadow.node);
  let node = shadow.node;
  for (const spec of specs) {
    if (!applies(spec, id)) continue;
    node = editPath(node, spec.path, edit, spec.create ? by : undefined, layer.work) as MapNode;
  }
  return node === shadow.node ? shadow : { ...shadow, node };
}
