import type { FieldSpec } from "../field-specs.ts";
import type { Layer, Transform } from "../layer.ts";
import { items, type Node, textAt } from "../node.ts";
import { idsOf, type Shadow } from "../shadow.ts";
import { editFields } from "./fields.ts";

/** `replicas`: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/replicas/ */
export const replicas: Transform = (shadows, field, layer) =>
  items(field.value).reduce((result, item) => setReplicas(result, item, layer.specs.replicas, layer), shadows);

/** Sets the replicas of the resources that have or had the name of an entry. */
export function setReplicas(
  shadows: readonly Shadow[],
  replica: Node,
  specs: readonly FieldSpec[],
  layer: Layer,
): readonly Shadow[] {
  const count = replica.kind === "map" ? replica.entries.get("count") : undefined;
  const name = textAt(replica, "name");
  if (!count || name === "") return shadows;
  return shadows.map((shadow) =>
    idsOf(shadow).some((id) => id.name === name) ? editFields(shadow, specs, () => count, count.at, layer) : shadow,
  );
}
