import { definePolicy, type TargetContext, type Violation } from "../../tools/policy/define.ts";

const tiers = ["redis-master", "redis-slave", "frontend"];
const kinds = ["Deployment", "Service"];

export const policy = definePolicy({
  id: "guestbook/tiers",
  severity: "error",
  why: "The guestbook is a frontend that writes to a Redis master and reads from its slaves. An overlay that loses a tier, or the Service that makes it reachable for the others, is no longer the guestbook.",
  fix: "Build the overlay on ../../base, and do not delete its Deployments and Services.",
  match: { target: "overlays/*" },
  *checkTarget({ target, resources }: TargetContext): Generator<Violation> {
    for (const name of tiers) {
      for (const kind of kinds) {
        if (resources.some((resource) => resource.kind === kind && resource.name === name)) continue;
        yield { pointer: "", message: `${target.path} does not render ${kind} ${name}` };
      }
    }
  },
});
