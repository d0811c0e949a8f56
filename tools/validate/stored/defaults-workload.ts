import { isObject, type Json, type JsonObject, listAt, objectAt } from "../../core/json.ts";
import { textOf } from "../../vocabulary/text.ts";
import type { Default, DefaultTable } from "./default.ts";

/** The defaults of a rolling update, if that is the strategy. */
const rolling =
  (fields: JsonObject): Default =>
  ({ type, rollingUpdate }) =>
    type === "RollingUpdate" ? filled(rollingUpdate, fields) : rollingUpdate;

/** An object with defaults for its missing and null fields. */
function filled(given: Json | undefined, otherwise: JsonObject): JsonObject {
  const set = Object.entries(isObject(given) ? given : {}).filter(([, value]) => value !== null);
  return { ...otherwise, ...Object.fromEntries(set) };
}

/**
 * `rollingUpdate` of a StatefulSet gets defaults if it is set, or if the strategy has no type
 * (`SetDefaults_StatefulSet`).
 */
const statefulStrategy: Default = ({ updateStrategy }) => {
  const given = (updateStrategy ?? {}) as JsonObject;
  const type = textOf(given.type) || "RollingUpdate";
  const rollingUpdate = objectAt(given, "rollingUpdate") ?? (textOf(given.type) ? undefined : {});
  if (type !== "RollingUpdate" || rollingUpdate === undefined) return { ...given, type };
  return { type, rollingUpdate: filled(rollingUpdate, { partition: 0 }) };
};

const templateLabels = (object: JsonObject): JsonObject | undefined =>
  objectAt(objectAt(objectAt(objectAt(object, "spec"), "template"), "metadata"), "labels");

/** An object without labels gets those of its template. */
const metadata: Default = (object) => {
  const own = objectAt(object, "metadata");
  const labels = templateLabels(object);
  const isBare = Object.keys(objectAt(own, "labels") ?? {}).length === 0;
  return isBare && labels !== undefined ? { ...own, labels } : object.metadata;
};

const replicationControllerSpec: Default = (object) => {
  const spec = objectAt(object, "spec");
  const labels = templateLabels(object);
  const isBare = Object.keys(objectAt(spec, "selector") ?? {}).length === 0;
  return isBare && labels !== undefined ? { ...spec, selector: labels } : object.spec;
};

/** `GenerateHPAScaleUpRules`, `GenerateHPAScaleDownRules`: if one of them is set, the other gets its defaults. */
const scalingRules = (rules: Json | undefined, otherwise: JsonObject): Json =>
  filled(rules, { ...otherwise, selectPolicy: "Max" });
const period = 15;
const doubled = { type: "Percent", value: 100, periodSeconds: period };
const scaleUp = {
  stabilizationWindowSeconds: 0,
  policies: [{ type: "Pods", value: 4, periodSeconds: period }, doubled],
};

const cpu = { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } } };

/** The spec of a Job, not that of the template in a CronJob (`SetDefaults_Job`). */
const jobSpec: Default = (job) => {
  const spec = filled(job.spec, {});
  const { completions, parallelism, backoffLimitPerIndex, podFailurePolicy } = spec;
  return {
    ...(completions === undefined && parallelism === undefined && { completions: 1 }),
    parallelism: 1,
    backoffLimit: backoffLimitPerIndex === undefined ? 6 : 2 ** 31 - 1,
    completionMode: "NonIndexed",
    suspend: false,
    podReplacementPolicy: podFailurePolicy === undefined ? "TerminatingOrFailed" : "Failed",
    manualSelector: false,
    ...spec,
  };
};

/** The API server drops apiVersion and kind of claim templates. */
const volumeClaimTemplates: Default = (spec) =>
  listAt(spec, "volumeClaimTemplates").map((claim) => {
    if (!isObject(claim)) return claim;
    const { apiVersion: _, kind: __, ...rest } = claim;
    return rest;
  });

/** `SetDefaults_*` in pkg/apis/{apps,batch,core,autoscaling}/v*\/defaults.go. */
export const workloadDefaults: DefaultTable = {
  "apps.v1.DeploymentSpec": { replicas: 1, revisionHistoryLimit: 10, progressDeadlineSeconds: 600 },
  "apps.v1.DeploymentStrategy": {
    type: "RollingUpdate",
    rollingUpdate: rolling({ maxUnavailable: "25%", maxSurge: "25%" }),
  },
  "apps.v1.DaemonSetSpec": { revisionHistoryLimit: 10 },
  "apps.v1.DaemonSetUpdateStrategy": {
    type: "RollingUpdate",
    rollingUpdate: rolling({ maxUnavailable: 1, maxSurge: 0 }),
  },
  "apps.v1.StatefulSetSpec": {
    podManagementPolicy: "OrderedReady",
    updateStrategy: statefulStrategy,
    persistentVolumeClaimRetentionPolicy: {},
    volumeClaimTemplates,
    replicas: 1,
    revisionHistoryLimit: 10,
  },
  "apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy": { whenDeleted: "Retain", whenScaled: "Retain" },
  "apps.v1.ReplicaSetSpec": { replicas: 1 },
  "core.v1.ReplicationController": { metadata, spec: replicationControllerSpec },
  "core.v1.ReplicationControllerSpec": { replicas: 1 },
  "batch.v1.Job": { metadata, spec: jobSpec },
  "batch.v1.PodFailurePolicyOnPodConditionsPattern": { status: "True" },
  "batch.v1.CronJobSpec": {
    concurrencyPolicy: "Allow",
    suspend: false,
    successfulJobsHistoryLimit: 3,
    failedJobsHistoryLimit: 1,
  },
  "autoscaling.v1.HorizontalPodAutoscalerSpec": { minReplicas: 1 },
  "autoscaling.v2.HorizontalPodAutoscalerSpec": {
    minReplicas: 1,
    metrics: (spec) => (listAt(spec, "metrics").length > 0 ? spec.metrics : [cpu]),
  },
  "autoscaling.v2.HorizontalPodAutoscalerBehavior": {
    scaleUp: (behavior) => scalingRules(behavior.scaleUp, scaleUp),
    scaleDown: (behavior) => scalingRules(behavior.scaleDown, { policies: [doubled] }),
  },
};
