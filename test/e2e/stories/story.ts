import type { Bed } from "../bed.ts";
import type { Steps } from "../proof.ts";

/** Proves the points of one overlay. */
export type Story = (bed: Bed, steps: Steps) => Promise<void>;
