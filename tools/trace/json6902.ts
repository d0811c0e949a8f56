import { tokens } from "../core/pointer.ts";
import { type Entry, items, type ListNode, type MapNode, type Node, textAt, withEntry, withoutEntry } from "./node.ts";
import type { Work } from "./work.ts";

/**
 * Applies a JSON patch (RFC 6902). Added values have the position of the operation's `value`; moved and copied values
 * keep theirs; removed fields remember the operation. Operations that do not apply are skipped.
 */
export function applyOperations(root: Node, operations: ListNode, work: Work): Node {
  return operations.items.reduce((node, operation) => apply(node, operation, work), root);
}

function apply(root: Node, operation: Node, work: Work): Node {
  if (operation.kind !== "map") return root;
  const path = tokens(textAt(operation, "path"));
  const from = tokens(textAt(operation, "from"));
  const value = operation.entries.get("value");
  switch (textAt(operation, "op")) {
    case "add":
      return value ? put(root, path, value, "add", work) : root;
    case "replace":
      return value ? put(root, path, value, "replace", work) : root;
    case "remove":
      return remove(root, path, operation, work);
    case "copy":
      return copy(root, from, path, work);
    case "move":
      return move(root, from, path, operation, work);
    default:
      return root;
  }
}

function copy(root: Node, from: string[], path: string[], work: Work): Node {
  const entry = find(root, from);
  return entry ? put(root, path, entry, "add", work) : root;
}

function move(root: Node, from: string[], path: string[], operation: Node, work: Work): Node {
  const entry = find(root, from);
  return entry ? put(remove(root, from, operation, work), path, entry, "add", work) : root;
}

function find(root: Node, path: readonly string[]): Entry | undefined {
  let entry: Entry | undefined = { at: root.at, value: root };
  for (const token of path) {
    const node: Node | undefined = entry?.value;
    if (node?.kind === "map") entry = node.entries.get(token);
    else {
      const item = items(node)[Number(token)];
      entry = item && { at: item.at, value: item };
    }
  }
  return entry;
}

/** Changes the collection that contains the last token of a path. */
function within(node: Node, path: readonly string[], change: (parent: Node, last: string) => Node, work: Work): Node {
  work.spend();
  const [token, ...rest] = path;
  if (token === undefined) return node;
  if (rest.length === 0) {
    work.spend(node.kind === "map" ? node.entries.size : items(node).length);
    return change(node, token);
  }
  if (node.kind === "map") {
    const entry = node.entries.get(token);
    work.spend(node.entries.size);
    if (!entry) return node;
    return withEntry(node, token, { ...entry, value: within(entry.value, rest, change, work) });
  }
  const index = indexOf(node, token);
  const item = items(node)[index];
  if (node.kind !== "list" || !item) return node;
  return { ...node, items: node.items.with(index, within(item, rest, change, work)) };
}

function put(root: Node, path: string[], entry: Entry, mode: "add" | "replace", work: Work): Node {
  if (path.length === 0) return entry.value;
  const change = (parent: Node, last: string): Node => {
    if (parent.kind === "map") return withEntry(parent, last, entry);
    if (parent.kind !== "list") return parent;
    const index = last === "-" ? parent.items.length : indexOf(parent, last);
    if (!(index >= 0 && index <= parent.items.length)) return parent;
    return { ...parent, items: parent.items.toSpliced(index, mode === "add" ? 0 : 1, entry.value) };
  };
  return within(root, path, change, work);
}

function remove(root: Node, path: string[], operation: Node, work: Work): Node {
  const change = (parent: Node, last: string): Node => {
    if (parent.kind === "map") return withoutEntry(parent as MapNode, last, operation.at);
    const index = indexOf(parent, last);
    return parent.kind === "list" && parent.items[index]
      ? { ...parent, items: parent.items.toSpliced(index, 1) }
      : parent;
  };
  return within(root, path, change, work);
}

/** Negative indexes count from the end, as in the library that kustomize uses. */
function indexOf(node: Node, token: string): number {
  if (!/^-?\d{1,6}$/.test(token)) return Number.NaN;
  const index = Number(token);
  return index < 0 ? items(node).length + index : index;
}
