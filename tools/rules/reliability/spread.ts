import { isObject, type JsonObject, listAt, objectAt } from "../../core/json.ts";
import { podOf } from "../../core/pod.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { claimSharedByReplicas } from "../lib/claims.ts";
import { runningIn } from "../lib/containers.ts";
import { isOnGivenNode, leastReplicas } from "../lib/scale.ts";

export const spread = definePolicy({
  id: "reliability/spread",
  severity: "warning",
  why: "The scheduler may put all replicas on one node; if that node fails, they all fail. https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/",
  fix: "Add topologySpreadConstraints for kubernetes.io/hostname, and for topology.kubernetes.io/zone if there are zones.",
  match: { kind: ["Deployment", "StatefulSet", "Rollout"] },
  *check(resource, context): Generator<Violation> {
    const pod = podOf(resource);
    const count = leastReplicas({ resource }, context) ?? 0;
    if (pod === undefined || count < 2 || isSpread(pod.spec) || isPinned(pod.spec, resource)) return;
    // On other nodes they cannot start: reliability/update-strategy says so.
    if (claimSharedByReplicas(resource, context) !== undefined) return;
    const message = `the ${count} replicas of ${resource.kind} ${resource.name} may all run on one node`;
    yield { pointer: pod.specPointer, message };
  },
});

function isSpread(spec: JsonObject): boolean {
  const apart = objectAt(objectAt(spec, "affinity"), "podAntiAffinity");
  return listAt(spec, "topologySpreadConstraints").length > 0 || Object.values(apart ?? {}).some(isFilled);
}

function isFilled(terms: unknown): boolean {
  return Array.isArray(terms) && terms.length > 0;
}

/** Whether the node is given, or a node can only run one of the pods because they use its ports. */
function isPinned(spec: JsonObject, resource: Resource): boolean {
  const ports = runningIn(resource).flatMap(({ object }) => listAt(object, "ports"));
  return (
    isOnGivenNode(spec) || ports.some((port) => isObject(port) && (spec.hostNetwork === true || Boolean(port.hostPort)))
  );
}
