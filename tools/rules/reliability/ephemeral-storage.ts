import { isObject, listAt, objectAt } from "../../core/json.ts";
import { type Container, type Pod, podKinds, podOf } from "../../core/pod.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { isLimited } from "../lib/amounts.ts";
import { inWords, placeOf, runningIn } from "../lib/containers.ts";

/** Logs do not count: the kubelet rotates them. */
export const ephemeralStorage = definePolicy({
  id: "reliability/ephemeral-storage",
  severity: "warning",
  why: "What a container writes outside its volumes is on the disk of its node; when that is full, the kubelet evicts unrelated pods, too. https://kubernetes.io/docs/concepts/configuration/manage-resources-containers/#local-ephemeral-storage",
  fix: "Set resources.limits.ephemeral-storage, or use a read-only root filesystem and emptyDir volumes with a sizeLimit.",
  match: { kind: podKinds },
  *check(resource, context): Generator<Violation> {
    const pod = podOf(resource);
    if (pod === undefined) return;
    for (const container of runningIn(resource)) {
      const where = unboundedWrites(container, pod);
      if (where === undefined || isLimited("ephemeral-storage", container, resource, context)) continue;
      const message = `${inWords(container, resource)} can fill the disk of its node: ${where} without a limit`;
      yield { pointer: placeOf(container, "resources"), message };
    }
  },
});

/** Where a container can fill the disk, in words; undefined if it cannot. */
function unboundedWrites({ object }: Container, { spec }: Pod): string | undefined {
  if (objectAt(object, "securityContext")?.readOnlyRootFilesystem !== true) return "it writes to its root filesystem";
  const mounted = new Set(listAt(object, "volumeMounts").map((mount) => isObject(mount) && mount.name));
  const volume = listAt(spec, "volumes")
    .filter(isObject)
    .find((one) => mounted.has(one.name ?? "") && isUnbounded(objectAt(one, "emptyDir")));
  return volume && `it writes to the emptyDir ${volume.name}`;
}

function isUnbounded(emptyDir: ReturnType<typeof objectAt>): boolean {
  return emptyDir !== undefined && (emptyDir.sizeLimit ?? null) === null && emptyDir.medium !== "Memory";
}
