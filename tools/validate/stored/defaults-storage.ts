import { objectAt, stringAt } from "../../core/json.ts";
import type { Default, DefaultTable } from "./default.ts";

const rbd = { pool: "rbd", user: "admin", keyring: "/etc/ceph/keyring" };
const scaleIo = { storageMode: "ThinProvisioned", fsType: "xfs" };
const exactly = {
  allocationMode: "ExactCount",
  count: ({ allocationMode, count }) => count ?? (allocationMode === "ExactCount" ? 1 : undefined),
} satisfies Record<string, Default>;

/**
 * The spec of a PersistentVolume, not that of an inline volume in a VolumeAttachment (`SetDefaults_PersistentVolume`).
 */
const volumeSpec: Default = (volume) => {
  const spec = objectAt(volume, "spec");
  const persistentVolumeReclaimPolicy = stringAt(spec, "persistentVolumeReclaimPolicy") || "Retain";
  return { ...spec, persistentVolumeReclaimPolicy, volumeMode: spec?.volumeMode ?? "Filesystem" };
};

/** `SetDefaults_*` in pkg/apis/{core,storage,resource}/v1/defaults.go, and `+default` in k8s.io/api. */
export const storageDefaults: DefaultTable = {
  "core.v1.HostPathVolumeSource": { type: "" },
  "core.v1.ISCSIVolumeSource": { iscsiInterface: "default" },
  "core.v1.ISCSIPersistentVolumeSource": { iscsiInterface: "default" },
  "core.v1.RBDVolumeSource": rbd,
  "core.v1.RBDPersistentVolumeSource": rbd,
  "core.v1.ScaleIOVolumeSource": scaleIo,
  "core.v1.ScaleIOPersistentVolumeSource": scaleIo,
  "core.v1.AzureDiskVolumeSource": { cachingMode: "ReadWrite", fsType: "ext4", readOnly: false, kind: "Shared" },
  "core.v1.PersistentVolume": { spec: volumeSpec },
  // SetDefaults_PersistentVolumeClaim, also for the claims of a StatefulSet
  "core.v1.PersistentVolumeClaimStatus": { phase: "Pending" },
  "core.v1.PersistentVolumeClaimSpec": { volumeMode: "Filesystem" },
  "storage.v1.StorageClass": { reclaimPolicy: "Delete", volumeBindingMode: "Immediate" },
  "storage.v1.CSIDriverSpec": {
    attachRequired: true,
    podInfoOnMount: false,
    storageCapacity: false,
    fsGroupPolicy: "ReadWriteOnceWithFSType",
    volumeLifecycleModes: ({ volumeLifecycleModes }) => volumeLifecycleModes ?? ["Persistent"],
    requiresRepublish: false,
    seLinuxMount: false,
  },
  "resource.v1.ExactDeviceRequest": exactly,
  "resource.v1.DeviceSubRequest": exactly,
  "resource.v1.DeviceToleration": { operator: "Equal" },
};
