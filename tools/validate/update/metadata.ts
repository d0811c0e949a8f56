import { type JsonObject, objectAt } from "../../core/json.ts";
import type { Place } from "../../vocabulary/place.ts";

/** Kinds that do not allow unconditional updates (`AllowUnconditionalUpdate` of their strategies). */
const versioned: ReadonlySet<string> = new Set([
  "admissionregistration.v1.MutatingAdmissionPolicy",
  "admissionregistration.v1.MutatingAdmissionPolicyBinding",
  "admissionregistration.v1.MutatingWebhookConfiguration",
  "admissionregistration.v1.ValidatingAdmissionPolicy",
  "admissionregistration.v1.ValidatingAdmissionPolicyBinding",
  "admissionregistration.v1.ValidatingWebhookConfiguration",
  "apiextensions.v1.CustomResourceDefinition",
  "apiregistration.v1.APIService",
  "coordination.v1.Lease",
  "node.v1.RuntimeClass",
  "policy.v1.PodDisruptionBudget",
  "storage.v1.CSIDriver",
  "storage.v1.CSINode",
  "storage.v1.CSIStorageCapacity",
  "storage.v1.VolumeAttachment",
]);

const remove = "Remove it: the API server sets it.";

/** Reports server fields that an update must not set (`ValidateObjectMetaAccessorUpdate`). */
export function checkMetadata(after: JsonObject, type: string, at: Place): void {
  const metadata = objectAt(after, "metadata") ?? {};
  const say = (field: string, says: string) => at.beneath(["metadata", field], () => at.invalid(says, remove));
  for (const field of ["deletionTimestamp", "deletionGracePeriodSeconds"]) {
    if ((metadata[field] ?? null) !== null) say(field, "is set: an update cannot delete an object");
  }
  if ((metadata.resourceVersion === "" || metadata.resourceVersion === "0") && versioned.has(type))
    say("resourceVersion", "stands for any version: for this kind, it must name one or be absent");
}
