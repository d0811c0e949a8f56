import { podKinds } from "../../core/pod.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { claimReferences } from "../lib/claims.ts";
import { isFragment, lookUp, missing } from "../lib/reference.ts";

/** `podHasPVCs` of the scheduler's VolumeBinding: `persistentvolumeclaim "data" not found`. */
export const claimMissing = definePolicy({
  id: "link/claim-missing",
  severity: "error",
  why: "A pod whose PersistentVolumeClaim does not exist is never scheduled: it stays Pending. https://kubernetes.io/docs/concepts/storage/persistent-volumes/#claims-as-volumes",
  fix: "Add the PersistentVolumeClaim to this target, or correct its name.",
  match: { kind: podKinds },
  *check(resource, context): Generator<Violation> {
    if (isFragment(context)) return;
    for (const { name, pointer } of claimReferences(resource)) {
      const named = { kind: "PersistentVolumeClaim", namespace: resource.namespace, name };
      if (lookUp(named, context) === undefined)
        yield missing(named, `${resource.kind} ${resource.name}`, pointer, context);
    }
  },
});
