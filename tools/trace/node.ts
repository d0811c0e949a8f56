/** A place to edit: a file by its path for `read`, with a 1-based line and column. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export type Scalar = string | number | bigint | boolean | null;

/**
 * A YAML value in which every part has its source position. Nodes are immutable: a transformation creates new nodes
 * that share unchanged parts, so that a base used by a thousand overlays is read once. Maps are `Map`s, so that keys in
 * a hostile file have no special meaning in JavaScript.
 */
export type Node = MapNode | ListNode | ScalarNode;

export interface MapNode {
  readonly kind: "map";
  readonly at: Position;
  readonly entries: ReadonlyMap<string, Entry>;
  /** The patches that removed keys: if a field is then missing, they are the place to edit. */
  readonly removed?: ReadonlyMap<string, Position>;
}

/** A field of a map; `at` is its key. */
export interface Entry {
  readonly at: Position;
  readonly value: Node;
  /** The entry that it replaced. As versions of kustomize differ, the rendered value may show that it did not. */
  readonly before?: Entry | undefined;
}

export interface ListNode {
  readonly kind: "list";
  readonly at: Position;
  readonly items: readonly Node[];
}

export interface ScalarNode {
  readonly kind: "scalar";
  readonly at: Position;
  readonly value: Scalar;
  /** Where the text of this string is in its file, if its lines and columns map one to one. */
  readonly inner?: Inner;
}

/** Line `n` (from 0), column `m` (from 0) of an embedded text is at `line + n`, `column + m` in its file. */
export interface Inner {
  readonly line: number;
  readonly column: number;
}

/** A new scalar. */
export function scalar(value: Scalar, at: Position): ScalarNode {
  return { kind: "scalar", at, value };
}

/** A new map. */
export function map(at: Position, entries: Iterable<readonly [string, Entry]> = []): MapNode {
  return { kind: "map", at, entries: new Map(entries) };
}

/** The value of a key; undefined if the node is not a map, or has no such key. */
export function child(node: Node | undefined, key: string): Node | undefined {
  return node?.kind === "map" ? node.entries.get(key)?.value : undefined;
}

/** The value along a path of map keys. */
export function descend(node: Node | undefined, ...keys: string[]): Node | undefined {
  return keys.reduce<Node | undefined>(child, node);
}

/** The items of a list; none for any other node. */
export function items(node: Node | undefined): readonly Node[] {
  return node?.kind === "list" ? node.items : [];
}

/** The entries of a map; none for any other node. */
export function entries(node: Node | undefined): ReadonlyMap<string, Entry> {
  return node?.kind === "map" ? node.entries : NOTHING;
}

const NOTHING: ReadonlyMap<string, Entry> = new Map();

/** The text of a scalar; `""` for null and any other node. */
export function text(node: Node | undefined): string {
  return node?.kind === "scalar" && node.value !== null ? String(node.value) : "";
}

/** The text of the scalar at a key; `""` for null, any other node, and a missing key. */
export function textAt(node: Node | undefined, key: string): string {
  return text(child(node, key));
}

/** The map with an entry set, which remembers the one that it replaces. */
export function withEntry(node: MapNode, key: string, entry: Entry): MapNode {
  const before = node.entries.get(key);
  const chained = before && before.at !== entry.at ? { at: entry.at, value: entry.value, before } : entry;
  return { ...node, entries: new Map(node.entries).set(key, chained) };
}

/** The map without a key; it remembers what removed the key. */
export function withoutEntry(node: MapNode, key: string, by: Position): MapNode {
  if (!node.entries.has(key)) return node;
  const left = new Map(node.entries);
  left.delete(key);
  return { ...node, entries: left, removed: new Map(node.removed).set(key, by) };
}

/** The map without a key; unlike {@link withoutEntry}, it does not remember the removal. */
export function dropEntry(node: MapNode, key: string): MapNode {
  if (!node.entries.has(key)) return node;
  const left = new Map(node.entries);
  left.delete(key);
  return { ...node, entries: left };
}

/** Whether a node is the scalar null. */
export function isNull(node: Node): boolean {
  return node.kind === "scalar" && node.value === null;
}
