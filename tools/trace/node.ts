/** Where a person edits: a file as `read` knows it, with a 1-based line and column. */
export interface Position {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

export type Scalar = string | number | bigint | boolean | null;

/**
 * A YAML value in which every part knows where it was written. Nodes are never changed: a transformation makes new
 * ones that share what it leaves alone, so that a base used by a thousand overlays is read once. Maps are `Map`s, so
 * that no key of a hostile file means anything to JavaScript.
 */
export type Node = MapNode | ListNode | ScalarNode;

export interface MapNode {
  readonly kind: "map";
  readonly at: Position;
  readonly entries: ReadonlyMap<string, Entry>;
  /** What took a key away: a patch that removes a field is to blame when the field is then missing. */
  readonly removed?: ReadonlyMap<string, Position>;
}

/** A field of a map; `at` is its key. */
export interface Entry {
  readonly at: Position;
  readonly value: Node;
  /** What it replaced. Versions of kustomize differ, so the rendered value may tell that it was not replaced. */
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
  /** Where the text of this string stands in its file, if its lines and columns map one to one. */
  readonly inner?: Inner;
}

/** Line `n` (from 0), column `m` (from 0) of an embedded text is at `line + n`, `column + m` of its file. */
export interface Inner {
  readonly line: number;
  readonly column: number;
}

export function scalar(value: Scalar, at: Position): ScalarNode {
  return { kind: "scalar", at, value };
}

export function map(at: Position, entries: Iterable<readonly [string, Entry]> = []): MapNode {
  return { kind: "map", at, entries: new Map(entries) };
}

export function child(node: Node | undefined, key: string): Node | undefined {
  return node?.kind === "map" ? node.entries.get(key)?.value : undefined;
}

/** The value along a path of map keys. */
export function descend(node: Node | undefined, ...keys: string[]): Node | undefined {
  return keys.reduce<Node | undefined>(child, node);
}

export function items(node: Node | undefined): readonly Node[] {
  return node?.kind === "list" ? node.items : [];
}

export function entries(node: Node | undefined): ReadonlyMap<string, Entry> {
  return node?.kind === "map" ? node.entries : NOTHING;
}

const NOTHING: ReadonlyMap<string, Entry> = new Map();

/** The text of a scalar; `""` of anything else and of null. */
export function text(node: Node | undefined): string {
  return node?.kind === "scalar" && node.value !== null ? String(node.value) : "";
}

export function textAt(node: Node | undefined, key: string): string {
  return text(child(node, key));
}

/** The map with one entry set, which remembers the one that it replaces. */
export function withEntry(node: MapNode, key: string, entry: Entry): MapNode {
  const before = node.entries.get(key);
  const chained = before && before.at !== entry.at ? { at: entry.at, value: entry.value, before } : entry;
  return { ...node, entries: new Map(node.entries).set(key, chained) };
}

/** The map without a key, remembering what removed it. */
export function withoutEntry(node: MapNode, key: string, by: Position): MapNode {
  if (!node.entries.has(key)) return node;
  const left = new Map(node.entries);
  left.delete(key);
  return { ...node, entries: left, removed: new Map(node.removed).set(key, by) };
}

/** The map without a key that never belonged to it. */
export function dropEntry(node: MapNode, key: string): MapNode {
  if (!node.entries.has(key)) return node;
  const left = new Map(node.entries);
  left.delete(key);
  return { ...node, entries: left };
}

export function isNull(node: Node): boolean {
  return node.kind === "scalar" && node.value === null;
}
