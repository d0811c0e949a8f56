import type { FieldSpecs } from "./field-specs.ts";
import type { KustomizationFile, SourceFiles } from "./files.ts";
import type { MergeKeys } from "./merge-keys.ts";
import type { Entry, MapNode, Node } from "./node.ts";
import type { Shadow } from "./shadow.ts";
import type { Seen } from "./step.ts";
import type { Observed } from "./watched.ts";
import type { Work } from "./work.ts";

/** One kustomization while its fields are applied to what it has accumulated. */
export interface Layer extends KustomizationFile {
  readonly files: SourceFiles;
  readonly specs: FieldSpecs;
  readonly mergeKeys: MergeKeys;
  readonly work: Work;
  /** The configurations of plugins that an entry of `generators` or `transformers` means. */
  readonly plugins: (entry: Node) => readonly MapNode[];
  /** What wants to know what each entry does. */
  readonly watch?: Watch | undefined;
}

/** Applies what one field of a kustomization says to the resources so far. */
export type Transform = (shadows: readonly Shadow[], field: Entry, layer: Layer) => readonly Shadow[];

/** What watches kustomizations being followed. */
export interface Watch {
  /** The folders that are accumulated, the innermost last. */
  readonly users: string[];
  /** All that was seen, in its order. */
  readonly steps: Seen[];
  /** Told after each entry. */
  readonly seen: (entry: Observed, change: Change, layer: Layer) => void;
}

/** The resources before an entry was applied, and after it. */
export interface Change {
  readonly before: readonly Shadow[];
  readonly after: readonly Shadow[];
}
