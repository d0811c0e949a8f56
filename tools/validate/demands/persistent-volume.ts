import { isObject } from "../../core/json.ts";
import { countable, positiveAmount } from "../../vocabulary/amounts.ts";
import {
  type Demand,
  each,
  filled,
  from,
  keys,
  onObject,
  provided,
  rule,
  type TypeDemands,
  values,
} from "../../vocabulary/demand.ts";
import { stringsIn } from "../../vocabulary/lists.ts";
import { dns1123Label, dns1123Subdomain } from "../../vocabulary/names.ts";
import { range } from "../../vocabulary/numbers.ts";
import { noBacksteps } from "../../vocabulary/paths.ts";
import type { Check } from "../../vocabulary/place.ts";
import { absent, forbidden, isUnset, present, presentAmong, required } from "../../vocabulary/presence.ts";
import { absentIsEmpty, byteLength, evenEmpty, exactlyOneWordOf, oneOf, textOf } from "../../vocabulary/text.ts";
import { driverName } from "./driver.ts";
import { oldNodeLabelsInExpressions } from "./node-labels.ts";
import { requiredNodes } from "./scheduling.ts";
import { chapSecret, foreignOption, iscsiName } from "./volume.ts";

const modes = ["ReadOnlyMany", "ReadWriteMany", "ReadWriteOnce", "ReadWriteOncePod"];

/** The access modes of a volume or a claim: at least one, and ReadWriteOncePod only alone. */
export const accessModes: Demand = [
  required,
  each(absentIsEmpty(exactlyOneWordOf(...modes))),
  (value, at) => {
    const known = stringsIn(value).filter((mode) => modes.includes(mode));
    if (known.includes("ReadWriteOncePod") && known.some((mode) => mode !== "ReadWriteOncePod")) {
      at.forbidden("to combine ReadWriteOncePod with other modes", "Keep only ReadWriteOncePod or remove it.");
    }
  },
];

/** The volume mode of a volume or a claim. */
export const volumeMode: Check = exactlyOneWordOf("Block", "Filesystem");

/**
 * The sources of a volume in the order in which the API server checks them: it accepts the first and reports the rest.
 */
const sources = [
  ..."hostPath gcePersistentDisk awsElasticBlockStore glusterfs flocker nfs rbd quobyte cephfs iscsi cinder fc".split(
    " ",
  ),
  ..."flexVolume azureFile vsphereVolume photonPersistentDisk portworxVolume azureDisk scaleIO local".split(" "),
  ..."storageos csi".split(" "),
];

const oneSource = onObject((spec, at) => {
  const [first, ...more] = presentAmong(spec, sources);
  if (first === undefined) at.say("Required", "needs a source: csi, nfs, local, …", "Add the source of the volume.");
  for (const source of more) {
    // The API server accepts flexVolume beside an earlier source.
    if (source === "flexVolume") continue;
    at.under(source, () =>
      at.forbidden(`together with ${first}: a volume has exactly one source`, "Remove one of the two."),
    );
  }
});

/** A local volume must name its node. */
const nodeOfLocal: Check = (value, at) => {
  if (value === undefined && presentAmong(at.parent, sources)[0] === "local") {
    at.required("for a local volume", "Name the node that has the volume.");
  }
};

/** `storage` must be the only quantity. */
const capacity: Demand = [
  (value, at) => {
    const names = isObject(value) ? Object.keys(value) : [];
    if (names.length === 0) at.required("", "Set storage to the size of the volume.");
    if (names.length !== 1 || names[0] !== "storage") at.notSupported(names.join(", "), ["storage"]);
  },
  values([positiveAmount, countable]),
];

/** Recycling / would wipe the node's disk. */
const neverRecycleRoot: Check = (value, at) => {
  const path = isObject(at.parent.hostPath) ? textOf(at.parent.hostPath.path) : "";
  const isRoot = path.startsWith("/") && path.split("/").every((part) => part === "" || part === ".");
  if (value === "Recycle" && isRoot) at.forbidden("to be Recycle for the node's path /", "Set it to Retain.");
};

/** Must not be empty (VolumeAttributesClass). */
const attributesClass: Check = (value, at) => {
  if (value === undefined) return;
  required(value, at);
  dns1123Subdomain(value, at);
};

/** Only CSI drivers can change attributes. */
const csiForAttributes = onObject((spec, at) => {
  if ((spec.volumeAttributesClassName ?? undefined) === undefined || isObject(spec.csi)) return;
  at.under("csi", () => at.required("with volumeAttributesClassName", "Remove volumeAttributesClassName."));
});

/** With an initiator, `<volume>:<portal>` becomes one identifier. */
const iscsiNameLength = onObject(({ iscsi }, at) => {
  const metadata = isObject(at.root.metadata) ? at.root.metadata : {};
  if (!isObject(iscsi) || typeof iscsi.initiatorName !== "string" || at.kind !== "PersistentVolume") return;
  if (byteLength(`${textOf(metadata.name)}:${textOf(iscsi.targetPortal)}`) <= 64) return;
  at.beneath(["iscsi", "targetPortal"], () =>
    at.invalid("is too long: <volume name>:<targetPortal> may have at most 64 bytes", "Shorten the volume's name."),
  );
});

const deprecatedSources: Readonly<Record<string, string>> = {
  cephfs: "1.31",
  photonPersistentDisk: "1.16",
  scaleIO: "1.22",
  storageos: "1.25",
  glusterfs: "1.26",
  rbd: "1.31",
};

