import { dns } from "./dns.ts";
import { env } from "./env.ts";
import { gce, loadbalancer, nodeport } from "./exposed.ts";
import { production } from "./production.ts";
import type { Story } from "./story.ts";

/** The stories by overlay, in the order in which they run. */
export const stories: Readonly<Record<string, Story>> = { dns, env, nodeport, loadbalancer, gce, production };
