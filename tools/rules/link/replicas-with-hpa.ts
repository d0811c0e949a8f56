import { objectAt } from "../../core/json.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { scalerOf } from "../lib/scale.ts";

export const replicasWithHpa = definePolicy({
  id: "link/replicas-with-hpa",
  severity: "warning",
  why: "Every sync resets the number of replicas to this value, whatever the autoscaler has set: under load, a commit removes pods. https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/#migrating-deployments-and-statefulsets-to-horizontal-autoscaling",
  fix: "Remove spec.replicas from the workload: the autoscaler sets it.",
  match: { kind: ["Deployment", "StatefulSet", "ReplicaSet", "ReplicationController", "Rollout"] },
  *check(resource, context): Generator<Violation> {
    if ((objectAt(resource.object, "spec")?.replicas ?? null) === null) return;
    const scaler = scalerOf(resource, context);
    if (scaler === undefined) return;
    const by = `${scaler.resource.kind} ${scaler.resource.name}`;
    yield {
      pointer: "/spec/replicas",
      message: `${resource.kind} ${resource.name} sets replicas, but ${by} scales it`,
    };
  },
});
