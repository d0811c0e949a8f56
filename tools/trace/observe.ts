import { accumulate, openapiOf, type SharedBases } from "./accumulate.ts";
import { quietly, type SourceFiles } from "./files.ts";
import type { Change, Layer, Watch } from "./layer.ts";
import { builtinMergeKeys } from "./merge-keys.ts";
import { child, items, type Node, textAt } from "./node.ts";
import { openapiMergeKeys } from "./openapi.ts";
import { withoutAffixesOf } from "./prefixed.ts";
import { idsOf, type Shadow } from "./shadow.ts";
import type { Seen, Step } from "./step.ts";
import { patchDocuments } from "./transform/patches.ts";
import type { Observed } from "./watched.ts";
import { Work } from "./work.ts";

/** What observers share: the files, and the bases that were followed. */
export interface Shared {
  readonly files: SourceFiles;
  readonly bases: SharedBases;
}

/** Follows kustomizations, and reports the effect of each of their entries. Shared bases are followed once. */
export class Observer {
  readonly #files: SourceFiles;
  readonly #bases: SharedBases;
  readonly #steps: Seen[] = [];

  /** @param shared the files and bases that other observers have read and followed. */
  constructor({ files, bases }: Shared) {
    this.#files = files;
    this.#bases = bases;
  }

  /**
   * Records the steps of a kustomization; none if it cannot be followed.
   *
   * @param dir its folder, as shown in reports; it must not be a component.
   */
  follow(dir: string): void {
    const steps: Seen[] = [];
    const users: string[] = [];
    const seen: Watch["seen"] = (entry, change, layer) => {
      // Without any resource, it says nothing about the entry.
      if (change.before.length === 0 && change.after.length === 0) return;
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

  /** The recorded steps, in order. */
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

function seenOf(user: string, observed: Observed, { before, after }: Change, layer: Layer): Seen {
  const { item, ...entry } = observed;
  const changed = new Set<string>();
  if (before.length !== after.length) for (const one of notIn(before, after)) changed.add(one);
  else
    for (const [index, shadow] of before.entries())
      compare(shadow.node, after[index]?.node, keyOf(shadow), { changed, layer });
  const touches = changed.size > 0 || before.some((shadow, index) => shadow !== after[index]);
  const meant = touches ? undefined : withoutAffixesOf(observed, before, layer);
  const isHeld = touches && holds(entry.field, item, layer);
  return { user, file: layer.file, ...entry, touches, changed, holds: isHeld, ...(meant && { meant }) };
}

/** The resources that were added or removed; no later entry sets these again. */
function notIn(before: readonly Shadow[], after: readonly Shadow[]): string[] {
  const [was, is] = [new Set(before.map(keyOf)), new Set(after.map(keyOf))];
  return [...was, ...is].filter((key) => !(was.has(key) && is.has(key)));
}

function keyOf({ origin, ...shadow }: Shadow): string {
  const [first] = idsOf({ origin, ...shadow });
  return `${origin.file}:${origin.line}:${origin.column} ${first?.kind} ${first?.name}`;
}

/** Collects the paths where values differ; positions are ignored. */
function compare(
  one: Node | undefined,
  other: Node | undefined,
  path: string,
  found: { readonly changed: Set<string>; readonly layer: Layer },
): void {
  if (one === other) return;
  found.layer.work.spend();
  // The values of a new map are compared one by one, as later entries may set them again.
  if ((one ?? other)?.kind === "map" && (other ?? one)?.kind === "map") {
    const keys = [one, other].flatMap((map) => (map?.kind === "map" ? [...map.entries.keys()] : []));
    if (keys.length === 0) found.changed.add(path);
    for (const key of new Set(keys)) compare(child(one, key), child(other, key), `${path}/${key}`, found);
  } else if (one?.kind === "list" && other?.kind === "list") {
    // Lists are compared by index: an appended item remains if a later entry appends another.
    const length = Math.max(one.items.length, other.items.length);
    for (let index = 0; index < length; index++)
      compare(one.items[index], other.items[index], `${path}/${index}`, found);
  } else if (!(one?.kind === "scalar" && other?.kind === "scalar" && one.value === other.value)) {
    found.changed.add(path);
  }
}

/** Whether an entry is useful without a change: a replacement keeps two values equal, and a `test` asserts a value. */
function holds(field: string, item: Node, layer: Layer): boolean {
  if (field === "replacements") return true;
  if (field !== "patches" && field !== "patchesJson6902") return false;
  return patchDocuments(item, layer).some((document) => items(document).some((one) => textAt(one, "op") === "test"));
}
