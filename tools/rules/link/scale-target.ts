import { groupOf } from "../../core/resource.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { isFragment, lookUp, missing } from "../lib/reference.ts";
import { scalersOf } from "../lib/scale.ts";

/** `FailedGetScale` of the HPA controller; KEDA creates an HPA from a ScaledObject. */
export const scaleTarget = definePolicy({
  id: "link/scale-target",
  severity: "error",
  why: "An autoscaler whose target does not exist scales nothing: load rises, but the number of replicas stays the same. https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/",
  fix: "Correct apiVersion, kind and name of scaleTargetRef.",
  *checkTarget(context): Generator<Violation> {
    if (isFragment(context)) return;
    for (const { resource, apiVersion, kind, name } of scalersOf(context)) {
      const group = groupOf(apiVersion);
      const named = { kind: group === "" ? kind : `${kind}.${group}`, namespace: resource.namespace, name };
      if (!name || !kind || lookUp(named, context) !== undefined) continue;
      const pointer = "/spec/scaleTargetRef/name";
      yield { resource, ...missing(named, `${resource.kind} ${resource.name}`, pointer, context) };
    }
  },
});
