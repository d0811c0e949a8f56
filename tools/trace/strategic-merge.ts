import type { MergeKeys } from "./merge-keys.ts";
import { child, type Entry, isNull, type ListNode, type MapNode, type Node, text, textAt, withEntry } from "./node.ts";
import type { Id } from "./shadow.ts";
import type { Work } from "./work.ts";

interface Context {
  readonly id: Id;
  readonly keys: MergeKeys;
  readonly work: Work;
}

const DIRECTIVE = "$patch";

/**
 * Merges a strategic merge patch into a resource as kustomize does; undefined if the patch deletes it. Fields get the
 * position where they were last set; a map or list keeps its own when a patch is merged into it.
 * https://kubectl.docs.kubernetes.io/references/kustomize/glossary/#patchstrategicmerge
 */
export function mergePatch(target: MapNode, patch: MapNode, context: Context): MapNode | undefined {
  return mergeMaps(target, patch, [], context);
}

function mergeMaps(target: MapNode, patch: MapNode, path: string[], context: Context): MapNode | undefined {
  context.work.spend(target.entries.size + patch.entries.size + 1);
  const directive = textAt(patch, DIRECTIVE);
  if (directive === "delete") return undefined;
  if (directive === "replace") return withoutDirective(patch);
  const entries = new Map(target.entries);
  let { removed } = target;
  for (const [key, entry] of patch.entries) {
    if (key === DIRECTIVE) continue;
    const merged = mergeEntry(entries.get(key), entry, [...path, key], context);
    if (merged) entries.set(key, merged);
    else if (entries.delete(key)) removed = new Map(removed).set(key, entry.at);
  }
  return { ...target, entries, ...(removed && { removed }) };
}

/** The merged entry; undefined if the patch removes it. */
function mergeEntry(present: Entry | undefined, patch: Entry, path: string[], context: Context): Entry | undefined {
  if (isNull(patch.value)) return undefined;
  if (!present) {
    const added = withoutDirectives(patch.value, context.work);
    return added && { at: patch.at, value: added };
  }
  const value = mergeValues(present.value, patch.value, path, context);
  const replaced = value === patch.value || value?.kind !== present.value.kind || value.at === patch.value.at;
  return value && (replaced ? { at: patch.at, value, before: present } : { ...present, value });
}

function mergeValues(target: Node, patch: Node, path: string[], context: Context): Node | undefined {
  if (target.kind === "map" && patch.kind === "map") return mergeMaps(target, patch, path, context);
  if (target.kind !== "list" || patch.kind !== "list") return patch;
  const keys = context.keys(context.id, path);
  return keys ? mergeLists(target, patch, path, keys, context) : patch;
}

function mergeLists(
  target: ListNode,
  patch: ListNode,
  path: string[],
  keys: readonly string[],
  context: Context,
): Node | undefined {
  context.work.spend(target.items.length * patch.items.length + 1);
  const directive = patch.items.map(listDirective).find((one) => one !== "");
  if (directive === "delete") return undefined;
  if (directive === "replace") return { ...patch, items: patch.items.filter((item) => listDirective(item) === "") };
  const merged = new Map<Node, Node | undefined>();
  const first: Node[] = [];
  for (const item of patch.items) {
    const found = target.items.find((other) => !merged.has(other) && sameItem(other, item, keys));
    const result = found
      ? hasSameKeys(found, item, keys)
        ? mergeItem(found, item, path, keys, context)
        : found
      : withoutDirectives(item, context.work);
    if (found) merged.set(found, result);
    if (result && !(found && keepsOrder([...target.items, ...patch.items], keys))) first.push(result);
  }
  const rest = target.items.map((item) => (merged.has(item) ? merged.get(item) : item));
  return {
    ...target,
    items: [...first, ...rest.filter((item) => item !== undefined && !first.includes(item))] as Node[],
  };
}

/**
 * Whether the target's items keep their order, after new items. kustomize does so if several keys identify the items;
 * otherwise the items of the patch come first, in its order. The indexes of later JSON patches depend on this.
 */
function keepsOrder(all: readonly Node[], keys: readonly string[]): boolean {
  return keys.filter((key) => all.some((item) => text(child(item, key)) !== "")).length > 1;
}

/**
 * Whether two items have the same merge keys. kustomize (4.5.4 and 5.8.2) drops an item of a patch if its target has
 * others, such as `protocol` in addition to `containerPort`.
 */
function hasSameKeys(target: Node, patch: Node, keys: readonly string[]): boolean {
  if (keys[0] === "") return true;
  return keys.every((key) => (child(patch, key) === undefined) === (child(target, key) === undefined));
}

/** Merges an item. Its merge keys keep their positions: the patch only repeats them to select the item. */
function mergeItem(
  target: Node,
  patch: Node,
  path: string[],
  keys: readonly string[],
  context: Context,
): Node | undefined {
  const merged = mergeValues(target, patch, path, context);
  if (merged?.kind !== "map" || target.kind !== "map" || merged.at === patch.at) return merged;
  return keys.reduce<MapNode>((result, key) => {
    const entry = target.entries.get(key);
    return entry ? withEntry(result, key, entry) : result;
  }, merged);
}

/** The directive of an item that contains nothing else; it applies to the list. */
function listDirective(item: Node): string {
  return item.kind === "map" && item.entries.size === 1 ? textAt(item, DIRECTIVE) : "";
}

/** Whether two items have equal merge keys; a key that only one of them has (such as `protocol`) is ignored. */
function sameItem(a: Node, b: Node, keys: readonly string[]): boolean {
  if (keys[0] === "") return a.kind === "scalar" && b.kind === "scalar" && text(a) === text(b);
  let shared = false;
  for (const key of keys) {
    const [one, other] = [child(a, key), child(b, key)];
    if (one === undefined || other === undefined) continue;
    if (text(one) !== text(other)) return false;
    shared = true;
  }
  return shared && child(a, keys[0] ?? "") !== undefined;
}

function withoutDirective(node: MapNode): MapNode {
  if (!node.entries.has(DIRECTIVE)) return node;
  return { ...node, entries: new Map([...node.entries].filter(([key]) => key !== DIRECTIVE)) };
}

/** The node that a patch adds, without its directives, which have no effect there; undefined for `$patch: delete`. */
function withoutDirectives(node: Node, work: Work): Node | undefined {
  work.spend();
  if (node.kind === "list") {
    const kept = node.items.map((item) => withoutDirectives(item, work)).filter((item) => item !== undefined);
    return kept.every((item, i) => item === node.items[i]) ? node : { ...node, items: kept };
  }
  if (node.kind !== "map") return node;
  return textAt(node, DIRECTIVE) === "delete" ? undefined : withoutDirective(node);
}
