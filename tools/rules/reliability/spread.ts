import { isObject, type JsonObject, listAt, objectAt } from "../../core/json.ts";
import { podOf } from "../../core/pod.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { selects } from "../../vocabulary/selector.ts";
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
    const terms = pod ? termsOf(pod.spec) : [];
    const isSpread = terms.some(({ selector }) => selector === undefined || selects(selector, pod?.labels ?? {}));
    if (pod === undefined || count < 2 || isSpread || isPinned(pod.spec, resource)) return;
    // On other nodes they cannot start: reliability/update-strategy says so.
    if (claimSharedByReplicas(resource, context) !== undefined) return;
    const message = `the ${count} replicas of ${resource.kind} ${resource.name} may all run on one node`;
    const [term] = terms;
    if (term === undefined) yield { pointer: pod.specPointer, message };
    else {
      const pairs = Object.entries(pod.labels).map(([key, value]) => `${key}: ${value}`);
      const help = `Select their own labels: ${pairs.join(", ") || "none"}.`;
      yield {
        pointer: `${pod.specPointer}/${term.pointer}`,
        message: `${message}: ${term.what} selects other pods`,
        help,
      };
    }
  },
});

/** A term that keeps pods apart. */
interface Term {
  readonly what: string;
  readonly pointer: string;
  readonly selector: JsonObject | undefined;
}

function termsOf(spec: JsonObject): Term[] {
  const apart = objectAt(objectAt(spec, "affinity"), "podAntiAffinity");
  const [required, preferred] = [
    "requiredDuringSchedulingIgnoredDuringExecution",
    "preferredDuringSchedulingIgnoredDuringExecution",
  ] as const;
  return [
    ...termsAt(spec, "topologySpreadConstraints", "topologySpreadConstraints", "a topology spread constraint"),
    ...termsAt(apart, required, `affinity/podAntiAffinity/${required}`, "the anti-affinity"),
    ...termsAt(apart, preferred, `affinity/podAntiAffinity/${preferred}`, "the anti-affinity", "podAffinityTerm"),
  ];
}

function termsAt(holder: JsonObject | undefined, field: string, path: string, what: string, inner = ""): Term[] {
  return listAt(holder, field).flatMap((one, index) => {
    const term = isObject(one) && inner ? objectAt(one, inner) : one;
    const pointer = [path, index, inner, "labelSelector"].filter((part) => part !== "").join("/");
    return isObject(term) ? [{ what, pointer, selector: objectAt(term, "labelSelector") }] : [];
  });
}

/** Whether the node is given, or a node can only run one of the pods because they use its ports. */
function isPinned(spec: JsonObject, resource: Resource): boolean {
  const ports = runningIn(resource).flatMap(({ object }) => listAt(object, "ports"));
  return (
    isOnGivenNode(spec) || ports.some((port) => isObject(port) && (spec.hostNetwork === true || Boolean(port.hostPort)))
  );
}
