import { once } from "../core/once.ts";
import { at } from "../core/pointer.ts";
import type { Resource, Target } from "../core/resource.ts";
import { type Accumulated, accumulate, openapiOf, SharedBases } from "./accumulate.ts";
import { quietly, type Read, SourceFiles } from "./files.ts";
import { addedBeside, type Found, locate, within } from "./locate.ts";
import { findShadow } from "./match.ts";
import { builtinMergeKeys } from "./merge-keys.ts";
import type { Position } from "./node.ts";
import { openapiMergeKeys } from "./openapi.ts";
import { referredNamespace } from "./reference.ts";
import { Work } from "./work.ts";

export type { Position } from "./node.ts";

/** A value in a rendered resource, to find the place where a person would edit it. */
export interface TraceItem {
  readonly resource: Resource;
  /** RFC 6901 pointer into the rendered resource. */
  readonly pointer: string;
  /** The offset of a character in a text of several lines. */
  readonly offset?: number | undefined;
  /** The file of the resource according to kustomize, if known: it decides between resources with the same name. */
  readonly origin?: string | undefined;
  /** The name of a field beside it that excludes it. */
  readonly beside?: string | undefined;
}

/** A place to edit. */
export interface Traced extends Position {
  /** The field beside it that an earlier layer sets, if the place is the one of two fields that was added to the other. */
  readonly kept?: { readonly name: string; readonly at: Position };
}

export interface TraceTools {
  /** Reads a file by its path in reports; undefined for folders, missing files and files that must not be read. */
  readonly read: Read;
}

/**
 * The position to edit for each item, in the same order; undefined if it is unknown. What cannot be traced exactly
 * falls back to the nearest parent with a position, the resource's first line, or the kustomization. Never throws, as a
 * finding without a line is still useful. Files are read and bases followed once for all calls with the same `tools`.
 */
export function traceFindings(target: Target, items: readonly TraceItem[], tools: TraceTools): (Traced | undefined)[] {
  return items.length === 0 ? [] : tracerFor(tools).trace(target, items);
}

const tracerFor = once(({ read }: TraceTools) => new Tracer(read));

/** Traces items; the files come from `read`, which may use the disk or a revision in Git. */
class Tracer {
  readonly #files: SourceFiles;
  readonly #bases = new SharedBases();

  constructor(read: Read) {
    this.#files = new SourceFiles(read);
  }

  /** As {@link traceFindings}. */
  trace(target: Target, items: readonly TraceItem[]): (Traced | undefined)[] {
    const rendered = target.kind === "kustomization" ? this.#follow(target.path) : undefined;
    const found: (Traced | undefined)[] = [];
    for (const index of byDocument(items)) {
      const item = items[index] as TraceItem;
      const { source } = item.resource;
      found[index] = source
        ? (quietly(() => this.#inManifest(item)) ?? { file: source.file, line: 1, column: 1 })
        : (quietly(() => this.#inKustomization(item, rendered)) ?? this.#kustomization(target));
    }
    return found;
  }

  #follow(dir: string): Accumulated | undefined {
    return quietly(() => {
      const openapi = openapiOf(this.#files.kustomization(dir));
      const schema = openapi === undefined ? undefined : this.#files.documents(openapi).at(0);
      const mergeKeys = openapiMergeKeys(schema, builtinMergeKeys);
      return accumulate(dir, {
        files: this.#files,
        work: new Work(),
        bases: this.#bases.of(openapi),
        mergeKeys,
        open: new Set(),
      });
    });
  }

  #inKustomization(item: TraceItem, rendered: Accumulated | undefined): Traced | undefined {
    const shadow = rendered && findShadow(rendered.shadows, item.resource, item.origin);
    if (!shadow) return undefined;
    const { resource, pointer, beside } = item;
    const added = beside === undefined ? undefined : addedBeside(shadow.node, resource.object, pointer, beside);
    if (added !== undefined) return { ...added.at, kept: added.kept };
    const found = locate(shadow.node, resource.object, pointer);
    return inText(found, item) ?? (found.exact ? undefined : referredNamespace(rendered.shadows, item)) ?? found.at;
  }

  #kustomization(target: Target): Position | undefined {
    const file = target.kind === "kustomization" ? this.#files.kustomizationPath(target.path) : undefined;
    return file === undefined ? undefined : { file, line: 1, column: 1 };
  }

  #inManifest(item: TraceItem): Position | undefined {
    const { source } = item.resource;
    if (!source) return undefined;
    const pointer = source.pointer + item.pointer;
    const root = item.offset === undefined ? undefined : this.#files.documents(source.file).at(source.document);
    const inner = root && inText(locate(root, undefined, pointer), item);
    if (inner) return inner;
    const position = this.#files.positions(source.file).at(source.document, pointer);
    return position && { file: source.file, ...position };
  }
}

function inText(found: Found, { resource, pointer, offset }: TraceItem): Position | undefined {
  return offset === undefined ? undefined : within(found, at(resource.object, pointer), offset);
}

/** The indexes of items, ordered by document, so that each is read once: findings come rule by rule. */
function byDocument(items: readonly TraceItem[]): number[] {
  const place = (index: number) => items[index]?.resource.source?.document ?? 0;
  return [...items.keys()].sort((a, b) => place(a) - place(b));
}
