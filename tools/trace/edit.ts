import { type Entry, type MapNode, map, type Node, type Position, withEntry } from "./node.ts";
import type { Work } from "./work.ts";

/** Returns the new entry for the field at the end of a path, or undefined to leave it unchanged. */
export type Edit = (present: Entry | undefined) => Entry | undefined;

/**
 * Edits the field at a path of kustomize's field specs, such as `spec/template/spec/containers[]/image`. Lists have no
 * part of their own: all their items are edited. With `create`, missing maps are created with that position.
 * https://github.com/kubernetes-sigs/kustomize/blob/master/examples/transformerconfigs/README.md
 */
export function editPath(
  node: Node,
  path: readonly string[],
  edit: Edit,
  create: Position | undefined,
  work: Work,
): Node {
  work.spend();
  if (node.kind === "list") {
    const items = node.items.map((item) => editPath(item, path, edit, create, work));
    return items.every((item, i) => item === node.items[i]) ? node : { ...node, items };
  }
  const [first = "", ...rest] = path;
  const key = first.replace(/\[\]$/, "");
  if (node.kind !== "map" || key === "") return node;
  return rest.length === 0
    ? editEntry(node, key, edit, create, work)
    : editBelow(node, first, rest, edit, create, work);
}

function editEntry(node: MapNode, key: string, edit: Edit, create: Position | undefined, work: Work): MapNode {
  const present = node.entries.get(key);
  if (!present && !create) return node;
  const changed = edit(present);
  work.spend(node.entries.size);
  return changed && changed !== present ? withEntry(node, key, changed) : node;
}

function editBelow(
  node: MapNode,
  first: string,
  rest: readonly string[],
  edit: Edit,
  create: Position | undefined,
  work: Work,
): MapNode {
  const key = first.replace(/\[\]$/, "");
  const isList = key !== first;
  const present = node.entries.get(key);
  if (!present && (!create || isList)) return node;
  const entry = usable(present) ?? (create && { at: create, value: map(create) });
  if (!entry) return node;
  const value = editPath(entry.value, rest, edit, create, work);
  return value === entry.value ? node : withEntry(node, key, { at: entry.at, value });
}

/** A null field counts as missing. */
function usable(entry: Entry | undefined): Entry | undefined {
  return entry?.value.kind === "scalar" && entry.value.value === null ? undefined : entry;
}
