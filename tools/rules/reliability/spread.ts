import { isObject, type JsonObject, listAt, objectAt } from "../../core/json.ts";
import { podOf } from "../../core/pod.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { runningIn } from "../lib/containers.ts";
import { leastReplicas } from "../lib/scale.ts";

export const spread = definePolicy({
  id: "reliability/spread",
  severity: "warning",
  why: "The scheduler may put all replicas on one node; then they fail with it together. https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/",
  fix: "Write topologySpreadConstraints for kubernetes.io/hostname, and for topology.kubernetes.io/zone where there are zones.",
  match: { kind: ["Deployment", "StatefulSet", "Rollout"] },
  *check(resource, context): Generator<Violation> {
    const pod = podOf(resource);
    const count = leastReplicas({ resource }, context) ?? 0;
    if (pod === undefined || count < 2 || isSpread(pod.spec) || isPinned(pod.spec, resource)) return;
    const message = `the ${count} replicas of ${resource.kind} ${resource.name} may all be on one node`;
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

/** Where the nodes are given, or each can have one pod only: a port of the node is there once. */
function isPinned(spec: JsonObject, resource: Resource): boolean {
  const ports = runningIn(resource).flatMap(({ object }) => listAt(object, "ports"));
  return (
    (spec.nodeName ?? null) !== null ||
    objectAt(spec, "nodeSelector")?.["kubernetes.io/hostname"] !== undefined ||
    ports.some((port) => isObject(port) && (spec.hostNetwork === true || Boolean(port.hostPort)))
  );
}
