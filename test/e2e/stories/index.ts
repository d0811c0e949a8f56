import { dns } from "./dns.ts";
import { env } from "./env.ts";
import { gce, loadbalancer, nodeport } from "./exposed.ts";
import { production } from "./production.ts";
import type { Story } from "./story.ts";

/** By the name of their overlay, in the order in which they are told. */
export const stories: Readonly<Record<string, Story>> = { dns, env, nodeport, loadbalancer, gce, production };
