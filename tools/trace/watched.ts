import { entries, type Node, type Position } from "./node.ts";

/** An entry of a watched field. */
export interface Observed {
  readonly field: string;
  readonly token: number | string;
  readonly at: Position;
  readonly item: Node;
}

/** The fields whose entries are applied and observed one by one. */
const watched = new Set([
  "patchesStrategicMerge",
  "patches",
  "patchesJson6902",
  "labels",
  "commonLabels",
  "replicas",
  "images",
  "replacements",
]);

/** The entries of a watched field; undefined for any other field. */
export function entriesOf(name: string, { value }: { readonly value: Node }): Observed[] | undefined {
  if (!watched.has(name)) return undefined;
  if (value.kind === "list")
    return value.items.map((item, token) => ({
      field: name,
      token,
      at: item.at,
      item,
    }));
  if (value.kind !== "map") return undefined;
  return [...entries(value)].map(([token, entry]) => ({ field: name, token, at: entry.at, item: entry.value }));
}

/** The field with only one of its entries. */
export function alone(
  { at, value }: { at: Position; value: Node },
  { token }: Observed,
): { at: Position; value: Node } {
  if (value.kind === "list")
    return { at, value: { ...value, items: value.items.slice(Number(token), Number(token) + 1) } };
  if (value.kind !== "map") return { at, value };
  return { at, value: { ...value, entries: new Map([...value.entries].filter(([key]) => key === token)) } };
}
