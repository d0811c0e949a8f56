import { isObject, type Json } from "../core/json.ts";
import { tokens } from "../core/pointer.ts";
import { child, type Entry, type ListNode, type Node, type Position, text } from "./node.ts";

/**
 * The source position of a pointer into a rendered resource: that of the field itself, of the patch that removed it, or
 * of its nearest parent with a position. The rendered value identifies list items that kustomize reorders, and tells
 * whether a replacement took effect.
 */
export function locate(root: Node, rendered: Json | undefined, pointer: string): Found {
  return find({ at: root.at, value: root }, rendered, tokens(pointer));
}

export interface Found {
  readonly at: Position;
  /** Whether the field itself, or the patch that removed it, was found; a scalar must have the rendered value. */
  readonly exact: boolean;
  /** The value at the pointer. */
  readonly value?: Node;
}

/** A field that a layer adds beside one that excludes it. */
export interface Added {
  readonly at: Position;
  /** The field that an earlier layer sets. */
  readonly kept: { readonly name: string; readonly at: Position };
}

/** Which of two fields of an object a later layer adds; undefined if they come from the same file. */
export function addedBeside(root: Node, rendered: Json | undefined, pointer: string, other: string): Added | undefined {
  const { value } = locate(root, rendered, pointer.slice(0, pointer.lastIndexOf("/")));
  if (value?.kind !== "map") return undefined;
  // A layer adds its fields after those that are there.
  const names = [tokens(pointer).at(-1), other];
  const [earlier, later] = [...value.entries].filter(([name]) => names.includes(name));
  if (earlier === undefined || later === undefined || earlier[1].at.file === later[1].at.file) return undefined;
  return { at: later[1].at, kept: { name: earlier[0], at: earlier[1].at } };
}

/** The position of a character of a rendered text; undefined if its lines are not those of the file. */
export function within({ value }: Found, rendered: Json | undefined, offset: number): Position | undefined {
  if (typeof rendered !== "string" || value?.kind !== "scalar" || value.inner === undefined) return undefined;
  // The written text may have a different end: kustomize drops the last line break of a patch.
  if (!text(value).startsWith(rendered.slice(0, offset + 1))) return undefined;
  const { line, column } = value.inner;
  const before = rendered.slice(0, offset).split("\n");
  return { ...value.at, line: line + before.length - 1, column: column + (before.at(-1)?.length ?? 0) + 1 };
}

/** Finds a value in an entry, or in the entries that it replaced if it does not have the rendered value itself. */
function find(entry: Entry, rendered: Json | undefined, path: readonly string[]): Found {
  let first: Found | undefined;
  let candidate: Entry | undefined = entry;
  for (let tries = 0; candidate && tries < MAX_TRIES; tries++) {
    const found = below(candidate, rendered, path);
    if (found.exact) return found;
    first ??= found;
    candidate = candidate.before;
  }
  return first ?? { at: entry.at, exact: false };
}

/** Limits the work for a hostile chain of replacements. */
const MAX_TRIES = 8;

function below({ at, value }: Entry, rendered: Json | undefined, path: readonly string[]): Found {
  const [token, ...rest] = path;
  if (token === undefined) return { at, exact: fits(value, rendered), value };
  const next = value.kind === "map" ? value.entries.get(token) : inList(value, rendered, token);
  if (next) return find(next, member(rendered, token), rest);
  const removed = value.kind === "map" ? value.removed?.get(token) : undefined;
  return { at: removed ?? at, exact: removed !== undefined };
}

function fits(node: Node, rendered: Json | undefined): boolean {
  return rendered === undefined || node.kind !== "scalar" || hasValue(node, rendered);
}

function inList(node: Node, rendered: Json | undefined, token: string): Entry | undefined {
  if (node.kind !== "list" || !/^\d{1,6}$/.test(token)) return undefined;
  const item = findItem(node, Array.isArray(rendered) ? rendered : [], Number(token));
  return item && { at: item.at, value: item };
}

function member(value: Json | undefined, token: string): Json | undefined {
  if (Array.isArray(value)) return value[Number(token)];
  return isObject(value) && Object.hasOwn(value, token) ? value[token] : undefined;
}

/** The fields that identify the items of lists in Kubernetes. */
const IDENTITIES = [
  ["name"],
  ["containerPort", "protocol"],
  ["port", "protocol"],
  ["mountPath"],
  ["devicePath"],
  ["key"],
  ["topologyKey", "whenUnsatisfiable"],
  ["ip"],
  ["uid"],
  ["host"],
  ["path"],
  ["containerPort"],
  ["port"],
  ["topologyKey"],
  ["type"],
];

function findItem(list: ListNode, rendered: readonly Json[], index: number): Node | undefined {
  const wanted = rendered[index];
  const same = list.items[index];
  if (wanted === undefined) return same;
  if (!isObject(wanted)) return findScalar(list, rendered, index);
  for (const keys of IDENTITIES) {
    const found = onlyOne(list.items, (item) => keys.every((key) => hasValue(child(item, key), wanted[key])));
    if (found) return found;
  }
  return list.items.length === rendered.length ? same : undefined;
}

function findScalar(list: ListNode, rendered: readonly Json[], index: number): Node | undefined {
  const same = list.items[index];
  if (hasValue(same, rendered[index])) return same;
  const equal = list.items.find((item) => hasValue(item, rendered[index]));
  return equal ?? (list.items.length === rendered.length ? same : undefined);
}

function hasValue(node: Node | undefined, value: Json | undefined): boolean {
  return node?.kind === "scalar" && value !== undefined && !isObject(value) && text(node) === String(value ?? "");
}

function onlyOne<T>(list: readonly T[], test: (item: T) => boolean): T | undefined {
  const found = list.filter(test);
  return found.length === 1 ? found[0] : undefined;
}
