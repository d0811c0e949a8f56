import { type Json, objectAt } from "../../core/json.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { claimOfOneNode } from "../lib/claims.ts";
import { leastReplicas } from "../lib/scale.ts";

export const updateStrategy = definePolicy({
  id: "reliability/update-strategy",
  severity: "warning",
  why: "An update must neither take all pods away at once nor wait for ever: a volume of one node cannot follow a new pod to another while the old one holds it. https://kubernetes.io/docs/concepts/workloads/controllers/deployment/#strategy",
  fix: "Use RollingUpdate with a maxUnavailable below the replicas; with a volume of one node, one replica and Recreate.",
  match: { apiVersion: "apps/*", kind: "Deployment" },
  *check(resource, context): Generator<Violation> {
    const strategy = objectAt(objectAt(resource.object, "spec"), "strategy");
    const rolling = objectAt(strategy, "rollingUpdate");
    const subject = `Deployment ${resource.name}`;
    const replicas = leastReplicas({ resource }, context) ?? 1;
    if (strategy?.type === "Recreate") {
      if (replicas < 2) return;
      const message = `${subject} stops its ${replicas} replicas before it starts the new ones`;
      yield { pointer: "/spec/strategy/type", message };
      return;
    }
    if (replicas > 1 && covers(rolling?.maxUnavailable, replicas)) {
      const message = `an update of ${subject} may take its ${replicas} replicas away at once`;
      yield { pointer: "/spec/strategy/rollingUpdate/maxUnavailable", message };
    }
    const claim = claimOfOneNode(resource, context);
    if (claim === undefined || isZero(rolling?.maxSurge)) return;
    const pointer = strategy === undefined ? "/spec" : "/spec/strategy";
    yield {
      pointer,
      message: `${subject} starts the new pod beside the old one, which holds claim ${claim}: on another node it waits for ever, on the same both write to it`,
      help: "Write strategy: { type: Recreate }, or use a StatefulSet.",
    };
  },
});

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
