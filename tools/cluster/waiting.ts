import { isObject, type JsonObject, listAt, objectAt, stringAt } from "../core/json.ts";
import type { Resource } from "../core/resource.ts";
import { conditionOf, countAt, objectsAt } from "./state.ts";

/** The kind of thing that a pod waits for. */
export type Cause =
  | "schedule"
  | "take"
  | "volume"
  | "network"
  | "pull"
  | "image"
  | "config"
  | "start"
  | "init"
  | "crash"
  | "failed"
  | "probe"
  | "gate"
  | "end";

/** Why a pod is not ready. */
export interface Waiting {
  readonly cause: Cause;
  /** The container concerned, if any. */
  readonly container?: string;
  readonly message: string;
}

/**
 * The kubelet's reasons for a container that does not run: image errors are in
 * k8s.io/kubernetes/pkg/kubelet/images/types.go, the others in pkg/kubelet/container/sync_result.go and
 * pkg/kubelet/kuberuntime. Unknown reasons are shown as they are.
 */
const causes: Readonly<Record<string, Cause>> = {
  ErrImagePull: "image",
  ImagePullBackOff: "image",
  ImageInspectError: "image",
  ErrImageNeverPull: "image",
  InvalidImageName: "image",
  RegistryUnavailable: "image",
  SignatureValidationFailed: "image",
  CreateContainerConfigError: "config",
  CreateContainerError: "start",
  RunContainerError: "start",
  StartError: "start",
  PostStartHookError: "start",
  CrashLoopBackOff: "crash",
};

/** Event reasons for a pod whose containers are not created yet, with what the pod waits for. */
const creating: Readonly<Record<string, Cause>> = {
  FailedMount: "volume",
  FailedAttachVolume: "volume",
  FailedCreatePodSandBox: "network",
  Pulling: "pull",
};

/**
 * What a pod waits for; undefined if it is ready or completed.
 *
 * @param events the pod's events, latest last
 */
export function waitingOf(pod: Resource, events: readonly JsonObject[]): Waiting | undefined {
  const status = objectAt(pod.object, "status") ?? {};
  if (objectAt(pod.object, "metadata")?.deletionTimestamp !== undefined)
    return { cause: "end", message: "it is being deleted" };
  if (status.phase === "Succeeded") return undefined;
  if (status.phase === "Failed") return ended(status);
  if (conditionOf(pod, "Ready")?.status === "True") return undefined;
  return unscheduled(pod, events) ?? initial(pod, status, events) ?? containers(status, events) ?? gated(pod);
}

/** For a pod that failed as a whole: it was evicted or preempted, or it is not restarted. */
function ended(status: JsonObject): Waiting {
  const dead = objectsAt(status, "containerStatuses").find((one) => countAt(terminated(one), "exitCode") !== 0);
  if (status.reason === undefined && dead !== undefined) return crashed(dead);
  const words = [stringAt(status, "reason"), stringAt(status, "message")].filter(Boolean);
  return { cause: "failed", message: words.join(": ") || "it failed" };
}

function unscheduled(pod: Resource, events: readonly JsonObject[]): Waiting | undefined {
  const condition = conditionOf(pod, "PodScheduled");
  if (condition?.status === "True" || stringAt(objectAt(pod.object, "spec"), "nodeName")) return undefined;
  const event = lastOf(events, "FailedScheduling");
  return { cause: "schedule", message: stringAt(condition, "message") || event || "no node is assigned yet" };
}

/** Init containers run one after the other: all others wait for the first that has not completed. */
function initial(pod: Resource, status: JsonObject, events: readonly JsonObject[]): Waiting | undefined {
  const statuses = objectsAt(status, "initContainerStatuses");
  const first = statuses.find((one) => !hasDone(one) && !(isSidecar(pod, one) && one.started === true));
  if (first === undefined) return undefined;
  const isRunning = objectAt(objectAt(first, "state"), "running") !== undefined;
  if (isRunning)
    return { cause: "init", ...nameOf(first), message: "it is still running, and the other containers wait for it" };
  return stuck(first, events);
}

