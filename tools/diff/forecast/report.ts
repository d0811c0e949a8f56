/** What happens while a change is carried out, as far as the manifests say it. */
export interface Forecast {
  readonly rollouts: readonly Rollout[];
  readonly services: readonly ServiceGap[];
  readonly configs: readonly StaleConfig[];
}

/**
 * How the pods of a workload are replaced. `rolling`: step by step. `recreate`: all stop before new ones start. `replaced`: the
 * workload itself is deleted and created anew. `on-delete`: when somebody deletes them. `paused`: once it is resumed.
 */
export type How = "rolling" | "recreate" | "replaced" | "on-delete" | "paused";

/** A workload whose pods are replaced. Numbers are null where the manifests do not say them: a DaemonSet has a pod a node. */
export interface Rollout {
  readonly target: string;
  readonly resource: string;
  readonly how: How;
  /** Pods that are replaced; where something scales the workload, the least that there are. */
  readonly pods: number | null;
  /** The most that what scales it may have made. */
  readonly mostPods?: number;
  /** Pods that may be there beyond those that are wanted, and those that may be missing; `10%` of the nodes. */
  readonly surge: number | string | null;
  readonly unavailable: number | string | null;
  /** Pods that go on all the while. */
  readonly available: number | null;
  /** Pods of a StatefulSet below its partition, which stay as they are. */
  readonly kept?: number;
  readonly time: Time;
  /** ConfigMaps and Secrets whose new names alone make it roll. */
  readonly causes?: readonly string[];
  /** Disruption budgets, which a rollout does not heed: whether drains wait meanwhile. */
  readonly budgets?: readonly Budget[];
  /** Claims that one node at a time may mount: a new pod elsewhere waits until the old one has gone. */
  readonly claims?: readonly string[];
}

/** In seconds, what the manifests allow one pod. */
export interface Time {
  /** To stop, at most: its grace period. */
  readonly stop: number;
  /** To be ready at the earliest, once its images are there. */
  readonly readyAfter: number;
  /** To be ready at the latest, as its startup probes allow; null where nothing bounds it. */
  readonly readyWithin: number | null;
}

export interface Budget {
  readonly resource: string;
  /** Pods that have to be there. */
  readonly keeps: number;
  /** No node is drained while the rollout goes on. */
  readonly blocksDrains: boolean;
}

/** A Service that has fewer endpoints for a while. */
export interface ServiceGap {
  readonly target: string;
  readonly resource: string;
  /** The workloads whose pods are replaced. */
  readonly workloads: readonly string[];
  /** Endpoints when nothing happens, and the fewest meanwhile. */
  readonly endpoints: number;
  readonly least: number;
  /** How long it has none at worst, in seconds, where images are there; null: nothing bounds it. 0: it always has some. */
  readonly emptyFor: number | null;
}

/** An edit of a ConfigMap or a Secret that the pods that run do not take over by themselves. */
export interface StaleConfig {
  readonly target: string;
  readonly resource: string;
  /** Workloads whose pods keep the old variables until they start anew. */
  readonly variables: readonly string[];
  /** Workloads whose pods see new files after about a minute, and have to read them again. */
  readonly files: readonly string[];
}
