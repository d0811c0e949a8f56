import { accumulate, openapiOf, type SharedBases } from "./accumulate.ts";
import { quietly, type SourceFiles } from "./files.ts";
import type { Layer } from "./layer.ts";
import { builtinMergeKeys } from "./merge-keys.ts";
import { child, entries, items, type Node, type Position, textAt } from "./node.ts";
import { openapiMergeKeys } from "./openapi.ts";
import { idsOf, type Shadow } from "./shadow.ts";
import { patchDocuments } from "./transform/patches.ts";
import { Work } from "./work.ts";

/** An entry of a kustomization that is meant to change resources, and what it does in one place where it is used. */
export interface Step {
  /** The folder of the kustomization that is rendered: for a component, of the one that uses it. */
  readonly user: string;
  /** The kustomization file, as reports name it. */
  readonly file: string;
  readonly field: string;
  /** The index in a list, the key of a map. */
  readonly token: number | string;
  readonly at: Position;
  /** It applies to some resource, whether that is changed or not. */
  readonly touches: boolean;
  /** Something is different from before. */
  readonly changes: boolean;
  /** Not all that it changes is set again by later entries of the same kustomization. */
  readonly lasts: boolean;
  /** It asserts something, or keeps two values the same: that nothing changes is as it should be. */
  readonly holds: boolean;
}

/** What watches kustomizations being followed. */
export interface Watch {
  /** The folders that are accumulated, the innermost last. */
  readonly users: string[];
  /** All that was seen, in its order. */
  readonly steps: Seen[];
  /** Told after each entry. */
  readonly seen: (entry: Observed, change: Change, layer: Layer) => void;
}

export interface Observed {
  readonly field: string;
  readonly token: number | string;
  readonly at: Position;
  readonly item: Node;
}

export interface Change {
  readonly before: readonly Shadow[];
  readonly after: readonly Shadow[];
}

/** What observers of many targets have in common: files, and bases that were followed. */
export interface Shared {
  readonly files: SourceFiles;
  readonly bases: SharedBases;
}

/** Follows kustomizations, and tells what each of their entries does. What many of them share is followed once. */
export class Observer {
  readonly #files: SourceFiles;
  readonly #bases: SharedBases;
  readonly #steps: Seen[] = [];

  /** @param shared what other observers have read and followed before */
  constructor({ files, bases }: Shared) {
    this.#files = files;
    this.#bases = bases;
  }

  /** @param dir the folder of a kustomization that is no component, as reports name it */
  follow(dir: string): void {
    const steps: Seen[] = [];
    const users: string[] = [];
    const seen: Watch["seen"] = (entry, change, layer) => {
      steps.push(seenOf(users.at(-1) ?? dir, entry, change, layer));
    };
    const isWhole = quietly(() => {
      const openapi = openapiOf(this.#files.kustomization(dir));
      const schema = openapi === undefined ? undefined : this.#files.documents(openapi).at(0);
      const mergeKeys = openapiMergeKeys(schema, builtinMergeKeys);
      accumulate(dir, {
        files: this.#files,
        work: new Work(),
        bases: this.#bases.of(openapi),
        mergeKeys,
        open: new Set(),
        watch: { users, steps, seen },
      });
      return true;
    });
    if (isWhole) this.#steps.push(...steps);
  }

  /** In the order in which they happened. */
  steps(): Step[] {
    const later = new Map<string, Set<string>>();
    const backwards = this.#steps.toReversed().map(({ changed, ...step }): Step => {
      const place = `${step.user}\n${step.file}`;
      const set = later.get(place) ?? new Set();
      const lasts = [...changed].some((pointer) => !set.has(pointer));
      for (const pointer of changed) set.add(pointer);
      later.set(place, set);
      return { ...step, changes: changed.size > 0, lasts };
    });
    return backwards.reverse();
  }
}

export interface Seen extends Omit<Step, "changes" | "lasts"> {
  /** What is different, by resource and path. */
  readonly changed: ReadonlySet<string>;
}

function seenOf(user: string, { item, ...entry }: Observed, { before, after }: Change, layer: Layer): Seen {
  const changed = new Set<string>();
  if (before.length !== after.length) for (const one of notIn(before, after)) changed.add(one);
  else
    for (const [index, shadow] of before.entries())
      compare(shadow.node, after[index]?.node, keyOf(shadow), { changed, layer });
  const touches = changed.size > 0 || before.some((shadow, index) => shadow !== after[index]);
  return { user, file: layer.file, ...entry, touches, changed, holds: touches && holds(entry.field, item, layer) };
}

/** Resources that came or went: nothing sets these again. */
function notIn(before: readonly Shadow[], after: readonly Shadow[]): string[] {
  const [was, is] = [new Set(before.map(keyOf)), new Set(after.map(keyOf))];
  return [...was, ...is].filter((key) => !(was.has(key) && is.has(key)));
}

function keyOf({ origin, ...shadow }: Shadow): string {
  const [first] = idsOf({ origin, ...shadow });
  return `${origin.file}:${origin.line}:${origin.column} ${first?.kind} ${first?.name}`;
}

/** Where values differ; what is written where does not count. */
function compare(
  one: Node | undefined,
  other: Node | undefined,
  path: string,
  found: { readonly changed: Set<string>; readonly layer: Layer },
): void {
  if (one === other) return;
  found.layer.work.spend();
  // What a new map holds may be set again, value by value.
  if ((one ?? other)?.kind === "map" && (other ?? one)?.kind === "map") {
    const keys = [one, other].flatMap((map) => (map?.kind === "map" ? [...map.entries.keys()] : []));
    if (keys.length === 0) found.changed.add(path);
    for (const key of new Set(keys)) compare(child(one, key), child(other, key), `${path}/${key}`, found);
  } else if (one?.kind === "list" && other?.kind === "list") {
    // What is put at the end of a list is still there when a later entry puts something behind it.
    const length = Math.max(one.items.length, other.items.length);
    for (let index = 0; index < length; index++)
      compare(one.items[index], other.items[index], `${path}/${index}`, found);
  } else if (!(one?.kind === "scalar" && other?.kind === "scalar" && one.value === other.value)) {
    found.changed.add(path);
  }
}

/** A replacement keeps its targets as its source is; a `test` makes the build fail where something is otherwise. */
function holds(field: string, item: Node, layer: Layer): boolean {
  if (field === "replacements") return true;
  if (field !== "patches" && field !== "patchesJson6902") return false;
  return patchDocuments(item, layer).some((document) => items(document).some((one) => textAt(one, "op") === "test"));
}

/** Fields whose entries are looked at one by one. */
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

/** The entries of a field, each as a field of its own; undefined for a field that is not looked at. */
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

/** A field that holds nothing but one of its entries. */
export function alone(
  { at, value }: { at: Position; value: Node },
  { token }: Observed,
): { at: Position; value: Node } {
  if (value.kind === "list")
    return { at, value: { ...value, items: value.items.slice(Number(token), Number(token) + 1) } };
  if (value.kind !== "map") return { at, value };
  return { at, value: { ...value, entries: new Map([...value.entries].filter(([key]) => key === token)) } };
}
