import { isObject, listAt, objectAt, stringAt } from "../../core/json.ts";
import { podKinds, podOf } from "../../core/pod.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type TargetContext, type Violation } from "../../policy/define.ts";
import { isFragment, lookUp, missing } from "../lib/reference.ts";
import { indexOf, meets } from "../lib/target.ts";

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
      if (lookUp(named, context) !== undefined || isOfStatefulSet(name, resource.namespace, context)) continue;
      const pointer = `${pod.specPointer}/volumes/${index}/persistentVolumeClaim/claimName`;
      yield missing(named, `${resource.kind} ${resource.name}`, pointer, context);
    }
  },
});

function templateNames({ object }: Resource): string[] {
  return listAt(objectAt(object, "spec"), "volumeClaimTemplates").flatMap(
    (template) => (isObject(template) && stringAt(objectAt(template, "metadata"), "name")) || [],
  );
}

/** A StatefulSet calls its claims after the template, itself and the ordinal: `data-db-0`. */
function isOfStatefulSet(name: string, namespace: string | undefined, context: TargetContext): boolean {
  const base = name.replace(/-\d+$/, "");
  return indexOf(context)
    .ofKind("StatefulSet.apps")
    .some((set) => meets(set.namespace, namespace) && templateNames(set).some((one) => `${one}-${set.name}` === base));
}
