import type { FieldSpecs } from "./field-specs.ts";
import type { KustomizationFile, SourceFiles } from "./files.ts";
import type { MergeKeys } from "./merge-keys.ts";
import type { Entry, MapNode, Node } from "./node.ts";
import type { Shadow } from "./shadow.ts";
import type { Seen } from "./step.ts";
import type { Observed } from "./watched.ts";
import type { Work } from "./work.ts";

/** A kustomization while its fields are applied to the accumulated resources. */
export interface Layer extends KustomizationFile {
  readonly files: SourceFiles;
  readonly specs: FieldSpecs;
  readonly mergeKeys: MergeKeys;
  readonly work: Work;
  /** The plugin configurations that an entry of `generators` or `transformers` refers to. */
  readonly plugins: (entry: Node) => readonly MapNode[];
  /** Receives the effect of each entry. */
  readonly watch?: Watch | undefined;
}

/** Applies a field of a kustomization to the resources so far. */
export type Transform = (shadows: readonly Shadow[], field: Entry, layer: Layer) => readonly Shadow[];

/** Records the effects of entries while kustomizations are followed. */
export interface Watch {
  /** The folders that are being accumulated, the innermost last. */
  readonly users: string[];
  /** All steps so far, in order. */
  readonly steps: Seen[];
  /** Called after each entry. */
  readonly seen: (entry: Observed, change: Change, layer: Layer) => void;
}

/** The resources before an entry was applied, and after it. */
export interface Change {
  readonly before: readonly Shadow[];
  readonly after: readonly Shadow[];
}
