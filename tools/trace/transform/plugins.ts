import { type FieldSpec, readSpecs } from "../field-specs.ts";
import type { Layer, Transform } from "../layer.ts";
import { child, type Entry, items, type MapNode, type Node, type ScalarNode, text, textAt } from "../node.ts";
import type { Shadow } from "../shadow.ts";
import { setImages } from "./images.ts";
import { setPairs } from "./labels.ts";
import { rename, setNamespace } from "./names.ts";
import { patch, patchesStrategicMerge } from "./patches.ts";
import { replacements } from "./replacements.ts";
import { setReplicas } from "./replicas.ts";

type Plugin = (shadows: readonly Shadow[], config: MapNode, layer: Layer) => readonly Shadow[];

/** `transformers`: kustomize's builtin transformers, each configured by a resource instead of a field. */
export const transformers: Transform = (shadows, field, layer) =>
  items(field.value)
    .flatMap((entry) => layer.plugins(entry))
    .reduce((result, config) => PLUGINS.get(textAt(config, "kind"))?.(result, config, layer) ?? result, shadows);

/** https://kubectl.docs.kubernetes.io/references/kustomize/builtins/ */
const PLUGINS: ReadonlyMap<string, Plugin> = new Map<string, Plugin>([
  ["PatchTransformer", patch],
  ["PatchJson6902Transformer", patch],
  ["PatchStrategicMergeTransformer", strategicMerge],
  ["NamespaceTransformer", namespace],
  ["PrefixTransformer", affixes],
  ["SuffixTransformer", affixes],
  ["PrefixSuffixTransformer", affixes],
  ["LabelTransformer", (shadows, config, layer) => setPairs(shadows, child(config, "labels"), specs(config), layer)],
  [
    "AnnotationsTransformer",
    (shadows, config, layer) => setPairs(shadows, child(config, "annotations"), specs(config), layer),
  ],
  [
    "ReplicaCountTransformer",
    (shadows, config, layer) => setReplicas(shadows, child(config, "replica") ?? config, specs(config), layer),
  ],
  [
    "ImageTagTransformer",
    (shadows, config, layer) => setImages(shadows, [child(config, "imageTag") ?? config], specs(config), layer),
  ],
  [
    "ReplacementTransformer",
    (shadows, config, layer) => optional(replacements, shadows, config.entries.get("replacements"), layer),
  ],
]);

function specs(config: MapNode): FieldSpec[] {
  return readSpecs(child(config, "fieldSpecs"));
}

function optional(transform: Transform, shadows: readonly Shadow[], field: Entry | undefined, layer: Layer) {
  return field ? transform(shadows, field, layer) : shadows;
}

function strategicMerge(shadows: readonly Shadow[], config: MapNode, layer: Layer): readonly Shadow[] {
  const files = optional(patchesStrategicMerge, shadows, config.entries.get("paths"), layer);
  const inline = child(config, "patches");
  if (inline?.kind !== "scalar" || text(inline) === "") return files;
  const list: Node = { kind: "list", at: inline.at, items: [inline as ScalarNode] };
  return patchesStrategicMerge(files, { at: inline.at, value: list }, layer);
}

function namespace(shadows: readonly Shadow[], config: MapNode, layer: Layer): readonly Shadow[] {
  const metadata = child(config, "metadata");
  const entry = metadata?.kind === "map" ? metadata.entries.get("namespace") : undefined;
  if (!entry) return shadows;
  return setNamespace(shadows, entry, layer, {
    specs: specs(config).filter((spec) => spec.path.join("/") !== "metadata/namespace"),
    unsetOnly: textAt(config, "unsetOnly") === "true",
    subjects: textAt(config, "setRoleBindingSubjects") || "defaultOnly",
  });
}

function affixes(shadows: readonly Shadow[], config: MapNode, layer: Layer): readonly Shadow[] {
  const prefix = config.entries.get("prefix");
  const suffix = config.entries.get("suffix");
  const mine = specs(config);
  const before = prefix ? rename(shadows, prefix, layer, mine, (name) => text(prefix.value) + name) : shadows;
  return suffix ? rename(before, suffix, layer, mine, (name) => name + text(suffix.value)) : before;
}
