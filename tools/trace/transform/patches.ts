import { resolvePath } from "../files.ts";
import { applyOperations } from "../json6902.ts";
import type { Layer, Transform } from "../layer.ts";
import { child, dropEntry, items, type MapNode, type Node, type ScalarNode, text, textAt, withEntry } from "../node.ts";
import { selects } from "../selector.ts";
import { findById, idOf, remember, type Shadow } from "../shadow.ts";
import { mergePatch } from "../strategic-merge.ts";

/** `patchesStrategicMerge`: paths or inline patches. */
export const patchesStrategicMerge: Transform = (shadows, field, layer) =>
  items(field.value).reduce<readonly Shadow[]>((result, item) => {
    const inline = item.kind === "scalar" ? mapsOf(layer.files.embedded(item)) : [];
    return mergeAll(result, inline.length > 0 ? inline : mapsOf(fileDocuments(text(item), layer)), undefined, layer);
  }, shadows);

/** `patches`: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/patches/ */
export const patches: Transform = (shadows, field, layer) =>
  items(field.value).reduce((result, item) => patch(result, item, layer), shadows);

/** `patchesJson6902`: as `patches`, but only JSON patches. */
export const patchesJson6902: Transform = patches;

/** Applies an entry of `patches`; its content decides if it is a strategic merge patch or a JSON patch. */
export function patch(shadows: readonly Shadow[], entry: Node, layer: Layer): readonly Shadow[] {
  const target = child(entry, "target");
  const documents = patchDocuments(entry, layer);
  const first = documents.find((document) => document !== undefined);
  if (first?.kind !== "list") return mergeAll(shadows, mapsOf(documents), target, layer, child(entry, "options"));
  return shadows.map((shadow) => {
    if (!target || !selects(target, shadow)) return shadow;
    const node = applyOperations(shadow.node, first, layer.work);
    return node.kind === "map" ? { ...remember(shadow), node } : shadow;
  });
}

/** The documents of an entry's patch, inline or from its file. */
export function patchDocuments(entry: Node, layer: Layer): (Node | undefined)[] {
  const inline = child(entry, "patch") ?? child(entry, "jsonOp");
  if (inline?.kind === "scalar" && text(inline).trim() !== "") return layer.files.embedded(inline as ScalarNode);
  return fileDocuments(textAt(entry, "path"), layer);
}

function fileDocuments(path: string, layer: Layer): (Node | undefined)[] {
  const file = resolvePath(layer.dir, path);
  return file === undefined ? [] : layer.files.documents(file).all();
}

function mapsOf(documents: readonly (Node | undefined)[]): MapNode[] {
  return documents.flatMap((document) => {
    if (document?.kind !== "map") return [];
    const list = child(document, "items");
    return textAt(document, "kind").endsWith("List") && list ? mapsOf(items(list)) : [document];
  });
}

function mergeAll(
  shadows: readonly Shadow[],
  documents: readonly MapNode[],
  target: Node | undefined,
  layer: Layer,
  options?: Node,
): readonly Shadow[] {
  return documents.reduce<readonly Shadow[]>((result, document) => {
    const one = target ? undefined : findById(result, idOf(document));
    const isMeant = (shadow: Shadow): boolean => (target ? selects(target, shadow) : shadow === one);
    return result.flatMap((shadow) => (isMeant(shadow) ? mergeOne(shadow, document, layer, options) : [shadow]));
  }, shadows);
}

function mergeOne(shadow: Shadow, document: MapNode, layer: Layer, options?: Node): Shadow[] {
  const context = { id: idOf(shadow.node), keys: layer.mergeKeys, work: layer.work };
  const merged = mergePatch(shadow.node, document, context);
  if (!merged) return [];
  const allowed = ["allowNameChange", "allowKindChange"].filter((option) => textAt(options, option) === "true");
  const node = keepIdentity(shadow.node, merged, allowed);
  return [{ ...(allowed.length > 0 ? remember(shadow) : shadow), node }];
}

/**
 * Keeps the identity of a patched resource, and its positions: the names in a patch only select the target, and
 * kustomize does not let a patch change them unless its options allow it.
 */
function keepIdentity(before: MapNode, merged: MapNode, allowed: readonly string[]): MapNode {
  const kept = ["apiVersion", ...(allowed.includes("allowKindChange") ? [] : ["kind"])];
  const metadata = child(merged, "metadata");
  const old = child(before, "metadata");
  const named = ["namespace", ...(allowed.includes("allowNameChange") ? [] : ["name"])];
  const result = keepEntries(before, merged, kept);
  if (metadata?.kind !== "map" || old?.kind !== "map") return result;
  const entry = merged.entries.get("metadata");
  return entry ? withEntry(result, "metadata", { ...entry, value: keepEntries(old, metadata, named) }) : result;
}

function keepEntries(from: MapNode, to: MapNode, keys: readonly string[]): MapNode {
  return keys.reduce((result, key) => {
    const entry = from.entries.get(key);
    return entry ? withEntry(result, key, entry) : dropEntry(result, key);
  }, to);
}
