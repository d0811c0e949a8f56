import { isObject, type Json, type JsonObject, listAt, objectAt } from "../../core/json.ts";
import { isNumber } from "../../vocabulary/numbers.ts";
import type { Place } from "../../vocabulary/place.ts";
import { isSame, valueAt, withValue } from "./compare.ts";
import { immutable, refuse, type UpdateDemand, type UpdateDemands } from "./demand.ts";

const spec = (pod: JsonObject) => objectAt(pod, "spec") ?? {};
const isGated = (pod: JsonObject) => listAt(spec(pod), "schedulingGates").length > 0;

const wayOut = () => "Delete the Pod and let it be recreated; a Deployment does that automatically, one Pod at a time.";

const updatable =
  "in an existing Pod, only images, activeDeadlineSeconds, tolerations (additions) and schedulingGates (removals) can change";

/** The rest of the spec must not change (`ValidatePodUpdate`). */
const otherFields: UpdateDemand = (old, next, at) => {
  const munged = [
    "tolerations",
    "schedulingGates",
    "activeDeadlineSeconds",
    ...(isGated(old) ? gatedFields(old, next) : []),
  ];
  const withImages = ["containers", "initContainers"].reduce((pod, list) => imagesOf(old, pod, list), next);
  const likeOld = munged.reduce(
    (pod, field) => {
      const path = ["spec", ...field.split(".")];
      return withValue(pod, path, valueAt(old, path));
    },
    graceful(old, withImages),
  );
  immutable("spec", { rule: updatable, wayOut })(old, likeOld, at);
};

/** A negative grace period may be changed to 1. */
function graceful(old: JsonObject, next: JsonObject): JsonObject {
  const [was, is] = [spec(old).terminationGracePeriodSeconds, spec(next).terminationGracePeriodSeconds];
  if (!isNumber(was) || was >= 0 || is !== 1) return next;
  return withValue(next, ["spec", "terminationGracePeriodSeconds"], was);
}

function imagesOf(old: JsonObject, next: JsonObject, list: string): JsonObject {
  const path = ["spec", list];
  const [was, is] = [valueAt(old, path), valueAt(next, path)];
  if (!Array.isArray(was) || !Array.isArray(is)) return next;
  const withImage = (one: Json, index: number) => {
    const image = valueAt(was[index], ["image"]);
    return isObject(one) && index < was.length ? withValue(one, ["image"], image) : one;
  };
  return withValue(next, path, is.map(withImage));
}

/** While a Pod has scheduling gates, its node constraints may become narrower. */
function gatedFields(old: JsonObject, next: JsonObject): string[] {
  return [
    ...(narrowsNodes(old, next) ? ["nodeSelector"] : []),
    ...(narrowsAffinity(old, next) ? [spec(old).affinity === undefined ? "affinity" : "affinity.nodeAffinity"] : []),
  ];
}

/** Whether labels were only added (`validateNodeSelectorMutation`). */
function narrowsNodes(old: JsonObject, next: JsonObject): boolean {
  const [was, is] = [objectAt(spec(old), "nodeSelector") ?? {}, objectAt(spec(next), "nodeSelector") ?? {}];
  return Object.keys(was).every((label) => isSame(was[label], is[label]));
}

const required = "requiredDuringSchedulingIgnoredDuringExecution";

/**
 * Terms may be added if there were none, and existing terms may get more expressions (`validateNodeAffinityMutation`).
 */
function narrowsAffinity(old: JsonObject, next: JsonObject): boolean {
  const affinity = objectAt(spec(next), "affinity");
  if (isSame(affinity?.nodeAffinity, objectAt(spec(old), "affinity")?.nodeAffinity)) return false;
  if (spec(old).affinity === undefined && (affinity?.podAffinity ?? affinity?.podAntiAffinity) !== undefined)
    return false;
  const path = ["spec", "affinity", "nodeAffinity", required, "nodeSelectorTerms"];
  const was = valueAt(old, path);
  if (!Array.isArray(was) || was.length === 0) return true;
  const is = valueAt(next, path);
  if (!Array.isArray(is) || is.length !== was.length) return false;
  return was.every((term, index) => narrows(term, is[index]));
}

/** `validateNodeSelectorTermHasOnlyAdditions` */
function narrows(term: Json, next: Json | undefined): boolean {
  const [was, is] = [expressionsOf(term), expressionsOf(next)];
  if (was.every((list) => list.length === 0)) return is.every((list) => list.length === 0);
  return was.every((list, index) => list.every((one, position) => isSame(one, is[index]?.[position])));
}

function expressionsOf(term: Json | undefined): Json[][] {
  return ["matchExpressions", "matchFields"].map((field) => (isObject(term) ? listAt(term, field) : []));
}

const tolerations: UpdateDemand = (old, next, at) => {
  const [was, is] = [listAt(spec(old), "tolerations"), listAt(spec(next), "tolerations")];
  const isThere = (one: Json) => is.some((other) => isSame(unbounded(one), unbounded(other)));
  const gone = was.findIndex((one) => !isThere(one));
  if (gone >= 0) refusePod(["tolerations"], old, "tolerations of a Pod can only be added, not changed or removed", at);
};

/** tolerationSeconds may change. */
function unbounded(toleration: Json): Json {
  return isObject(toleration) ? withValue(toleration, ["tolerationSeconds"], undefined) : toleration;
}

const gates: UpdateDemand = (old, next, at) => {
  const known = new Set(listAt(spec(old), "schedulingGates").map((gate) => valueAt(gate, ["name"])));
  const added = listAt(spec(next), "schedulingGates").findIndex((gate) => !known.has(valueAt(gate, ["name"])));
  if (added >= 0)
    refusePod(["schedulingGates", added, "name"], old, "schedulingGates of a Pod can only be removed, not added", at);
};

const deadline: UpdateDemand = (old, next, at) => {
  const [was, is] = [spec(old).activeDeadlineSeconds, spec(next).activeDeadlineSeconds];
  if (!isNumber(was) || (isNumber(is) && is <= was)) return;
  refusePod(["activeDeadlineSeconds"], old, "the deadline of a Pod can only be shortened", at);
};

function refusePod(path: readonly (string | number)[], old: JsonObject, rule: string, at: Place): void {
  refuse(["spec", ...path], old, "spec", { rule, wayOut }, at);
}

/** https://kubernetes.io/docs/concepts/workloads/pods/#pod-update-and-replacement */
export const pods: UpdateDemands = {
  "core.v1.Pod": [deadline, tolerations, gates, otherFields],
};
