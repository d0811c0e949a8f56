import { type Json, type JsonObject, numberAt, objectAt } from "../../../core/json.ts";
import { parseDuration } from "../../../vocabulary/duration.ts";
import type { Demand, Demands, Wrong } from "./demand.ts";

const strategyOf = (spec: JsonObject, name: string) => objectAt(objectAt(spec, "strategy"), name);

/** `ValidateRolloutStrategyCanary` and `ValidateRolloutStrategyBlueGreen`: the Rollout stays in InvalidSpec. */
export const ofRollouts: Demands = {
  "Rollout.argoproj.io": [
    { path: "spec/strategy/canary/steps/*/setWeight", judge: wrongWeight },
    { path: "spec/strategy/canary/steps/*/pause/duration", judge: wrongPause },
    { path: "spec/strategy/canary/steps/*/setCanaryScale", judge: wrongScale },
    different("canary", "canaryService", "stableService"),
    different("blueGreen", "previewService", "activeService"),
  ],
};

function wrongWeight(weight: Json, spec: JsonObject): Wrong | undefined {
  const most = numberAt(objectAt(strategyOf(spec, "canary"), "trafficRouting"), "maxTrafficWeight") ?? 100;
  if (typeof weight !== "number" || (weight >= 0 && weight <= most)) return undefined;
  return { does: `sets a weight of ${weight}`, help: `Use a weight from 0 to ${most}.` };
}

/** A number of seconds, as a text too. */
function wrongPause(duration: Json): Wrong | undefined {
  const seconds = /^[+-]?\d+$/.test(String(duration)) ? Number(duration) : parseDuration(String(duration));
  if (!["string", "number"].includes(typeof duration) || (seconds !== undefined && seconds >= 0)) return undefined;
  return { does: `pauses for ${duration}, which is not a duration`, help: "Write 30, 30s, 5m or 1h30m." };
}

function wrongScale(_: Json, spec: JsonObject): Wrong | undefined {
  if (objectAt(strategyOf(spec, "canary"), "trafficRouting") !== undefined) return undefined;
  return { does: "has a step setCanaryScale without trafficRouting", help: "Add trafficRouting, or use setWeight." };
}

function different(strategy: string, field: string, other: string): Demand {
  const judge = (service: Json, spec: JsonObject): Wrong | undefined =>
    service === strategyOf(spec, strategy)?.[other] && service !== ""
      ? { does: `has Service ${service} as both ${field} and ${other}`, help: "Name two different Services." }
      : undefined;
  return { path: `spec/strategy/${strategy}/${field}`, judge };
}
