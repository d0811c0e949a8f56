import { type FieldSpec, type FieldSpecs, readSpecs } from "../field-specs.ts";
import type { Layer, Transform } from "../layer.ts";
import { child, entries, items, type Node, textAt } from "../node.ts";
import type { Shadow } from "../shadow.ts";
import { editFields } from "./fields.ts";

/** `commonLabels`: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/commonlabels/ */
export const commonLabels: Transform = (shadows, field, layer) =>
  setPairs(shadows, field.value, layer.specs.commonLabels, layer);

/** `commonAnnotations`: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/commonannotations/ */
export const commonAnnotations: Transform = (shadows, field, layer) =>
  setPairs(shadows, field.value, layer.specs.commonAnnotations, layer);

/** `labels`: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/labels/ */
export const labels: Transform = (shadows, field, layer) =>
  items(field.value).reduce<readonly Shadow[]>(
    (result, item) => setPairs(result, child(item, "pairs"), labelSpecs(item, layer.specs), layer),
    shadows,
  );

const METADATA: FieldSpec = { path: ["metadata", "labels"], kind: "", group: "", version: "", create: true };

function labelSpecs(item: Node, specs: FieldSpecs): FieldSpec[] {
  const own = [...readSpecs(child(item, "fields")), ...specs.labels];
  const has = (flag: string): boolean => textAt(item, flag) === "true";
  if (has("includeSelectors")) return [...own, ...specs.commonLabels];
  const templates = has("includeTemplates") ? specs.templateLabels : [];
  const claims = has("includeVolumeClaimTemplates") ? specs.volumeClaimTemplateLabels : [];
  return [...own, ...templates, ...claims, METADATA];
}

/** Sets the pairs in the maps of the specs; each keeps its own position. */
export function setPairs(
  shadows: readonly Shadow[],
  pairs: Node | undefined,
  specs: readonly FieldSpec[],
  layer: Layer,
): readonly Shadow[] {
  let result = shadows;
  for (const [key, entry] of entries(pairs)) {
    const mine = specs.map((spec) => ({ ...spec, path: [...spec.path, key], mapPath: spec.path }));
    result = result.map((shadow) => setPair(shadow, mine, entry, layer));
  }
  return result;
}

type Pair = { at: Shadow["origin"]; value: Node };

/** Sets a pair. `create` is about the map, not the key: a spec without it still adds keys to an existing map. */
function setPair(shadow: Shadow, specs: (FieldSpec & { mapPath: readonly string[] })[], pair: Pair, layer: Layer) {
  return specs.reduce((result, spec) => {
    if (spec.create) return editFields(result, [spec], () => pair, pair.at, layer);
    const key = spec.path.at(-1) ?? "";
    const add = (present: Pair | undefined): Pair | undefined => {
      if (present?.value.kind !== "map") return undefined;
      return { ...present, value: { ...present.value, entries: new Map(present.value.entries).set(key, pair) } };
    };
    return editFields(result, [{ ...spec, path: spec.mapPath }], add, undefined, layer);
  }, shadow);
}
