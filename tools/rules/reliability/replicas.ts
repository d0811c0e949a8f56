import { objectAt } from "../../core/json.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { claimsOf } from "../lib/claims.ts";
import { placeIn } from "../lib/containers.ts";
import { dataStoresIn } from "../lib/data-stores.ts";
import { leastReplicas, scalerOf } from "../lib/scale.ts";
import { entrancesOf } from "../lib/traffic.ts";

/** More replicas do not help a workload that keeps data, or that allows only one pod. */
export const replicas = definePolicy({
  id: "reliability/replicas",
  severity: "warning",
  why: "With one replica, nothing answers requests while its node is drained or fails and its pod starts elsewhere. https://kubernetes.io/docs/concepts/workloads/controllers/deployment/",
  fix: "Set replicas to 2 or more; if there may only be one, say so with strategy: { type: Recreate }.",
  match: { kind: ["Deployment", "Rollout"] },
  *check(resource, context): Generator<Violation> {
    if (leastReplicas({ resource }, context) !== 1 || scalerOf(resource, context) !== undefined) return;
    const spec = objectAt(resource.object, "spec");
    const isSingle = objectAt(spec, "strategy")?.type === "Recreate" || claimsOf(resource).length > 0;
    if (isSingle || dataStoresIn(resource).length > 0 || entrancesOf(resource, context).length === 0) return;
    const message = `${resource.kind} ${resource.name} answers requests with a single pod`;
    yield { pointer: placeIn("/spec", spec, "replicas"), message };
  },
});
