import { isObject, type JsonObject, listAt, objectAt, stringAt } from "../core/json.ts";
import type { Resource } from "../core/resource.ts";
import { conditionOf, countAt, objectsAt } from "./state.ts";

/** What a pod waits for. */
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
  /** The container that it is about, where it is about one. */
  readonly container?: string;
  readonly message: string;
}

/**
 * The reasons that the kubelet gives for a container that does not run: ErrImagePull and its like in
 * k8s.io/kubernetes/pkg/kubelet/images/types.go, the others in pkg/kubelet/container/sync_result.go and
 * pkg/kubelet/kuberuntime. Any other is shown as it is.
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

/** Events of a pod whose containers are not made yet, with what they say it waits for. */
const creating: Readonly<Record<string, Cause>> = {
  FailedMount: "volume",
  FailedAttachVolume: "volume",
  FailedCreatePodSandBox: "network",
  Pulling: "pull",
};

/**
 * What a pod waits for; undefined when it is ready, or has done its work.
 *
 * @param events those of the pod, the latest last.
 */
export function waitingOf(pod: Resource, events: readonly JsonObject[]): Waiting | undefined {
  const status = objectAt(pod.object, "status") ?? {};
  if (objectAt(pod.object, "metadata")?.deletionTimestamp !== undefined)
    return { cause: "end", message: "is being deleted" };
  if (status.phase === "Succeeded") return undefined;
  if (status.phase === "Failed") return ended(status);
  if (conditionOf(pod, "Ready")?.status === "True") return undefined;
  return unscheduled(pod, events) ?? initial(pod, status, events) ?? containers(status, events) ?? gated(pod);
}

/** A pod that failed as a whole: evicted, preempted, or one that is not restarted. */
function ended(status: JsonObject): Waiting {
  const dead = objectsAt(status, "containerStatuses").find((one) => countAt(terminated(one), "exitCode") !== 0);
  if (status.reason === undefined && dead !== undefined) return crashed(dead);
  const words = [stringAt(status, "reason"), stringAt(status, "message")].filter(Boolean);
  return { cause: "failed", message: words.join(": ") || "it has failed" };
}

function unscheduled(pod: Resource, events: readonly JsonObject[]): Waiting | undefined {
  const condition = conditionOf(pod, "PodScheduled");
  if (condition?.status === "True" || stringAt(objectAt(pod.object, "spec"), "nodeName")) return undefined;
  const told = lastOf(events, "FailedScheduling");
  return { cause: "schedule", message: stringAt(condition, "message") || told || "has no node yet" };
}

/** Init containers run one after the other: the first that has not ended is the one that all wait for. */
function initial(pod: Resource, status: JsonObject, events: readonly JsonObject[]): Waiting | undefined {
  const statuses = objectsAt(status, "initContainerStatuses");
  const first = statuses.find((one) => !hasDone(one) && !(isSidecar(pod, one) && one.started === true));
  if (first === undefined) return undefined;
  const isRunning = objectAt(objectAt(first, "state"), "running") !== undefined;
  if (isRunning) return { cause: "init", ...nameOf(first), message: "has not ended yet, and the others wait for it" };
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

/** Those that cannot run say more than one that is merely not ready. */
function containers(status: JsonObject, events: readonly JsonObject[]): Waiting | undefined {
  const statuses = [...objectsAt(status, "initContainerStatuses"), ...objectsAt(status, "containerStatuses")];
  const behind = statuses.filter((one) => one.ready !== true && !hasDone(one));
  if (statuses.length === 0) return { cause: "take", message: "its node has not taken it up yet" };
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

/** The kubelet tells of what happens before a container is there in events only. */
function unmade(status: JsonObject, events: readonly JsonObject[]): Waiting {
  const last = events.findLast((event) => typeof event.reason === "string" && Object.hasOwn(creating, event.reason));
  const cause = creating[stringAt(last, "reason") ?? ""];
  const message = stringAt(last, "message");
  return { cause: cause ?? "start", ...nameOf(status), message: message ?? "is being created" };
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
    countAt(end, "signal") > 0 ? `by signal ${countAt(end, "signal")}` : `with status ${countAt(end, "exitCode")}`;
  const message = stringAt(end, "message");
  const said = message === undefined ? "" : `: ${message}`;
  return { cause: "crash", ...nameOf(status), message: `ended ${signal}${why}${said}` };
}

/** How a container ended: now, or before it was started again. */
function terminated(status: JsonObject): JsonObject | undefined {
  return objectAt(objectAt(status, "state"), "terminated") ?? objectAt(objectAt(status, "lastState"), "terminated");
}

function gated(pod: Resource): Waiting {
  const message = stringAt(conditionOf(pod, "Ready"), "message") ?? "its containers are ready, the pod is not";
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
