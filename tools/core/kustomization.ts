import type { Json, JsonObject } from "./json.ts";

/** A kustomization file as rules see it, with no access to the disk beyond what the kustomization itself names. */
export interface KustomizationFile {
  /** Path as shown in reports. */
  readonly file: string;
  /** The kustomization; empty if the file does not parse. Field names are as written in the file: see `field`. */
  readonly object: JsonObject;
  readonly isComponent: boolean;
  /** The documents of a file that it names; empty if the file is missing or may not be read. */
  readonly documents: (path: string) => readonly Json[];
  /** Unused manifests and patches beside it, with paths as shown in reports. */
  readonly unused: () => readonly string[];
  /** The 1-based line on which an entry for a file is commented out, that is, left out on purpose. */
  readonly commentedOut: (file: string) => number | undefined;
}
