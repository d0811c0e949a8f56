import type { FieldSpecs } from "./field-specs.ts";
import type { KustomizationFile, SourceFiles } from "./files.ts";
import type { MergeKeys } from "./merge-keys.ts";
import type { Entry, MapNode, Node } from "./node.ts";
import type { Watch } from "./observe.ts";
import type { Shadow } from "./shadow.ts";
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
