import { isObject, listAt, objectAt, stringAt } from "../core/json.ts";
import { podOf } from "../core/pod.ts";
import type { Resource } from "../core/resource.ts";
import type { FieldChange, FieldRow, RemovalRow } from "./effect.ts";

const docs = "https://kubernetes.io/docs/concepts";
const deployments = `${docs}/workloads/controllers/deployment/`;
const statefulSets = `${docs}/workloads/controllers/statefulset/`;
const daemonSets = "https://kubernetes.io/docs/tasks/manage-daemon/update-daemon-set/";
const volumes = `${docs}/storage/persistent-volumes/`;

/** Workloads that replace their pods when the template changes. */
export const rolling = [
  "Deployment.apps",
  "StatefulSet.apps",
  "DaemonSet.apps",
  "Rollout.argoproj.io",
  "DeploymentConfig.apps.openshift.io",
];
/** Workloads that use a changed template only for new pods. */
export const lasting = ["ReplicaSet.apps", "ReplicationController"];
const scaled = [...rolling.filter((kind) => kind !== "DaemonSet.apps"), ...lasting];

const specOf = ({ object }: Resource) => objectAt(object, "spec");

/** `Recreate`, `OnDelete` or `RollingUpdate`; undefined if the manifest does not set it. */
export function strategyOf(resource: Resource): string | undefined {
  const spec = specOf(resource);
  return stringAt(objectAt(spec, "strategy") ?? objectAt(spec, "updateStrategy"), "type");
}

const isRecreated = ({ next }: FieldChange) => strategyOf(next) === "Recreate";
const isOnDelete = ({ next }: FieldChange) => strategyOf(next) === "OnDelete";
const isPaused = ({ next }: FieldChange) => specOf(next)?.paused === true;
const isEmpty = ({ old, next }: FieldChange) => [old, next].some((one) => specOf(one)?.replicas === 0);
const isRolled = (change: FieldChange) =>
  !isRecreated(change) && !isOnDelete(change) && !isPaused(change) && !isEmpty(change);

/** The claims that the pods of a workload mount. */
export function claimsOf(resource: Resource): string[] {
  return listAt(podOf(resource)?.spec, "volumes").flatMap((volume) => {
    const claim = isObject(volume) ? stringAt(objectAt(volume, "persistentVolumeClaim"), "claimName") : undefined;
    return claim === undefined ? [] : [claim];
  });
}

const losesClaim = ({ old, next }: FieldChange) => {
  const kept = new Set(claimsOf(next));
  return claimsOf(old).some((claim) => !kept.has(claim));
};

const retentionOf = (resource: Resource, when: string) =>
  stringAt(objectAt(specOf(resource), "persistentVolumeClaimRetentionPolicy"), when);

/** Whether the claims of a StatefulSet were kept in an event, and are deleted now. */
const deletesNow =
  (when: "whenDeleted" | "whenScaled") =>
  ({ old, next }: FieldChange) =>
    retentionOf(next, when) === "Delete" && retentionOf(old, when) !== "Delete";

const isLess = ({ before, after }: FieldChange) => Number(after ?? 1) < Number(before ?? 1);

