import { isObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import { podKinds, podOf } from "../../core/pod.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { templateNames } from "../lib/provided.ts";
import { isFragment, lookUp, missing } from "../lib/reference.ts";

/** `podHasPVCs` of the scheduler's VolumeBinding: `persistentvolumeclaim "data" not found`. */
export const claimMissing = definePolicy({
  id: "link/claim-missing",
  severity: "error",
  why: "A pod whose PersistentVolumeClaim does not exist is never scheduled: it stays Pending. https://kubernetes.io/docs/concepts/storage/persistent-volumes/#claims-as-volumes",
  fix: "Render the PersistentVolumeClaim with this target, or correct its name.",
  match: { kind: podKinds },
  *check(resource, context): Generator<Violation> {
    const pod = podOf(resource);
    if (pod === undefined || isFragment(context)) return;
    const own = templateNames(resource);
    for (const [index, volume] of listAt(pod.spec, "volumes").entries()) {
      const claim = isObject(volume) ? objectAt(volume, "persistentVolumeClaim") : undefined;
      const name = stringAt(claim, "claimName");
      // A claim template takes the place of a volume of its name.
      if (!name || (isObject(volume) && own.includes(stringAt(volume, "name") ?? ""))) continue;
      const named = { kind: "PersistentVolumeClaim", namespace: resource.namespace, name };
      if (lookUp(named, context) !== undefined) continue;
      const pointer = `${pod.specPointer}/volumes/${index}/persistentVolumeClaim/claimName`;
      yield missing(named, `${resource.kind} ${resource.name}`, pointer, context);
    }
  },
});
