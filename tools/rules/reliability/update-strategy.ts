import { type Json, objectAt } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type TargetContext, type Violation } from "../../policy/define.ts";
import { claimOfOneNode, claimSharedByReplicas } from "../lib/claims.ts";
import { placeIn } from "../lib/containers.ts";
import { leastReplicas } from "../lib/scale.ts";

export const updateStrategy = definePolicy({
  id: "reliability/update-strategy",
  severity: "warning",
  why: "An update must neither stop all pods at once nor wait forever: a volume for a single node cannot move to a new pod on another node while the old pod uses it. https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#strategy",
  fix: "Use RollingUpdate with maxUnavailable below the number of replicas; with a volume for a single node, use one replica and Recreate.",
  match: { apiVersion: "apps/*", kind: ["Deployment", "ReplicaSet"] },
  *check(resource, context): Generator<Violation> {
    const shared = sharing(resource, context);
    if (shared !== undefined) yield shared;
    else if (resource.kind === "Deployment") yield* ofStrategy(resource, context);
  },
});

/** The violation if several replicas share a volume for a single node: no strategy helps then. */
function sharing(resource: Resource, context: TargetContext): Violation | undefined {
  const claim = claimSharedByReplicas(resource, context);
  if (claim === undefined) return undefined;
  const { kind, name, object } = resource;
  const effect = claim.isOfOnePod
    ? "which only one pod can use: the others stay Pending"
    : "which only one node can mount: pods on other nodes stay in ContainerCreating";
  const count = leastReplicas({ resource }, context);
  return {
    pointer: placeIn("/spec", objectAt(object, "spec"), "replicas"),
    message: `the ${count} replicas of ${kind} ${name} share claim ${claim.name}, ${effect}`,
    help: "Use a ReadWriteMany claim, a StatefulSet with volumeClaimTemplates, or one replica with strategy Recreate.",
  };
}

function* ofStrategy(resource: Resource, context: TargetContext): Generator<Violation> {
  const strategy = objectAt(objectAt(resource.object, "spec"), "strategy");
  const rolling = objectAt(strategy, "rollingUpdate");
  const subject = `Deployment ${resource.name}`;
  const replicas = leastReplicas({ resource }, context) ?? 1;
  if (strategy?.type === "Recreate") {
    if (replicas < 2) return;
    const message = `${subject} stops its ${replicas} replicas before it starts new ones`;
    yield { pointer: "/spec/strategy/type", message };
    return;
  }
  if (replicas > 1 && covers(rolling?.maxUnavailable, replicas)) {
    const message = `an update of ${subject} may stop its ${replicas} replicas at once`;
    yield { pointer: "/spec/strategy/rollingUpdate/maxUnavailable", message };
  }
  // Several that may share the volume do so on a given node.
  const claim = replicas > 1 ? undefined : claimOfOneNode(resource, context);
  if (claim === undefined || isZero(rolling?.maxSurge)) return;
  const pointer = strategy === undefined ? "/spec" : "/spec/strategy";
  yield {
    pointer,
    message: `${subject} starts the new pod while the old one uses claim ${claim.name}: on another node it waits forever, on the same node both write to the volume`,
    help: "Set strategy: { type: Recreate }, or use a StatefulSet.",
  };
}

/** `ResolveFenceposts` of the deployment controller rounds maxUnavailable down. */
function covers(value: Json | undefined, replicas: number): boolean {
  if (typeof value === "number") return value >= replicas;
  return percentOf(value) >= 100;
}

function isZero(value: Json | undefined): boolean {
  return value === 0 || percentOf(value) === 0;
}

function percentOf(value: Json | undefined): number {
  return typeof value === "string" && /^\d{1,3}%$/.test(value) ? Number.parseInt(value, 10) : Number.NaN;
}
