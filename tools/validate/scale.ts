import { type JsonObject, stringAt } from "../core/json.ts";
import { join, at as valueAt } from "../core/pointer.ts";
import type { Place } from "../vocabulary/place.ts";

/**
 * Holds the numbers of replicas of a custom resource that can be scaled to what `kubectl scale` and autoscalers read of it.
 * `ValidateScaleSpec` and `ValidateScaleStatus` in k8s.io/apiextensions-apiserver/pkg/registry/customresource/validator.go
 *
 * @param scale the subresource of its definition, which says where the numbers are
 */
export function checkScale(resource: JsonObject, scale: JsonObject, at: Place): void {
  for (const key of ["specReplicasPath", "statusReplicasPath"]) {
    const steps = stringAt(scale, key)?.replace(/^\./, "").split(".") ?? [];
    const replicas = valueAt(resource, steps.reduce(join, ""));
    if (typeof replicas !== "number" && typeof replicas !== "bigint") continue;
    const says = replicas < 0 ? "the least is 0" : replicas > largest ? `the most is ${largest}` : undefined;
    if (says !== undefined)
      at.beneath(steps, () => at.invalid(`is ${replicas}; ${says}`, "Write a number of replicas."));
  }
}

const largest = 2 ** 31 - 1;