function isSidecar(pod: Resource, status: JsonObject): boolean {
  const specs = listAt(objectAt(pod.object, "spec"), "initContainers");
  return specs.some((spec) => isObject(spec) && spec.name === status.name && spec.restartPolicy === "Always");
}

function hasDone(status: JsonObject): boolean {
  const end = objectAt(objectAt(status, "state"), "terminated");
  return end !== undefined && countAt(end, "exitCode") === 0;
}

/** Prefers a container that cannot run: it says more than a container that is only not ready. */
function containers(status: JsonObject, events: readonly JsonObject[]): Waiting | undefined {
  const statuses = [...objectsAt(status, "initContainerStatuses"), ...objectsAt(status, "containerStatuses")];
  const behind = statuses.filter((one) => one.ready !== true && !hasDone(one));
  if (statuses.length === 0) return { cause: "take", message: "the node has not started it yet" };
  const worst = behind.find((one) => objectAt(objectAt(one, "state"), "running") === undefined) ?? behind[0];
  return worst && stuck(worst, events);
}

function stuck(status: JsonObject, events: readonly JsonObject[]): Waiting {
  const state = objectAt(status, "state");
  if (objectAt(state, "terminated") !== undefined) return crashed(status);
  if (objectAt(state, "running") !== undefined) return unready(status, events);
  const waiting = objectAt(state, "waiting");
  const reason = stringAt(waiting, "reason") ?? "";
  if (reason === "" || reason === "ContainerCreating" || reason === "PodInitializing") return unmade(status, events);
  if (reason === "CrashLoopBackOff") return crashed(status);
  const cause = Object.hasOwn(causes, reason) ? causes[reason] : undefined;
  const message = stringAt(waiting, "message");
  return { cause: cause ?? "start", ...nameOf(status), message: message ? `${reason}: ${message}` : reason };
}

/** Before a container exists, the kubelet reports its progress only in events. */
function unmade(status: JsonObject, events: readonly JsonObject[]): Waiting {
  const last = events.findLast((event) => typeof event.reason === "string" && Object.hasOwn(creating, event.reason));
  const cause = creating[stringAt(last, "reason") ?? ""];
  const message = stringAt(last, "message");
  return { cause: cause ?? "start", ...nameOf(status), message: message ?? "it is being created" };
}

function unready(status: JsonObject, events: readonly JsonObject[]): Waiting {
  const kind = status.started === false ? "startup" : "readiness";
  return {
    cause: "probe",
    ...nameOf(status),
    message: lastOf(events, "Unhealthy") ?? `its ${kind} probe has not succeeded yet`,
  };
}

/** https://kubernetes.io/docs/concepts/workloads/pods/pod-lifecycle/#container-state-terminated */
function crashed(status: JsonObject): Waiting {
  const end = terminated(status);
  const reason = stringAt(end, "reason");
  const why = reason === undefined || reason === "Error" ? "" : `, ${reason}`;
  const signal =
    countAt(end, "signal") > 0
      ? `killed by signal ${countAt(end, "signal")}`
      : `exited with status ${countAt(end, "exitCode")}`;
  const message = stringAt(end, "message");
  const detail = message === undefined ? "" : `: ${message}`;
  return { cause: "crash", ...nameOf(status), message: `${signal}${why}${detail}` };
}

/** How a container ended: in its current state, or before it was restarted. */
function terminated(status: JsonObject): JsonObject | undefined {
  return objectAt(objectAt(status, "state"), "terminated") ?? objectAt(objectAt(status, "lastState"), "terminated");
}

function gated(pod: Resource): Waiting {
  const message = stringAt(conditionOf(pod, "Ready"), "message") ?? "its containers are ready, but the pod is not";
  return { cause: "gate", message };
}

function lastOf(events: readonly JsonObject[], reason: string): string | undefined {
  return stringAt(
    events.findLast((event) => event.reason === reason),
    "message",
  );
}

function nameOf(status: JsonObject): { readonly container?: string } {
  const container = stringAt(status, "name");
  return container === undefined ? {} : { container };
}
