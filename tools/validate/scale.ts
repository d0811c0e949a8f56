import { type Json, type JsonObject, stringAt } from "../core/json.ts";
import { join, at as valueAt } from "../core/pointer.ts";
import { type Place, shown } from "../vocabulary/place.ts";

/**
 * Checks the replica counts of a scalable custom resource, which `kubectl scale` and autoscalers read.
 * `ValidateScaleSpec` and `ValidateScaleStatus` in
 * k8s.io/apiextensions-apiserver/pkg/registry/customresource/validator.go
 *
 * @param scale the scale subresource of its definition, with the paths of the counts
 */
export function checkScale(resource: JsonObject, scale: JsonObject, at: Place): void {
  for (const key of ["specReplicasPath", "statusReplicasPath"]) {
    const steps = stringAt(scale, key)?.replace(/^\./, "").split(".") ?? [];
    const replicas = valueAt(resource, steps.reduce(join, ""));
    const says = fault(replicas ?? null);
    if (says !== undefined)
      at.beneath(steps, () => at.invalid(`is ${shown(replicas)}; ${says}`, "Set the number of replicas."));
  }
}

/** What is wrong with a number of replicas; undefined for null, which counts as absent. */
function fault(replicas: Json): string | undefined {
  if (replicas === null) return undefined;
  const isWhole = typeof replicas === "bigint" || Number.isInteger(replicas);
  if (!isWhole) return "it must be a whole number";
  if ((replicas as number | bigint) < 0) return "the minimum is 0";
  return (replicas as number | bigint) > largest ? `the maximum is ${largest}` : undefined;
}

const largest = 2 ** 31 - 1;
