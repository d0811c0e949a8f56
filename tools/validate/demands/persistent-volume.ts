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

/** Of a volume and of a claim: at least one mode, and a volume for one pod is for one pod only. */
export const accessModes: Demand = [
  required,
  each(absentIsEmpty(exactlyOneWordOf(...modes))),
  (value, at) => {
    const known = stringsIn(value).filter((mode) => modes.includes(mode));
    if (known.includes("ReadWriteOncePod") && known.some((mode) => mode !== "ReadWriteOncePod")) {
      at.forbidden("to have ReadWriteOncePod beside other modes", "Keep ReadWriteOncePod alone, or remove it.");
    }
  },
];

export const volumeMode: Check = exactlyOneWordOf("Block", "Filesystem");

/** Everything a volume can be made from, in the order in which the API server looks: the first one stands. */
const sources = [
  ..."hostPath gcePersistentDisk awsElasticBlockStore glusterfs flocker nfs rbd quobyte cephfs iscsi cinder fc".split(
    " ",
  ),
  ..."flexVolume azureFile vsphereVolume photonPersistentDisk portworxVolume azureDisk scaleIO local".split(" "),
  ..."storageos csi".split(" "),
];

const oneSource = onObject((spec, at) => {
  const [first, ...more] = presentAmong(spec, sources);
  if (first === undefined) at.say("Required", "needs a source: csi, nfs, local, …", "Say where the volume is.");
  for (const source of more) {
    // Nobody minds this one beside an earlier one.
    if (source === "flexVolume") continue;
    at.under(source, () => at.forbidden(`beside ${first}: a volume has one source`, "Remove one of the two."));
  }
});

/** A local volume is on one node: it must say on which. */
const nodeOfLocal: Check = (value, at) => {
  if (value === undefined && presentAmong(at.parent, sources)[0] === "local") {
    at.required("for a local volume", "Name the node that has it.");
  }
};

/** Its exactly one quantity is `storage`. */
const capacity: Demand = [
  (value, at) => {
    const names = isObject(value) ? Object.keys(value) : [];
    if (names.length === 0) at.required("", "Write storage: and the volume's size.");
    if (names.length !== 1 || names[0] !== "storage") at.notSupported(names.join(", "), ["storage"]);
  },
  values([positiveAmount, countable]),
];

/** Nobody would want the node's disk wiped. */
const neverRecycleRoot: Check = (value, at) => {
  const path = isObject(at.parent.hostPath) ? textOf(at.parent.hostPath.path) : "";
  const isRoot = path.startsWith("/") && path.split("/").every((part) => part === "" || part === ".");
  if (value === "Recycle" && isRoot) at.forbidden("to be Recycle for the path / of a node", "Set it to Retain.");
};

/** Attributes can be changed by CSI drivers only (VolumeAttributesClass). */
const attributesClass: Check = (value, at) => {
  if (value === undefined) return;
  required(value, at);
  dns1123Subdomain(value, at);
};

const csiForAttributes = onObject((spec, at) => {
  if ((spec.volumeAttributesClassName ?? undefined) === undefined || isObject(spec.csi)) return;
  at.under("csi", () => at.required("with volumeAttributesClassName", "Remove volumeAttributesClassName."));
});

/** With the initiator, `<volume>:<portal>` becomes one identifier. */
const iscsiNameLength = onObject(({ iscsi }, at) => {
  const metadata = isObject(at.root.metadata) ? at.root.metadata : {};
  if (!isObject(iscsi) || typeof iscsi.initiatorName !== "string" || at.kind !== "PersistentVolume") return;
  if (byteLength(`${textOf(metadata.name)}:${textOf(iscsi.targetPortal)}`) <= 64) return;
  at.beneath(["iscsi", "targetPortal"], () =>
    at.invalid("is too long: with the volume's name and : it may have 64 bytes", "Shorten the volume's name."),
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
    at.under(source, () => at.warn(`does nothing since Kubernetes ${version}`, "Use the CSI driver of this storage."));
  }
});

const neverRecycle: Check = (value, at) => {
  if (value === "Recycle") at.warn("is Recycle, which is deprecated", "Let a StorageClass provision volumes.");
};

/** What only a volume of its own is asked for. */
const ofItsOwn: Demand = [
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

/** What a volume is asked for that stands in an attachment, rather than on its own. */
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

/** Options of the mount, as an annotation, are for sources that are mounted with options (`checkMountOption`). */
const mounted = [
  ..."gcePersistentDisk awsElasticBlockStore glusterfs nfs rbd quobyte iscsi cinder cephfs azureFile".split(" "),
  ..."vsphereVolume azureDisk photonPersistentDisk".split(" "),
];

const mountOptions: Check = (value, at) => {
  const spec = isObject(at.root.spec) ? at.root.spec : {};
  if (value === undefined || presentAmong(spec, mounted).length > 0) return;
  at.forbidden("with this source", "Remove it, or use spec.mountOptions.");
};

const oldAnnotation = (instead: string): Check =>
  provided(
    (value) => value !== undefined,
    (_, at) => at.warn(`is deprecated`, `Use spec.${instead} instead.`),
  );

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
    spec: filled(ofItsOwn),
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
