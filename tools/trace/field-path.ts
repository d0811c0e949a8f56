import { type Entry, items, type MapNode, map, type Node, type Position, text, textAt, withEntry } from "./node.ts";
import type { Work } from "./work.ts";

/**
 * Splits a field path of `replacements` at its dots: `spec.template.spec.containers.[name=web].image`, except for dots
 * in brackets or after a backslash. https://kubectl.docs.kubernetes.io/references/kustomize/kustomization/replacements/
 */
export function splitFieldPath(path: string): string[] {
  const parts = [""];
  let depth = 0;
  for (let i = 0; i < path.length; i++) {
    const char = path.charAt(i);
    if (char === "[") depth++;
    if (char === "]") depth--;
    if (char === "\\" && path.charAt(i + 1) === ".") parts[parts.length - 1] += path.charAt(++i);
    else if (char === "." && depth <= 0) parts.push("");
    else parts[parts.length - 1] += char;
  }
  return parts.map(bare).filter((part) => part !== "");
}

/** `[a.b/c]` is the key `a.b/c`; `[name=web]` selects a list item. */
function bare(part: string): string {
  return /^\[[^=]*\]$/.test(part) ? part.slice(1, -1) : part;
}

function condition(part: string): [key: string, value: string] | undefined {
  const [, key, value] = /^\[([^=]*)=(.*)\]$/s.exec(part) ?? [];
  return key === undefined || value === undefined ? undefined : [key, value];
}

function selectsItem(item: Node, [key, value]: [string, string]): boolean {
  return key === "" ? text(item) === value && item.kind === "scalar" : textAt(item, key) === value;
}

/** The first field at a path; undefined if there is none. */
export function findField(root: Node, path: readonly string[]): Entry | undefined {
  let entry: Entry | undefined = { at: root.at, value: root };
  for (const part of path) {
    const node: Node | undefined = entry?.value;
    entry = node?.kind === "map" ? node.entries.get(part) : listItem(node, part);
  }
  return entry;
}

function listItem(node: Node | undefined, part: string): Entry | undefined {
  const wanted = condition(part);
  const item = wanted ? items(node).find((one) => selectsItem(one, wanted)) : items(node)[Number(part)];
  return item && { at: item.at, value: item };
}

/** Replaces all fields at a path; with `create`, missing fields are created with that position. */
export function replaceFields(
  node: Node,
  path: readonly string[],
  replace: (present: Node | undefined) => Entry,
  create: Position | undefined,
  work: Work,
): Node {
  return changed({ at: node.at, value: node }, path, replace, create, work).value;
}

type Replace = (present: Node | undefined) => Entry;

function changed(
  entry: Entry,
  path: readonly string[],
  replace: Replace,
  create: Position | undefined,
  work: Work,
): Entry {
  work.spend();
  const [part, ...rest] = path;
  if (part === undefined) return replace(entry.value);
  const { value } = entry;
  if (value.kind === "map") return { ...entry, value: inMap(value, part, rest, replace, create, work) };
  if (value.kind !== "list") return entry;
  const wanted = condition(part);
  const isMeant = (item: Node, index: number): boolean =>
    wanted ? selectsItem(item, wanted) : part === "*" || part === String(index);
  const list = value.items.map((item, index) =>
    isMeant(item, index) ? changed({ at: item.at, value: item }, rest, replace, create, work).value : item,
  );
  const added = create && !value.items.some(isMeant) ? newItem(part, wanted, rest, replace, create, work) : [];
  return { ...entry, value: { ...value, items: [...list, ...added] } };
}

function inMap(
  node: MapNode,
  part: string,
  rest: readonly string[],
  replace: Replace,
  create: Position | undefined,
  work: Work,
): MapNode {
  work.spend(node.entries.size);
  const keys = part === "*" ? [...node.entries.keys()] : [part];
  return keys.reduce<MapNode>((result, key) => {
    const present = node.entries.get(key);
    if (!present && !create) return result;
    if (!present && rest.length === 0) return withEntry(result, key, replace(undefined));
    const below = present ?? { at: create ?? node.at, value: empty(rest[0], create ?? node.at) };
    return withEntry(result, key, changed(below, rest, replace, create, work));
  }, node);
}

function empty(next: string | undefined, at: Position): Node {
  const isList = next !== undefined && (condition(next) !== undefined || /^(-|\d+)$/.test(next));
  return isList ? { kind: "list", at, items: [] } : map(at);
}

function newItem(
  part: string,
  wanted: [string, string] | undefined,
  rest: readonly string[],
  replace: Replace,
  create: Position,
  work: Work,
): Node[] {
  if (!wanted && part !== "-" && !/^\d+$/.test(part)) return [];
  if (rest.length === 0) return [replace(undefined).value];
  const pair: [string, Entry][] = wanted
    ? [[wanted[0], { at: create, value: { kind: "scalar", at: create, value: wanted[1] } }]]
    : [];
  return [changed({ at: create, value: map(create, pair) }, rest, replace, create, work).value];
}
