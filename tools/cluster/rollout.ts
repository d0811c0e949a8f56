import { type JsonObject, objectAt, stringAt } from "../core/json.ts";
import type { Resource } from "../core/resource.ts";
import { conditionOf, countAt } from "./state.ts";

/** The progress of a workload's rollout. */
export interface Rollout {
  readonly wanted: number;
  readonly ready: number;
  /** Number of pods of the newest template. */
  readonly updated: number;
  /** All pods run the newest template, and no older pods are left. */
  readonly done: boolean;
  /** Why its controller gave up. */
  readonly failed?: string;
}

type Reader = (spec: JsonObject, status: JsonObject, resource: Resource) => Rollout;

/**
 * Reads the progress of each kind, as `kubectl rollout status` does: DeploymentStatusViewer, DaemonSetStatusViewer and
 * StatefulSetStatusViewer of k8s.io/kubectl/pkg/polymorphichelpers.
 */
const readers: Readonly<Record<string, Reader>> = {
  Deployment: deployment,
  StatefulSet: statefulSet,
  DaemonSet: daemonSet,
  Job: job,
  Pod: pod,
};

/** The kinds with a rollout to wait for. */
export const rolloutKinds: readonly string[] = Object.keys(readers);

/** The rollout progress of a live workload; undefined for a kind without rollouts. */
export function rolloutOf(resource: Resource): Rollout | undefined {
  const reader = Object.hasOwn(readers, resource.kind) ? readers[resource.kind] : undefined;
  if (reader === undefined) return undefined;
  const { object } = resource;
  const status = objectAt(object, "status") ?? {};
  const rollout = reader(objectAt(object, "spec") ?? {}, status, resource);
  return isSeen(object, status) ? rollout : { ...rollout, done: false };
}

/** Whether the status is about the newest spec: its controller may not have seen it yet. */
function isSeen(object: JsonObject, status: JsonObject): boolean {
  if (typeof status.observedGeneration !== "number")
    return !["Deployment", "StatefulSet", "DaemonSet"].includes(String(object.kind));
  return status.observedGeneration >= countAt(objectAt(object, "metadata"), "generation");
}

/** The API server sets the default of 1. */
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

/** With a partition, pods below it keep the old template, so the revisions stay different. */
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
  const failed = failure?.status === "True" ? (stringAt(failure, "message") ?? "it failed") : undefined;
  const done = conditionOf(resource, "Complete")?.status === "True";
  return { wanted, ready, updated: ready, done, ...(failed && { failed }) };
}

function pod(_spec: JsonObject, status: JsonObject, resource: Resource): Rollout {
  const done = conditionOf(resource, "Ready")?.status === "True" || status.phase === "Succeeded";
  const ready = done ? 1 : 0;
  return { wanted: 1, ready, updated: 1, done };
}
