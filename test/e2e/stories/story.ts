import type { Bed } from "../bed.ts";
import type { Steps } from "../proof.ts";

/** What an overlay promises, and how it is seen. */
export type Story = (bed: Bed, steps: Steps) => Promise<void>;