/** Changes of pods and workloads. */
export const podRows: readonly FieldRow[] = [
  {
    kinds: rolling,
    field: "spec.template",
    effect: "rolling-restart",
    when: isRolled,
    says: "the pods are replaced step by step",
    source: `${deployments}#updating-a-deployment`,
  },
  {
    kinds: rolling,
    field: "spec.template",
    effect: "recreate",
    when: (change) => isRecreated(change) && !isPaused(change) && !isEmpty(change),
    says: "strategy Recreate: all pods stop before the first new pod starts",
    source: `${deployments}#recreate-deployment`,
  },
  ...["nodeSelector", "affinity", "tolerations"].map(
    (field): FieldRow => ({
      kinds: ["DaemonSet.apps"],
      field: `spec.template.spec.${field}`,
      effect: "scale",
      says: "pods stop at once on nodes that no longer match, and start on nodes that now do",
      source: "https://kubernetes.io/docs/concepts/workloads/controllers/daemonset/#running-pods-on-select-nodes",
    }),
  ),
  {
    kinds: rolling,
    field: "spec.template",
    effect: "rolling-restart",
    when: (change) => isOnDelete(change) && !isEmpty(change),
    says: "updateStrategy OnDelete: a pod gets the change only after someone deletes the old pod",
    source: daemonSets,
  },
  {
    kinds: rolling,
    field: "spec.template",
    effect: "rolling-restart",
    when: (change) => isPaused(change) && !isEmpty(change),
    says: "the rollout is paused: the pods are replaced once it is resumed",
    source: `${deployments}#pausing-and-resuming-a-deployment`,
  },
  {
    kinds: rolling,
    field: "spec.template",
    effect: "none",
    when: isEmpty,
    says: "replicas is 0, or was: there are no pods to replace",
    source: `${deployments}#scaling-a-deployment`,
  },
  {
    kinds: lasting,
    field: "spec.template",
    effect: "config",
    says: "new pods use the new template; running pods keep the old template",
    source: `${docs}/workloads/controllers/replicaset/`,
  },
  {
    kinds: ["Pod"],
    field: "spec.containers",
    effect: "rolling-restart",
    when: ({ pattern }) => pattern.at(-1) === "image",
    says: "the container restarts in the same pod",
    source: `${docs}/workloads/pods/#pod-update-and-replacement`,
  },
  {
    kinds: ["CronJob.batch"],
    field: "spec.jobTemplate",
    effect: "none",
    says: "the next run uses the new template; running jobs keep the old template",
    source: `${docs}/workloads/controllers/cron-jobs/#modifying-a-cron-job`,
  },
  {
    kinds: scaled,
    field: "spec.replicas",
    effect: "scale",
    says: "pods are started or stopped",
    source: `${deployments}#scaling-a-deployment`,
  },
  {
    kinds: scaled,
    field: "spec.replicas",
    effect: "traffic-loss",
    when: ({ before, after }) => after === 0 && before !== 0,
    says: "no pods are left",
    source: `${deployments}#scaling-a-deployment`,
  },
  {
    kinds: ["StatefulSet.apps"],
    field: "spec.replicas",
    effect: "data-loss",
    when: (change) => isLess(change) && retentionOf(change.next, "whenScaled") === "Delete",
    says: "the claims of the pods that stop are deleted too: persistentVolumeClaimRetentionPolicy.whenScaled is Delete",
    source: `${statefulSets}#persistentvolumeclaim-retention`,
  },
  {
    kinds: ["StatefulSet.apps"],
    field: "spec.persistentVolumeClaimRetentionPolicy",
    effect: "data-loss",
    when: deletesNow("whenScaled"),
    says: "from now on, scaling down deletes the claims of the pods that stop",
    source: `${statefulSets}#persistentvolumeclaim-retention`,
  },
  {
    kinds: ["StatefulSet.apps"],
    field: "spec.persistentVolumeClaimRetentionPolicy",
    effect: "data-loss",
    when: deletesNow("whenDeleted"),
    says: "from now on, deleting the StatefulSet deletes its claims",
    source: `${statefulSets}#persistentvolumeclaim-retention`,
  },
  {
    kinds: [...rolling, ...lasting],
    field: "spec.template.spec.volumes",
    effect: "data-loss",
    when: losesClaim,
    says: "the pods no longer mount a claim that they used",
    source: `${volumes}#claims-as-volumes`,
  },
  {
    kinds: ["HorizontalPodAutoscaler.autoscaling", "ScaledObject.keda.sh"],
    field: "spec",
    effect: "scale",
    says: "the autoscaler may choose a different number of pods",
    source: "https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/",
  },
  {
    kinds: ["Job.batch"],
    field: "spec.parallelism",
    effect: "scale",
    says: "pods are started or stopped",
    source: `${docs}/workloads/controllers/job/#controlling-parallelism`,
  },
];

/** What happens when a workload or a Pod is removed. */
export const podRemovals: readonly RemovalRow[] = [
  {
    kinds: [...scaled, "DaemonSet.apps", "Pod"],
    effect: "scale",
    says: "its pods stop",
    source: `${docs}/architecture/garbage-collection/#cascading-deletion`,
  },
  {
    kinds: ["StatefulSet.apps"],
    effect: "data-loss",
    when: (resource) => retentionOf(resource, "whenDeleted") === "Delete",
    says: "its claims are deleted with it: persistentVolumeClaimRetentionPolicy.whenDeleted is Delete",
    source: `${statefulSets}#persistentvolumeclaim-retention`,
  },
];
