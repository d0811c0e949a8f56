import type { Layer, Transform, Watch } from "../layer.ts";
import type { Entry } from "../node.ts";
import type { Shadow } from "../shadow.ts";
import { alone, entriesOf } from "../watched.ts";
import { buildMetadata } from "./build-metadata.ts";
import { images } from "./images.ts";
import { commonAnnotations, commonLabels, labels } from "./labels.ts";
import { namePrefix, nameSuffix, namespace } from "./names.ts";
import { patches, patchesJson6902, patchesStrategicMerge } from "./patches.ts";
import { transformers } from "./plugins.ts";
import { replacements } from "./replacements.ts";
import { replicas } from "./replicas.ts";

/**
 * The fields of a kustomization that change resources, in the order in which kustomize applies them, regardless of
 * their order in the file (`configureBuiltinTransformers` in kustomize's api/internal/target).
 */
const TRANSFORMS: readonly (readonly [field: string, transform: Transform])[] = [
  ["patchesStrategicMerge", patchesStrategicMerge],
  ["patches", patches],
  ["namespace", namespace],
  ["namePrefix", namePrefix],
  ["nameSuffix", nameSuffix],
  ["labels", labels],
  ["commonLabels", commonLabels],
  ["commonAnnotations", commonAnnotations],
  ["patchesJson6902", patchesJson6902],
  ["replicas", replicas],
  ["images", images],
  ["replacements", replacements],
  ["transformers", transformers],
  ["buildMetadata", buildMetadata],
];

/** Applies all fields of a kustomization that change resources. */
export function transform(shadows: readonly Shadow[], layer: Layer): readonly Shadow[] {
  return TRANSFORMS.reduce((result, [name, apply]) => {
    const field = layer.root.entries.get(name);
    if (field === undefined) return result;
    return layer.watch ? applyWatched(name, apply, result, field, layer, layer.watch) : apply(result, field, layer);
  }, shadows);
}

/** Applies a field entry by entry, which has the same result, to report each entry's effect. */
function applyWatched(
  name: string,
  apply: Transform,
  shadows: readonly Shadow[],
  field: Entry,
  layer: Layer,
  watch: Watch,
): readonly Shadow[] {
  const entries = entriesOf(name, field);
  if (entries === undefined) return apply(shadows, field, layer);
  return entries.reduce((before, entry) => {
    const after = apply(before, alone(field, entry), layer);
    watch.seen(entry, { before, after }, layer);
    return after;
  }, shadows);
}
