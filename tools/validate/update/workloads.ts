import { isObject, type Json, type JsonObject, listAt, objectAt } from "../../core/json.ts";
import { isSame, valueAt, withValue } from "./compare.ts";
import {
  changedIn,
  immutable,
  immutableExcept,
  type UpdateDemand,
  type UpdateDemands,
  type WayOut,
  whenOld,
} from "./demand.ts";

const orphaning: WayOut = ({ kind }) =>
  `Revert the change, give the ${kind} a new name, or delete it with --cascade=orphan, which keeps its Pods running, and let it be recreated.`;

const newJob: WayOut = () =>
  "Give the Job a new name, or delete it and let it be recreated: a Job runs its template once. Argo CD recreates it with the annotation argocd.argoproj.io/sync-options: Replace=true,Force=true, Flux with kustomize.toolkit.fluxcd.io/force: enabled.";

const selector = immutable("spec.selector", { wayOut: orphaning });

const spec = (job: JsonObject) => objectAt(job, "spec") ?? {};

/** Whether the Job is suspended. Assumes that it never started a Pod, because nothing else is known offline. */
const isSuspended = (job: JsonObject) => spec(job).suspend === true;

const schedulingFields = ["nodeSelector", "tolerations", "schedulingGates", "affinity.nodeAffinity"];
const templateFields = ["metadata.labels", "metadata.annotations", ...schedulingFields.map((field) => `spec.${field}`)];

const jobTemplate = immutable("spec.template", { wayOut: newJob });

const affinityPath = ["spec", "template", "spec", "affinity"];
const isOfNodes = (affinity: Json | undefined) =>
  isObject(affinity) && Object.keys(affinity).every((field) => field === "nodeAffinity");

/** `affinity` as a whole may be added or removed if it contains only nodeAffinity. */
function withAffinity(next: JsonObject, old: JsonObject): JsonObject {
  const [was, is] = [valueAt(old, affinityPath), valueAt(next, affinityPath)];
  const isAllOrNone = (was === undefined) !== (is === undefined);
  return isAllOrNone && isOfNodes(was ?? is) ? withValue(next, affinityPath, was) : next;
}

const templateExcept = immutableExcept("spec.template", templateFields, { wayOut: newJob });

/** `validatePodTemplateUpdate`: the scheduling fields of a suspended Job may change. */
const suspendedTemplate: UpdateDemand = (old, next, at) => templateExcept(old, withAffinity(next, old), at);

const suspendedPods = immutableExcept("spec.template.spec", schedulingFields, { wayOut: newJob });

/**
 * From 1.36 on, container resources may change, too, and only the spec is compared (`validatePodResourceUpdatesOnly`).
 */
const resourcedTemplate: UpdateDemand = (old, next, at) =>
  suspendedPods(old, withAffinity(withResources(next, old), old), at);

function withResources(next: JsonObject, old: JsonObject): JsonObject {
  return ["containers", "initContainers"].reduce((job, list) => {
    const path = ["spec", "template", "spec", list];
    const [was, is] = [valueAt(old, path), valueAt(job, path)];
    if (!Array.isArray(was) || !Array.isArray(is) || was.length !== is.length) return job;
    return withValue(
      job,
      path,
      is.map((one, index) => withResourcesOf(one as JsonObject, was[index] as JsonObject)),
    );
  }, next);
}

function withResourcesOf(next: JsonObject, old: JsonObject): Json {
  return next.name === old.name ? withValue(next, ["resources"], old.resources) : next;
}

/** An indexed Job can be scaled if both numbers stay equal (`validateCompletions`). */
const elastic = (old: JsonObject, next: JsonObject) =>
  spec(next).completionMode === "Indexed" &&
  isSame(spec(next).completions, spec(next).parallelism) &&
  spec(old).completions !== undefined &&
  spec(next).completions !== undefined;

const tandem =
  "spec.completions of an indexed Job can change only together with spec.parallelism, both to the same number";

const completions: UpdateDemand = (old, next, at) => {
  const options = { unless: elastic, wayOut: newJob };
  immutable("spec.completions", spec(next).completionMode === "Indexed" ? { ...options, rule: tandem } : options)(
    old,
    next,
    at,
  );
};

const oldStatefulFields = [
  "replicas",
  "ordinals",
  "template",
  "updateStrategy",
  "persistentVolumeClaimRetentionPolicy",
  "minReadySeconds",
];
const statefulFields = [...oldStatefulFields, "revisionHistoryLimit"];

const claims: WayOut = (set) =>
  `Revert the change, or delete the StatefulSet with --cascade=orphan and let it be recreated: its Pods and claims stay. ${
    listAt(spec(set), "volumeClaimTemplates").length > 0
      ? "Existing claims keep their size until you change each of them."
      : ""
  }`.trim();

/** ReplicationControllers are not listed: none of their fields is immutable. */
export const workloads: UpdateDemands = {
  // ValidateDeploymentUpdate, ValidateReplicaSetUpdate, ValidateDaemonSetSpecUpdate
  "apps.v1.Deployment": [selector],
  "apps.v1.ReplicaSet": [selector],
  "apps.v1.DaemonSet": [selector],
  // ValidateStatefulSetUpdate
  "apps.v1.StatefulSet": [
    changedIn(
      "1.33",
      immutableExcept("spec", oldStatefulFields, { wayOut: claims }),
      immutableExcept("spec", statefulFields, { wayOut: claims }),
    ),
  ],
  // ValidateControllerRevisionUpdate
  "apps.v1.ControllerRevision": [immutable("data")],
  // ValidateJobSpecUpdate
  "batch.v1.Job": [
    completions,
    ...["selector", "completionMode", "podFailurePolicy", "backoffLimitPerIndex", "managedBy", "successPolicy"].map(
      (field) => immutable(`spec.${field}`, { wayOut: newJob }),
    ),
    whenOld((old) => !isSuspended(old), jobTemplate),
    whenOld(isSuspended, changedIn("1.36", suspendedTemplate, resourcedTemplate)),
  ],
};
