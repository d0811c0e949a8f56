import { objectAt } from "../../tools/core/json.ts";
import { definePolicy, type Resource, type Violation } from "../../tools/policy/define.ts";

const labels: Record<string, Record<string, string>> = {
  "redis-master": { app: "redis", role: "master", tier: "backend" },
  "redis-slave": { app: "redis", role: "slave", tier: "backend" },
  frontend: { app: "guestbook", tier: "frontend" },
};

export const policy = definePolicy({
  id: "guestbook/labels",
  severity: "error",
  why: 'The tiers find each other by these labels, and one command cleans everything up: kubectl delete deployments,services -l "app in (redis, guestbook)".',
  fix: "Keep the labels app, role and tier from base/; add others beside them.",
  match: { target: "overlays/*", kind: ["Deployment", "Service"], name: Object.keys(labels) },
  *check({ kind, name, object }: Resource): Generator<Violation> {
    const actual = objectAt(objectAt(object, "metadata"), "labels");
    for (const [key, value] of Object.entries(labels[name] ?? {})) {
      if (actual?.[key] === value) continue;
      const has = actual?.[key] === undefined ? "is missing" : `is ${JSON.stringify(actual[key])}`;
      yield {
        pointer: `/metadata/labels/${key}`,
        message: `label ${key} of ${kind} ${name} ${has}; it should be ${value}`,
      };
    }
  },
});