/** `warningsForPersistentVolumeSpecAndMeta`. */
const deprecations: Check = onObject((spec, at) => {
  for (const [source, version] of Object.entries(deprecatedSources)) {
    if (!isObject(spec[source])) continue;
    at.under(source, () =>
      at.warn(`has had no effect since Kubernetes ${version}`, "Use the CSI driver for this storage."),
    );
  }
});

const neverRecycle: Check = (value, at) => {
  if (value === "Recycle") at.warn("is Recycle, which is deprecated", "Use a StorageClass to provision volumes.");
};

/** The checks of a PersistentVolume that do not apply to an inline volume. */
const standalone: Demand = [
  from("1.34", csiForAttributes),
  deprecations,
  {
    capacity,
    persistentVolumeReclaimPolicy: [oneOf("Delete", "Recycle", "Retain"), neverRecycleRoot, neverRecycle],
    nodeAffinity: [
      nodeOfLocal,
      { required: [from("1.33", requiredNodes), { nodeSelectorTerms: each(oldNodeLabelsInExpressions) }] },
    ],
    storageClassName: dns1123Subdomain,
    volumeMode,
    volumeAttributesClassName: from("1.34", attributesClass),
  },
];

/** The checks of a volume inside a VolumeAttachment. */
export const inlineVolume: Demand = rule("apply/volume", {
  claimRef: absent("in an attachment"),
  capacity: (value, at) => {
    if (isObject(value) && Object.keys(value).length > 0) at.forbidden("in an attachment");
  },
  csi: present,
  persistentVolumeReclaimPolicy: (value, at) => {
    if (!isUnset(value) && value !== "Retain") at.forbidden("to be other than Retain in an attachment", "Remove it.");
  },
  nodeAffinity: absent("in an attachment"),
  storageClassName: forbidden("in an attachment"),
  volumeMode: (value, at) => {
    if (typeof value === "string" && value !== "Filesystem") {
      at.forbidden("to be other than Filesystem in an attachment", "Remove it.");
    }
  },
});

/** The sources that support the annotation for mount options (`checkMountOption`). */
const mounted = [
  ..."gcePersistentDisk awsElasticBlockStore glusterfs nfs rbd quobyte iscsi cinder cephfs azureFile".split(" "),
  ..."vsphereVolume azureDisk photonPersistentDisk".split(" "),
];

const mountOptions: Check = (value, at) => {
  const spec = isObject(at.root.spec) ? at.root.spec : {};
  if (value === undefined || presentAmong(spec, mounted).length > 0) return;
  at.forbidden("with this source", "Remove it or use spec.mountOptions.");
};

const oldAnnotation = (instead: string): Check =>
  provided(
    (value) => value !== undefined,
    (_, at) => at.warn(`is deprecated`, `Use spec.${instead} instead.`),
  );

/** The annotation that storageClassName has replaced. */
export const oldClassAnnotation = { "volume.beta.kubernetes.io/storage-class": oldAnnotation("storageClassName") };

const secret = { name: [required, dns1123Subdomain], namespace: [required, dns1123Label] };
const namedSecret = { name: required, namespace: required };

/** https://kubernetes.io/docs/concepts/storage/persistent-volumes/ (`ValidatePersistentVolumeSpec`) */
export const persistentVolume: TypeDemands = {
  "core.v1.PersistentVolume": rule("apply/volume", {
    metadata: {
      annotations: {
        ...oldClassAnnotation,
        "volume.beta.kubernetes.io/mount-options": [mountOptions, oldAnnotation("mountOptions")],
      },
    },
    spec: filled(standalone),
  }),
  "core.v1.PersistentVolumeSpec": rule("apply/volume", [oneSource, iscsiNameLength, { accessModes }]),
  "core.v1.VolumeNodeAffinity": rule("apply/volume", { required: present }),
  "core.v1.GlusterfsPersistentVolumeSource": rule("apply/volume", {
    endpoints: required,
    path: required,
    endpointsNamespace: evenEmpty(dns1123Label),
  }),
  "core.v1.RBDPersistentVolumeSource": rule("apply/volume", { monitors: required, image: required }),
  "core.v1.CephFSPersistentVolumeSource": rule("apply/volume", { monitors: required }),
  "core.v1.ISCSIPersistentVolumeSource": rule("apply/volume", {
    targetPortal: required,
    iqn: [required, iscsiName],
    lun: range(0, 255),
    secretRef: [chapSecret, { name: required }],
    initiatorName: evenEmpty(iscsiName),
  }),
  "core.v1.CinderPersistentVolumeSource": rule("apply/volume", { volumeID: required, secretRef: namedSecret }),
  "core.v1.FlexPersistentVolumeSource": rule("apply/volume", { driver: required, options: keys(foreignOption) }),
  "core.v1.AzureFilePersistentVolumeSource": rule("apply/volume", {
    secretName: required,
    shareName: required,
    secretNamespace: provided((value) => value !== undefined, required),
  }),
  "core.v1.ScaleIOPersistentVolumeSource": rule("apply/volume", {
    gateway: required,
    system: required,
    volumeName: required,
  }),
  "core.v1.LocalVolumeSource": rule("apply/volume", { path: [required, noBacksteps] }),
  "core.v1.StorageOSPersistentVolumeSource": rule("apply/volume", {
    volumeName: [required, dns1123Label],
    volumeNamespace: dns1123Label,
    secretRef: namedSecret,
  }),
  "core.v1.CSIPersistentVolumeSource": rule("apply/volume", {
    driver: driverName,
    volumeHandle: required,
    controllerPublishSecretRef: secret,
    controllerExpandSecretRef: secret,
    nodePublishSecretRef: secret,
    nodeExpandSecretRef: secret,
  }),
};
