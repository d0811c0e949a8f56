import { groupBy } from "../../core/group.ts";
import { objectAt, stringAt } from "../../core/json.ts";
import { groupOf, type Resource } from "../../core/resource.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { type Scaler, scalersOf } from "../lib/scale.ts";
import { areTogether } from "../lib/target.ts";

/**
 * `validateAndParseSelector` in k8s.io/kubernetes/pkg/controller/podautoscaler, AmbiguousSelector; the webhook of KEDA rejects a
 * ScaledObject whose target has another autoscaler.
 */
export const scaledTwice = definePolicy({
  id: "link/scaled-twice",
  severity: "error",
  why: "If two autoscalers target the same pods, neither scales anything: both report AmbiguousSelector, load rises, but the number of replicas stays the same. https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/",
  fix: "Keep one autoscaler per workload; it can have several metrics.",
  *checkTarget(context): Generator<Violation> {
    for (const scalers of groupBy(scalersOf(context), targetOf).values()) {
      for (const one of scalers) {
        const others = scalers
          .filter((other) => other !== one && !takesOver(one, other) && !takesOver(other, one))
          .filter((other) => areTogether(one.resource, other.resource, context))
          .map(({ resource }) => inWords(resource))
          .filter((other) => other !== inWords(one.resource))
          .sort();
        if (others.length === 0) continue;
        const verb = others.length > 1 ? "do" : "does";
        const message = `${inWords(one.resource)} scales ${one.kind} ${one.name}, and so ${verb} ${others.join(" and ")}: they block each other`;
        yield { resource: one.resource, pointer: "/spec/scaleTargetRef", message };
      }
    }
  },
});

function targetOf({ resource, apiVersion, kind, name }: Scaler): string {
  return JSON.stringify([resource.namespace ?? "", groupOf(apiVersion), kind, name]);
}

function inWords({ kind, name }: Resource): string {
  return `${kind} ${name}`;
}

/** https://keda.sh/docs/latest/reference/scaledobject-spec/#transfer-ownership-of-an-existing-hpa */
function takesOver({ resource: { kind, object } }: Scaler, { resource: taken }: Scaler): boolean {
  const annotations = objectAt(objectAt(object, "metadata"), "annotations");
  const config = objectAt(objectAt(objectAt(object, "spec"), "advanced"), "horizontalPodAutoscalerConfig");
  return (
    kind === "ScaledObject" &&
    stringAt(annotations, "scaledobject.keda.sh/transfer-hpa-ownership") === "true" &&
    stringAt(config, "name") === taken.name
  );
}
