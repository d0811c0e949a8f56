import { isObject, type JsonObject, listAt, stringAt } from "../../../core/json.ts";
import type { Pod } from "../../../core/pod.ts";
import type { Control, Fault } from "./control.ts";

/** `hostPathVolumes_1_0` in k8s.io/pod-security-admission/policy. */
export const hostPath: Control = {
  id: "security/host-path",
  level: "baseline",
  reason: "hostPath volumes",
  why: "A hostPath volume gives an attacker in the pod the node's files, and makes the pod depend on the node it lands on.",
  fix: "Use a PersistentVolumeClaim, a ConfigMap, a Secret or an emptyDir; an agent that needs the node's files belongs in a namespace that is labelled as privileged.",
  check: (pod) =>
    volumes(pod, (volume) =>
      isObject(volume.hostPath) ? `mounts ${stringAt(volume.hostPath, "path")} from its node` : undefined,
    ),
};

const allowed = [
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "image",
  "persistentVolumeClaim",
  "projected",
  "secret",
];

/** `restrictedVolumes_1_0` in k8s.io/pod-security-admission/policy. */
export const volumeTypes: Control = {
  id: "security/volume-types",
  level: "restricted",
  reason: "restricted volume types",
  why: "A volume that a pod mounts directly from a server bypasses the claims by which the cluster grants storage.",
  fix: `Use one of ${allowed.join(", ")}.`,
  overrides: hostPath,
  check: (pod) => volumes(pod, otherType),
};

/** A volume without a type is an emptyDir by default. */
function otherType(volume: JsonObject): string | undefined {
  const types = Object.keys(volume).filter((key) => isObject(volume[key]));
  const isAllowed = types.length === 0 || types.some((type) => allowed.includes(type));
  return isAllowed ? undefined : `mounts a volume of type ${types[0]}`;
}

function* volumes({ spec, specPointer }: Pod, fault: (volume: JsonObject) => string | undefined): Generator<Fault> {
  for (const [index, volume] of listAt(spec, "volumes").entries()) {
    const message = isObject(volume) ? fault(volume) : undefined;
    if (message !== undefined) yield { pointer: `${specPointer}/volumes/${index}`, message };
  }
}
