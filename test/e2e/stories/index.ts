import type { Bed } from "../bed.ts";
import type { Steps } from "../proof.ts";
import { dns } from "./dns.ts";
import { env } from "./env.ts";
import { gce, loadbalancer, nodeport } from "./exposed.ts";
import { production } from "./production.ts";

/** What an overlay promises, and how it is seen. */
export type Story = (bed: Bed, steps: Steps) => Promise<void>;

/** By the name of their overlay, in the order in which they are told. */
export const stories: Readonly<Record<string, Story>> = { dns, env, nodeport, loadbalancer, gce, production };
