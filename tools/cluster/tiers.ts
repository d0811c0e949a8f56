import { isObject, objectAt, stringAt } from "../core/json.ts";
import type { Resource } from "../core/resource.ts";
import { type Rollout, rolloutKinds, rolloutOf } from "./rollout.ts";
import { conditionOf, countAt, objectsAt, type State } from "./state.ts";
import { type Waiting, waitingOf } from "./waiting.ts";

/** A pod of a tier. */
export interface TierPod {
  readonly pod: Resource;
  readonly restarts: number;
  /** Undefined if it is ready. */
  readonly waiting: Waiting | undefined;
}

/** A workload that the target renders, with its state in the cluster. */
export interface Tier {
  readonly resource: Resource;
  /** Undefined if it is not in the cluster. */
  readonly rollout: Rollout | undefined;
  readonly pods: readonly TierPod[];
  /** Why its controller cannot create pods: a quota, a Pod Security level, a missing ServiceAccount. */
  readonly refused: string | undefined;
}

/** A Service that the target renders, with its endpoints. */
export interface Front {
  readonly resource: Resource;
  /** The live object; undefined if it is not in the cluster. */
  readonly live: Resource | undefined;
  /** Number of ready addresses; undefined for a Service without a selector. */
  readonly endpoints: number | undefined;
}

/** The state of all workloads and Services that a target renders. */
export interface Health {
  readonly tiers: readonly Tier[];
  readonly fronts: readonly Front[];
}

/** Looks up the state of a target's workloads and Services. */
export function healthOf(rendered: readonly Resource[], state: State): Health {
  return {
    tiers: rendered.filter(({ kind }) => rolloutKinds.includes(kind)).map((resource) => tierOf(resource, state)),
    fronts: rendered.filter(isService).map((resource) => frontOf(resource, state)),
  };
}

/** Whether everything is rolled out and every Service has endpoints. */
export function isHealthy(health: Health): boolean {
  return isRolledOut(health) && health.fronts.every(isAnswered);
}

/** Whether every workload exists and runs its newest template. */
function isRolledOut({ tiers }: Health): boolean {
  return tiers.every(({ rollout }) => rollout?.done);
}

/** Whether a Service exists and has endpoints, if it selects pods. */
export function isAnswered({ live, endpoints }: Front): boolean {
  return live !== undefined && endpoints !== 0;
}

function tierOf(resource: Resource, state: State): Tier {
  const live = state.find(resource);
  if (live === undefined) return { resource, rollout: undefined, pods: [], refused: undefined };
  const pods = podsOf(live, state).map((pod) => tierPod(pod, state));
  return { resource, rollout: rolloutOf(live), pods: pods.sort(byName), refused: refusal(live, state) };
}

/** The pods of a workload, including those of its ReplicaSets. */
function podsOf(live: Resource, state: State): Resource[] {
  if (live.kind === "Pod") return [live];
  const owners = [live, ...state.ownedBy(live).filter(({ kind }) => kind === "ReplicaSet")];
  return owners.flatMap((owner) => state.ownedBy(owner)).filter(({ kind }) => kind === "Pod");
}

function tierPod(pod: Resource, state: State): TierPod {
  const status = objectAt(pod.object, "status");
  const restarts = objectsAt(status, "containerStatuses").reduce((sum, one) => sum + countAt(one, "restartCount"), 0);
  return { pod, restarts, waiting: waitingOf(pod, state.eventsOf(pod)) };
}

function byName(a: TierPod, b: TierPod): number {
  return a.pod.name < b.pod.name ? -1 : 1;
}

/** A Deployment has a condition for it; other kinds report it only in events, which may be outdated. */
function refusal(live: Resource, state: State): string | undefined {
  const condition = conditionOf(live, "ReplicaFailure");
  if (condition?.status === "True") return stringAt(condition, "message");
  if (live.kind === "Deployment" || rolloutOf(live)?.done) return undefined;
  const last = state.eventsOf(live).at(-1);
  return last?.reason === "FailedCreate" ? stringAt(last, "message") : undefined;
}

function isService({ apiVersion, kind }: Resource): boolean {
  return apiVersion === "v1" && kind === "Service";
}

function frontOf(resource: Resource, state: State): Front {
  const selector = objectAt(objectAt(resource.object, "spec"), "selector");
  const selects = selector !== undefined && Object.keys(selector).length > 0;
  return { resource, live: state.find(resource), endpoints: selects ? endpointsOf(resource, state) : undefined };
}

/** A missing condition counts as true: https://kubernetes.io/docs/concepts/services-networking/endpoint-slices/#ready */
function endpointsOf({ name, namespace }: Resource, state: State): number {
  const slices = state.ofKind("EndpointSlice").filter((slice) => {
    const labels = objectAt(objectAt(slice.object, "metadata"), "labels");
    return slice.namespace === namespace && labels?.["kubernetes.io/service-name"] === name;
  });
  const addresses = slices.flatMap(({ object }) =>
    objectsAt(object, "endpoints")
      .filter(({ conditions }) => !(isObject(conditions) && conditions.ready === false))
      .flatMap((endpoint) => endpoint.addresses),
  );
  return new Set(addresses).size;
}
