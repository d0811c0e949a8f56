import { isObject, type Json, type JsonObject, numberAt, objectAt } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import { groupKind } from "../../rules/lib/target.ts";
import { strategyOf } from "../table-pods.ts";
import type { How, Rollout } from "./report.ts";

/** How many pods are replaced at a time. */
type Pace = Pick<Rollout, "surge" | "unavailable" | "available" | "kept" | "pods">;

/**
 * How many pods a rollout replaces at a time.
 *
 * @param pods the number of pods; undefined if the manifests do not set it
 */
export function paceOf(resource: Resource, how: How, pods: number | undefined): Pace {
  if (how === "recreate" || how === "replaced")
    return { pods: pods ?? null, surge: 0, unavailable: pods ?? null, available: 0 };
  const pace = (paces[groupKind(resource)] ?? unknown)(objectAt(resource.object, "spec") ?? {}, pods);
  return how === "rolling" ? pace : { ...pace, available: pods ?? null };
}

/** How a change of its template replaces the pods of a workload. */
export function howOf(resource: Resource): How {
  if (objectAt(resource.object, "spec")?.paused === true) return "paused";
  const strategy = strategyOf(resource);
  return strategy === "Recreate" ? "recreate" : strategy === "OnDelete" ? "on-delete" : "rolling";
}

const unknown = (_: JsonObject, pods: number | undefined): Pace => ({
  pods: pods ?? null,
  surge: null,
  unavailable: null,
  available: null,
});

const paces: Readonly<Record<string, (spec: JsonObject, pods: number | undefined) => Pace>> = {
  "Deployment.apps": (spec, pods) => deployment(objectAt(objectAt(spec, "strategy"), "rollingUpdate"), pods),
  "DeploymentConfig.apps.openshift.io": (spec, pods) =>
    deployment(objectAt(objectAt(spec, "strategy"), "rollingParams"), pods),
  "StatefulSet.apps": statefulSet,
  "DaemonSet.apps": daemonSet,
};

/** `ResolveFenceposts` in k8s.io/kubernetes/pkg/controller/deployment/util: at least one of the two is 1 or more. */
function deployment(settings: JsonObject | undefined, pods: number | undefined): Pace {
  const [surge, unavailable] = [settings?.maxSurge ?? "25%", settings?.maxUnavailable ?? "25%"];
  if (pods === undefined) return { pods: null, surge: shown(surge), unavailable: shown(unavailable), available: null };
  const more = scaled(surge, pods, Math.ceil);
  const less = Math.min(scaled(unavailable, pods, Math.floor), pods);
  const missing = more === 0 && less === 0 ? Math.min(1, pods) : less;
  return { pods, surge: more, unavailable: missing, available: pods - missing };
}

/** `updateStatefulSet`: from the last ordinal down to the partition, each pod stops before its successor starts. */
function statefulSet(spec: JsonObject, replicas = 1): Pace {
  const settings = objectAt(objectAt(spec, "updateStrategy"), "rollingUpdate");
  const kept = Math.min(numberAt(settings, "partition") ?? 0, replicas);
  const pods = replicas - kept;
  const unavailable = Math.min(Math.max(1, scaled(settings?.maxUnavailable ?? 1, replicas, Math.floor)), pods);
  return { pods, surge: 0, unavailable, available: replicas - unavailable, ...(kept > 0 && { kept }) };
}

/** One pod per node; `SetDefaults_DaemonSet` sets maxUnavailable to 1 by default. */
function daemonSet(spec: JsonObject): Pace {
  const settings = objectAt(objectAt(spec, "updateStrategy"), "rollingUpdate");
  const unavailable = shown(settings?.maxUnavailable ?? 1);
  return { pods: null, surge: shown(settings?.maxSurge ?? 0), unavailable, available: null };
}

function shown(value: Json): number | string | null {
  return typeof value === "number" || typeof value === "string" ? value : null;
}

/** A count, or a percentage of `of` rounded by `round`, as in `GetScaledValueFromIntOrPercent`; 0 for anything else. */
export function scaled(value: Json | undefined, of: number, round: (share: number) => number): number {
  if (typeof value === "number") return value;
  const percent = typeof value === "string" && !isObject(value) ? /^(\d{1,4})%$/.exec(value)?.[1] : undefined;
  return percent === undefined ? 0 : round((Number(percent) * of) / 100);
}
