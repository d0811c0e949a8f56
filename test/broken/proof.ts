import type { Variant } from "./variants.ts";

/** What a cluster answered about a variant and its twin. */
export interface Proof {
  readonly variant: Variant;
  readonly holds: boolean;
  readonly broken: string;
  readonly fixed: string;
}
