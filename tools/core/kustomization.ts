import type { Json, JsonObject } from "./json.ts";

/** A kustomization file as rules see it: data, and no way to the disk but what the kustomization itself names. */
export interface KustomizationFile {
  /** As reports name it. */
  readonly file: string;
  /** The kustomization; empty where the file does not parse. Names of fields are as they were written: see `field`. */
  readonly object: JsonObject;
  readonly isComponent: boolean;
  /** The documents of a file that it names; none where there is no such file, or none that may be read. */
  readonly documents: (path: string) => readonly Json[];
  /** Manifests and patches beside it that nothing uses, as reports name them. */
  readonly unused: () => readonly string[];
  /** The line on which a comment of it has a file as an entry, 1-based: who wrote that means to leave it out. */
  readonly commentedOut: (file: string) => number | undefined;
}
