import { type JsonObject, objectAt, stringAt } from "../core/json.ts";
import type { Resource } from "../core/resource.ts";
import { conditionOf, countAt } from "./state.ts";

/** How far a workload is. */
export interface Rollout {
  readonly wanted: number;
  readonly ready: number;
  /** Of its newest template. */
  readonly updated: number;
  /** The newest template runs everywhere, and nothing of an older one is left. */
  readonly done: boolean;
  /** Why its controller has given up. */
  readonly failed?: string;
}

type Reader = (spec: JsonObject, status: JsonObject, resource: Resource) => Rollout;

/**
 * When each kind has rolled out: DeploymentStatusViewer, DaemonSetStatusViewer and StatefulSetStatusViewer of
 * k8s.io/kubectl/pkg/polymorphichelpers, which is what `kubectl rollout status` waits for, without which pods it waits for.
 */
const readers: Readonly<Record<string, Reader>> = {
  Deployment: deployment,
  StatefulSet: statefulSet,
  DaemonSet: daemonSet,
  Job: job,
  Pod: pod,
};

/** The kinds that have something to wait for. */
export const rolloutKinds: readonly string[] = Object.keys(readers);

/** How far a live workload is; undefined for a kind that has no rollout. */
export function rolloutOf(resource: Resource): Rollout | undefined {
  const reader = Object.hasOwn(readers, resource.kind) ? readers[resource.kind] : undefined;
  if (reader === undefined) return undefined;
  const { object } = resource;
  const status = objectAt(object, "status") ?? {};
  const rollout = reader(objectAt(object, "spec") ?? {}, status, resource);
  return isSeen(object, status) ? rollout : { ...rollout, done: false };
}

/** Until its controller has seen the newest spec, its status is about an older one. */
function isSeen(object: JsonObject, status: JsonObject): boolean {
  if (typeof status.observedGeneration !== "number")
    return !["Deployment", "StatefulSet", "DaemonSet"].includes(String(object.kind));
  return status.observedGeneration >= countAt(objectAt(object, "metadata"), "generation");
}

/** The API server writes the default of 1. */
function replicasOf(spec: JsonObject): number {
  return typeof spec.replicas === "number" ? spec.replicas : 1;
}

function deployment(spec: JsonObject, status: JsonObject, resource: Resource): Rollout {
  const wanted = replicasOf(spec);
  const updated = countAt(status, "updatedReplicas");
  const available = countAt(status, "availableReplicas");
  const done = updated >= wanted && countAt(status, "replicas") <= updated && available >= updated;
  const progressing = conditionOf(resource, "Progressing");
  const late = progressing?.reason === "ProgressDeadlineExceeded";
  const failed = late ? (stringAt(progressing, "message") ?? "its progress deadline has passed") : undefined;
  return { wanted, ready: countAt(status, "readyReplicas"), updated, done, ...(failed && { failed }) };
}

/** With a partition, pods below it keep the older template; the revisions then differ for ever. */
function statefulSet(spec: JsonObject, status: JsonObject): Rollout {
  const wanted = replicasOf(spec);
  const ready = countAt(status, "readyReplicas");
  const updated = countAt(status, "updatedReplicas");
  const strategy = objectAt(spec, "updateStrategy");
  const partition = countAt(objectAt(strategy, "rollingUpdate"), "partition");
  const isNew =
    strategy?.type === "OnDelete" || partition > 0
      ? updated >= wanted - partition || strategy?.type === "OnDelete"
      : status.updateRevision === status.currentRevision;
  return { wanted, ready, updated, done: ready >= wanted && isNew };
}

function daemonSet(_spec: JsonObject, status: JsonObject): Rollout {
  const wanted = countAt(status, "desiredNumberScheduled");
  const updated = countAt(status, "updatedNumberScheduled");
  const done = updated >= wanted && countAt(status, "numberAvailable") >= wanted;
  return { wanted, ready: countAt(status, "numberReady"), updated, done };
}

function job(spec: JsonObject, status: JsonObject, resource: Resource): Rollout {
  const wanted = typeof spec.completions === "number" ? spec.completions : 1;
  const ready = countAt(status, "succeeded");
  const failure = conditionOf(resource, "Failed");
  const failed = failure?.status === "True" ? (stringAt(failure, "message") ?? "it has failed") : undefined;
  const done = conditionOf(resource, "Complete")?.status === "True";
  return { wanted, ready, updated: ready, done, ...(failed && { failed }) };
}

function pod(_spec: JsonObject, status: JsonObject, resource: Resource): Rollout {
  const done = conditionOf(resource, "Ready")?.status === "True" || status.phase === "Succeeded";
  const ready = done ? 1 : 0;
  return { wanted: 1, ready, updated: 1, done };
}
