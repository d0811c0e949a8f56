import { type Edit, editPath } from "../edit.ts";
import type { FieldSpec } from "../field-specs.ts";
import type { Layer, Transform } from "../layer.ts";
import { child, type Entry, items, type ListNode, type MapNode, type Node, scalar, text, textAt } from "../node.ts";
import { matchesSelector } from "../regex.ts";
import type { Shadow } from "../shadow.ts";
import { editFields } from "./fields.ts";

/** `images`: https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/images/ */
export const images: Transform = (shadows, field, layer) =>
  setImages(shadows, items(field.value), layer.specs.images, layer);

/** Changes the names and tags of images, in all lists of containers at any depth and in the fields of the specs. */
export function setImages(
  shadows: readonly Shadow[],
  list: readonly Node[],
  specs: readonly FieldSpec[],
  layer: Layer,
): readonly Shadow[] {
  const edit: Edit = (present) => list.reduce((entry, image) => (entry && retag(entry, image)) ?? entry, present);
  return shadows.map((shadow) => {
    if (textAt(shadow.node, "kind") === "CustomResourceDefinition") return shadow;
    const node = inContainers(shadow.node, edit, layer, new Map()) as MapNode;
    return editFields(node === shadow.node ? shadow : { ...shadow, node }, specs, edit, undefined, layer);
  });
}

const CONTAINERS = new Set(["containers", "initContainers"]);

/** Edits the images of all lists of containers in a node. `known` avoids repeated walks of aliased nodes. */
function inContainers(node: Node, edit: Edit, layer: Layer, known: Map<Node, Node>): Node {
  const before = known.get(node);
  if (before || node.kind === "scalar") return before ?? node;
  layer.work.spend();
  const result = node.kind === "list" ? inItems(node, edit, layer, known) : inFields(node, edit, layer, known);
  known.set(node, result);
  return result;
}

function inItems(node: ListNode, edit: Edit, layer: Layer, known: Map<Node, Node>): Node {
  const list = node.items.map((item) => inContainers(item, edit, layer, known));
  return list.every((item, i) => item === node.items[i]) ? node : { ...node, items: list };
}

function inFields(node: MapNode, edit: Edit, layer: Layer, known: Map<Node, Node>): Node {
  const changed = new Map<string, Entry>();
  for (const [key, entry] of node.entries) {
    const below = inContainers(entry.value, edit, layer, known);
    const isList = CONTAINERS.has(key) && below.kind === "list";
    const value = isList ? editPath(below, ["image"], edit, undefined, layer.work) : below;
    if (value !== entry.value) changed.set(key, { ...entry, value });
  }
  return changed.size === 0 ? node : { ...node, entries: new Map([...node.entries, ...changed]) };
}

function retag(present: Entry, image: Node): Entry | undefined {
  const [name, rest] = split(text(present.value));
  if (name === "" || !matchesSelector(textAt(image, "name"), name)) return undefined;
  const by = decidedBy(image);
  // A new entry shows that the image matched, although nothing changes.
  if (!by) return { ...present };
  const at = by.at;
  return { at, value: scalar(rename(name, rest, image), at) };
}

/** The line to edit for another image: the tag comes first, as it changes most often. */
function decidedBy(image: Node): Entry | undefined {
  const names = ["newTag", "digest", "tagSuffix", "newName"];
  if (image.kind !== "map") return undefined;
  return names.map((name) => image.entries.get(name)).find((entry) => entry && text(entry.value) !== "");
}

/** Splits an image into its name, including a port, and its tag or digest with the separator. */
function split(image: string): [name: string, rest: string] {
  const at = image.indexOf("@");
  const path = at < 0 ? image : image.slice(0, at);
  const colon = path.indexOf(":", path.indexOf("/") + 1);
  const end = colon < 0 ? path.length : colon;
  return [image.slice(0, end), image.slice(end)];
}

function rename(name: string, rest: string, image: Node): string {
  const [tag, digest, suffix] = ["newTag", "digest", "tagSuffix"].map((key) => text(child(image, key)));
  const newName = textAt(image, "newName") || name;
  if (tag || digest) return newName + (tag ? `:${tag}` : "") + (digest ? `@${digest}` : "");
  return suffix ? `${newName}${rest.split("@")[0]}${suffix}` : newName + rest;
}
