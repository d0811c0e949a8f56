import { groupBy } from "../../core/group.ts";
import { type JsonObject, objectAt, stringAt } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import type { TargetContext } from "../../policy/define.ts";
import { groupKind, indexOf, mayBeSameNamespace, perTarget, type Workload } from "./target.ts";

/** An autoscaler that sets the replicas of a workload. */
export interface Scaler {
  readonly resource: Resource;
  /** What it scales, as its `scaleTargetRef` names it. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  /** The minimum number of replicas. */
  readonly least: number;
}

/** Kinds of autoscalers: the field of their minimum, its default, and the default target. */
const scalers: Readonly<
  Record<string, readonly [field: string, least: number, target: Omit<Scaler, "resource" | "name" | "least">]>
> = {
  // https://kubernetes.io/docs/reference/kubernetes-api/workload-resources/horizontal-pod-autoscaler-v2/
  "HorizontalPodAutoscaler.autoscaling": ["minReplicas", 1, { apiVersion: "", kind: "" }],
  // https://keda.sh/docs/latest/reference/scaledobject-spec/
  "ScaledObject.keda.sh": ["minReplicaCount", 0, { apiVersion: "apps/v1", kind: "Deployment" }],
};

/** The autoscalers of a target. */
export const scalersOf = perTarget<readonly Scaler[]>((context) =>
  Object.entries(scalers).flatMap(([kind, [field, otherwise, target]]) =>
    indexOf(context)
      .ofKind(kind)
      .map((resource) => {
        const spec = objectAt(resource.object, "spec");
        const ref = objectAt(spec, "scaleTargetRef");
        const least = spec?.[field];
        return {
          resource,
          apiVersion: stringAt(ref, "apiVersion") ?? target.apiVersion,
          kind: stringAt(ref, "kind") ?? target.kind,
          name: stringAt(ref, "name") ?? "",
          least: typeof least === "number" ? least : otherwise,
        };
      }),
  ),
);

const byName = perTarget((context) => groupBy(scalersOf(context), ({ kind, name }) => `${kind}/${name}`));

/** The autoscaler of a workload, if it has one. */
export function scalerOf({ kind, namespace, name }: Resource, context: TargetContext): Scaler | undefined {
  const scalers = byName(context);
  if (scalers.size === 0) return undefined;
  return scalers.get(`${kind}/${name}`)?.find(({ resource }) => mayBeSameNamespace(resource.namespace, namespace));
}

const scaled = new Set([
  "Deployment.apps",
  "StatefulSet.apps",
  "ReplicaSet.apps",
  "ReplicationController",
  "Rollout.argoproj.io",
]);

/**
 * The minimum number of pods of a workload: its replicas, or the minimum of its autoscaler. Undefined if the manifest does not
 * say: a DaemonSet has one per node.
 */
export function leastReplicas({ resource }: Pick<Workload, "resource">, context: TargetContext): number | undefined {
  if (!scaled.has(groupKind(resource))) return undefined;
  const scaler = scalerOf(resource, context);
  if (scaler !== undefined) return scaler.least;
  const { replicas } = objectAt(resource.object, "spec") ?? {};
  return typeof replicas === "number" ? replicas : 1;
}

/** Whether a pod spec names the node for the pods. */
export function isOnGivenNode(spec: JsonObject): boolean {
  return (spec.nodeName ?? null) !== null || objectAt(spec, "nodeSelector")?.["kubernetes.io/hostname"] !== undefined;
}

/**
 * Whether an autoscaler sets the requests of the pods.
 * https://github.com/kubernetes/autoscaler/blob/master/vertical-pod-autoscaler/docs/api.md: Off only recommends.
 */
export function isSizedByAutoscaler({ kind, name, namespace }: Resource, context: TargetContext): boolean {
  return indexOf(context)
    .ofKindIn("VerticalPodAutoscaler.autoscaling.k8s.io", namespace)
    .some(({ object }) => {
      const spec = objectAt(object, "spec");
      const target = objectAt(spec, "targetRef");
      const mode = stringAt(objectAt(spec, "updatePolicy"), "updateMode");
      return target?.kind === kind && target.name === name && mode !== "Off";
    });
}

/** The names of the pods of a StatefulSet; undefined if an autoscaler sets the number, or there are too many to list. */
export function podsOf(set: Resource, context: TargetContext): string[] | undefined {
  const spec = objectAt(set.object, "spec");
  const [start, replicas] = [objectAt(spec, "ordinals")?.start ?? 0, spec?.replicas ?? 1];
  if (typeof start !== "number" || typeof replicas !== "number" || replicas > 100) return undefined;
  if (scalerOf(set, context) !== undefined) return undefined;
  return Array.from({ length: replicas }, (_, index) => `${set.name}-${start + index}`);
}
