import { type Json, type JsonObject, numberAt } from "../../../core/json.ts";
import type { Demands, Wrong } from "./demand.ts";

/** `CheckReplicaCountBoundsAreValid`: the webhook of KEDA refuses the ScaledObject, and without it, the operator. */
export const ofKeda: Demands = {
  "ScaledObject.keda.sh": [
    { path: "spec/minReplicaCount", judge: wrongLeast },
    { path: "spec/idleReplicaCount", judge: wrongIdle },
  ],
};

/** Zero stands for the minimum of an autoscaler, which is 1. */
function leastIn(spec: JsonObject): number {
  const least = numberAt(spec, "minReplicaCount");
  return least === 0 ? 1 : (least ?? 0);
}

function wrongLeast(_: Json, spec: JsonObject): Wrong | undefined {
  const most = numberAt(spec, "maxReplicaCount") ?? 100;
  if (leastIn(spec) <= most) return undefined;
  return { does: `has minReplicaCount ${leastIn(spec)} above maxReplicaCount ${most}`, help: "Lower it." };
}

function wrongIdle(idle: Json, spec: JsonObject): Wrong | undefined {
  if (typeof idle !== "number" || idle < leastIn(spec)) return undefined;
  return {
    does: `has idleReplicaCount ${idle}, which is not below minReplicaCount ${numberAt(spec, "minReplicaCount") ?? 0}`,
    help: "Set idleReplicaCount: 0 and minReplicaCount: 1 or more.",
  };
}
