/** What happens while a change is rolled out, as far as the manifests tell. */
export interface Forecast {
  readonly rollouts: readonly Rollout[];
  readonly services: readonly ServiceGap[];
  readonly configs: readonly StaleConfig[];
}

/**
 * How the pods of a workload are replaced. `rolling`: step by step. `recreate`: all stop before new pods start. `replaced`: the
 * workload itself is deleted and recreated. `on-delete`: when someone deletes them. `paused`: once the rollout is resumed.
 */
export type How = "rolling" | "recreate" | "replaced" | "on-delete" | "paused";

/** A workload whose pods are replaced. Numbers unknown from the manifests are null: a DaemonSet has one pod per node. */
export interface Rollout {
  readonly target: string;
  readonly resource: string;
  readonly how: How;
  /** Number of pods that are replaced; with an autoscaler, the minimum. */
  readonly pods: number | null;
  /** The maximum number of pods that the autoscaler allows. */
  readonly mostPods?: number;
  /** How many pods may exist above the desired number, and how many may be missing; `10%` means of the nodes. */
  readonly surge: number | string | null;
  readonly unavailable: number | string | null;
  /** Pods that keep running throughout. */
  readonly available: number | null;
  /** Pods of a StatefulSet below its partition, which are not replaced. */
  readonly kept?: number;
  readonly time: Time;
  /** ConfigMaps and Secrets whose new names make it roll. */
  readonly causes?: readonly string[];
  /** Disruption budgets of its pods. A rollout ignores them, but node drains may have to wait. */
  readonly budgets?: readonly Budget[];
  /** Claims that only one node may mount at a time: a new pod on another node waits until the old pod is gone. */
  readonly claims?: readonly string[];
}

/** How long one pod takes according to the manifests, in seconds. */
export interface Time {
  /** Longest time to stop: the grace period. */
  readonly stop: number;
  /** Shortest time to become ready, once the images are pulled. */
  readonly readyAfter: number;
  /** Longest time to become ready, according to the startup probes; null without a limit. */
  readonly readyWithin: number | null;
}

/** A disruption budget of a workload that rolls out. */
export interface Budget {
  readonly resource: string;
  /** How many pods have to be available. */
  readonly keeps: number;
  /** Whether the budget blocks node drains during the rollout. */
  readonly blocksDrains: boolean;
}

/** A Service that temporarily has fewer endpoints. */
export interface ServiceGap {
  readonly target: string;
  readonly resource: string;
  /** The workloads whose pods are replaced. */
  readonly workloads: readonly string[];
  /** The normal number of endpoints, and the lowest during the rollout. */
  readonly endpoints: number;
  readonly least: number;
  /** Longest time without endpoints, in seconds, if images are already pulled; null: no limit. 0: always some endpoint. */
  readonly emptyFor: number | null;
}

/** An edit of a ConfigMap or a Secret that running pods do not pick up by themselves. */
export interface StaleConfig {
  readonly target: string;
  readonly resource: string;
  /** Workloads whose pods keep the old variables until they restart. */
  readonly variables: readonly string[];
  /** Workloads whose pods see the new files after about a minute, but have to reread them. */
  readonly files: readonly string[];
}
