import type { Variant } from "./variants.ts";

/** A cluster's answers about a variant and its fixed copy. */
export interface Proof {
  readonly variant: Variant;
  readonly holds: boolean;
  readonly broken: string;
  readonly fixed: string;
}
