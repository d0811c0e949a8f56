import { isObject, type JsonObject } from "../../core/json.ts";
import { from, keys, onObject, rule, type TypeDemands, upTo } from "../../vocabulary/demand.ts";
import { objectsIn } from "../../vocabulary/lists.ts";
import { dns1123Label, dns1123Subdomain } from "../../vocabulary/names.ts";
import { fileMode, range } from "../../vocabulary/numbers.ts";
import { absolutePath, descendingPath, localPath, noBacksteps } from "../../vocabulary/paths.ts";
import type { Check } from "../../vocabulary/place.ts";
import { atMostOneOf, exactlyOneOf, isUnset, present, required } from "../../vocabulary/presence.ts";
import { quantityOf } from "../../vocabulary/quantity.ts";
import { byteLength, evenEmpty, exactlyOneWordOf, type Format, format, oneOf, textOf } from "../../vocabulary/text.ts";
import { driverName } from "./driver.ts";
import { containerResource, fieldsForFiles, podField } from "./env.ts";
import { annotations, labels } from "./metadata.ts";
import { ofPods } from "./pods.ts";
import { projectsNothing } from "./volume-warnings.ts";

/** All sources of a volume. */
const volumeSources = [
  ..."emptyDir hostPath gitRepo gcePersistentDisk awsElasticBlockStore secret nfs iscsi glusterfs flocker".split(" "),
  ..."persistentVolumeClaim rbd cinder cephfs quobyte downwardAPI fc flexVolume configMap azureFile".split(" "),
  ..."vsphereVolume photonPersistentDisk portworxVolume azureDisk storageos projected scaleIO csi ephemeral image".split(
    " ",
  ),
];

/** With an initiator, `<volume>:<portal>` becomes one identifier. */
const iscsiNameLength = onObject((object, at) => {
  const { name, iscsi } = object;
  if (!isObject(iscsi) || typeof iscsi.initiatorName !== "string") return;
  if (byteLength(`${textOf(name)}:${textOf(iscsi.targetPortal)}`) <= 64) return;
  at.under("name", () =>
    at.invalid("is too long: <name>:<iscsi.targetPortal> may have at most 64 bytes", "Shorten the volume's name."),
  );
});

const notNegative: Check = (value, at) => {
  const quantity = quantityOf(value);
  if (quantity !== undefined && quantity < 0n) at.forbidden("below zero", "Set a size or remove it.");
};

/** The name of an iSCSI initiator or target. */
export const iscsiName: Format = format(
  "the name of an iSCSI node",
  "Use a name such as iqn.2001-04.com.example:disk, eui.0123456789abcdef or naa.0123456789abcdef0123456789abcdef.",
  (text) =>
    /^iqn\.\d{4}-\d{2}\.[A-Za-z0-9.-]+:[^,;*&$|\t\n\f\r ]+$/.test(text) ||
    // The dots of Kubernetes' expressions stand for any character here.
    /^(?:eui[^\n][A-Za-z0-9]{16}|naa[^\n][A-Za-z0-9]{32})$/u.test(text),
);

const localSecret = { name: required };

/** CHAP authentication requires a Secret. */
export const chapSecret: Check = (value, at) => {
  const { chapAuthDiscovery, chapAuthSession } = at.parent;
  if (value === undefined && (chapAuthDiscovery === true || chapAuthSession === true)) {
    at.required("with chapAuthDiscovery or chapAuthSession");
  }
};

/** `validateFlockerVolumeSource` */
const oneDataset = onObject(({ datasetName, datasetUUID }, at) => {
  const [named, identified] = [!isUnset(datasetName), !isUnset(datasetUUID)];
  if (!named && !identified) at.say("Required", "needs one of datasetName, datasetUUID", "Add exactly one of them.");
  if (named && identified) at.invalid("has both datasetName and datasetUUID", "Remove one of the two.");
});

/** `validateFCVolumeSource`: by worldwide names and a unit, or by worldwide identifiers. */
const fibreChannelTarget = onObject((object, at) => {
  const { targetWWNs, wwids, lun } = object;
  if (isUnset(targetWWNs) && isUnset(wwids)) at.under("targetWWNs", () => at.required("unless wwids is set"));
  if (!isUnset(targetWWNs) && !isUnset(wwids)) {
    at.under("targetWWNs", () => at.excluded("wwids", "Invalid", "is set together with wwids"));
  }
  if (isUnset(targetWWNs)) return;
  at.under("lun", () => {
    if (lun === undefined || lun === null) at.required("with targetWWNs");
    else range(0, 255)(lun, at);
  });
});

const hostAndPorts: Format = format("host:port pairs", "Use host:port; separate several with commas.", (text) =>
  text.split(",").every((pair) => /^([^:[\]]*|\[[^[\]]*\]):[^:[\]]*$/.test(pair)),
);

const quobyte = onObject((object, at) => {
  const { tenant, registry } = object;
  at.under("registry", () => {
    if (isUnset(registry)) at.required();
  });
  if (!isUnset(registry) && byteLength(textOf(tenant)) > 64) at.under("tenant", () => at.tooLong(64, "bytes"));
  else at.under("registry", () => hostAndPorts(registry ?? undefined, at));
});

/** Options in the domains of Kubernetes are reserved. */
export const foreignOption: Check = (key, at) => {
  const domain = `.${textOf(key).split("/")[0]?.toLowerCase()}`;
  if (domain.endsWith(".kubernetes.io") || domain.endsWith(".k8s.io")) {
    at.invalid("is in a domain reserved for Kubernetes", "Use your own domain.");
  }
};

const diskUri = onObject((object, at) => {
  const { kind, diskURI } = object;
  // The default kind is Shared.
  const start = kind === "Managed" ? "/subscriptions/" : "https://";
  if (!textOf(diskURI).startsWith(start)) at.under("diskURI", () => at.notSupported(diskURI, [`${start}…`]));
});

/** A file of the downward API: a field of the pod or a resource of a container (`validateDownwardAPIVolumeFile`). */
const downwardFile = [
  exactlyOneOf("fieldRef", "resourceFieldRef"),
  {
    path: [required, localPath],
    mode: fileMode,
    fieldRef: podField(fieldsForFiles),
    resourceFieldRef: containerResource(true),
  },
];

/** The paths of a projected volume's files must differ (`validateProjectionSources`). */
const distinctPaths: Check = (value, at) => {
  const seen = new Set<string>();
  objectsIn(value).forEach((source, index) => {
    for (const { path, pointer } of pathsOf(source)) {
      if (seen.has(path))
        at.beneath([index, ...pointer], () => at.invalid(`is ${at.show(path)}, the path of another file`, twice));
      seen.add(path);
    }
  });
};

const twice = "Give each file its own path.";

function pathsOf(source: JsonObject): { path: string; pointer: (string | number)[] }[] {
  const lists = ["secret", "configMap", "downwardAPI"].flatMap((kind) =>
    objectsIn(isObject(source[kind]) ? source[kind].items : undefined).map(({ path }, index) => ({
      path: textOf(path),
      pointer: [kind, "items", index, "path"],
    })),
  );
  return lists.filter(({ path }) => path !== "");
}

/** The template of a claim may have only labels and annotations (`ValidateTemplateObjectMeta`). */
export const templateMetadata: Check = (value, at) => {
  if (!isObject(value)) return;
  for (const [key, set] of Object.entries(value)) {
    // An empty list counts as set, and so does 0 for the grace period, which is a pointer.
    const isSet = !isUnset(set) || Array.isArray(set) || (key === "deletionGracePeriodSeconds" && set === 0);
    if (key !== "labels" && key !== "annotations" && isSet) {
      at.under(key, () => at.forbidden("in the template of a claim", "Keep only labels and annotations."));
    }
  }
};

/** https://kubernetes.io/docs/concepts/storage/volumes/ */
export const volume: TypeDemands = {
  "core.v1.Volume": rule("apply/volume", [
    // A volume without a source is an emptyDir.
    atMostOneOf(...volumeSources),
    { name: [required, dns1123Label] },
    iscsiNameLength,
  ]),
  "core.v1.EmptyDirVolumeSource": rule("apply/volume", { sizeLimit: notNegative }),
  "core.v1.HostPathVolumeSource": rule("apply/volume", {
    path: [required, noBacksteps],
    type: oneOf("DirectoryOrCreate", "Directory", "FileOrCreate", "File", "Socket", "CharDevice", "BlockDevice"),
  }),
  "core.v1.GitRepoVolumeSource": rule("apply/volume", { repository: required, directory: descendingPath }),
  "core.v1.GCEPersistentDiskVolumeSource": rule("apply/volume", { pdName: required, partition: range(0, 255) }),
  "core.v1.AWSElasticBlockStoreVolumeSource": rule("apply/volume", { volumeID: required, partition: range(0, 255) }),
  "core.v1.SecretVolumeSource": rule("apply/volume", { secretName: required, defaultMode: fileMode }),
  "core.v1.ConfigMapVolumeSource": rule("apply/volume", { name: required, defaultMode: fileMode }),
  "core.v1.KeyToPath": rule("apply/volume", { key: required, path: [required, localPath], mode: fileMode }),
  "core.v1.NFSVolumeSource": rule("apply/volume", { server: required, path: [required, absolutePath] }),
  "core.v1.ISCSIVolumeSource": rule("apply/volume", {
    targetPortal: required,
    iqn: [required, iscsiName],
    lun: range(0, 255),
    secretRef: chapSecret,
    initiatorName: evenEmpty(iscsiName),
  }),
  "core.v1.GlusterfsVolumeSource": rule("apply/volume", { endpoints: required, path: required }),
  "core.v1.FlockerVolumeSource": rule("apply/volume", [
    oneDataset,
    { datasetName: format("a name without /", "Remove the /.", (name) => !name.includes("/")) },
  ]),
  "core.v1.PersistentVolumeClaimVolumeSource": rule("apply/volume", { claimName: required }),
  "core.v1.RBDVolumeSource": rule("apply/volume", { monitors: required, image: required }),
  "core.v1.CinderVolumeSource": rule("apply/volume", { volumeID: required, secretRef: localSecret }),
  "core.v1.CephFSVolumeSource": rule("apply/volume", { monitors: required }),
  "core.v1.QuobyteVolumeSource": rule("apply/volume", [quobyte, { volume: required }]),
  "core.v1.DownwardAPIVolumeSource": rule("apply/volume", { defaultMode: fileMode }),
  "core.v1.DownwardAPIVolumeFile": rule("apply/volume", downwardFile),
  "core.v1.FCVolumeSource": rule("apply/volume", fibreChannelTarget),
  "core.v1.FlexVolumeSource": rule("apply/volume", { driver: required, options: keys(foreignOption) }),
  "core.v1.AzureFileVolumeSource": rule("apply/volume", { secretName: required, shareName: required }),
  "core.v1.AzureDiskVolumeSource": rule("apply/volume", [
    diskUri,
    {
      diskName: required,
      diskURI: required,
      cachingMode: exactlyOneWordOf("None", "ReadOnly", "ReadWrite"),
      kind: exactlyOneWordOf("Shared", "Dedicated", "Managed"),
    },
  ]),
  "core.v1.VsphereVirtualDiskVolumeSource": rule("apply/volume", { volumePath: required }),
  "core.v1.PhotonPersistentDiskVolumeSource": rule("apply/volume", { pdID: required }),
  "core.v1.PortworxVolumeSource": rule("apply/volume", { volumeID: required }),
  "core.v1.ScaleIOVolumeSource": rule("apply/volume", { gateway: required, system: required, volumeName: required }),
  "core.v1.StorageOSVolumeSource": rule("apply/volume", {
    volumeName: [required, dns1123Label],
    volumeNamespace: dns1123Label,
    secretRef: localSecret,
  }),
  "core.v1.CSIVolumeSource": rule("apply/volume", {
    driver: driverName,
    nodePublishSecretRef: { name: [required, dns1123Subdomain] },
  }),
  "core.v1.EphemeralVolumeSource": rule("apply/volume", { volumeClaimTemplate: present }),
  "core.v1.PersistentVolumeClaimTemplate": rule("apply/volume", {
    metadata: [templateMetadata, { labels, annotations }],
  }),
  "core.v1.ImageVolumeSource": rule("apply/volume", {
    reference: ofPods(required),
    pullPolicy: oneOf("Always", "IfNotPresent", "Never"),
  }),
  "core.v1.ProjectedVolumeSource": rule("apply/volume", { defaultMode: fileMode, sources: distinctPaths }),
  "core.v1.VolumeProjection": rule("apply/volume", [
    upTo("1.36", atMostOneOf("secret", "configMap", "downwardAPI", "serviceAccountToken")),
    from("1.37", atMostOneOf("secret", "configMap", "downwardAPI", "serviceAccountToken", "clusterTrustBundle")),
    { secret: { name: required }, configMap: { name: required } },
    projectsNothing,
  ]),
  "core.v1.ServiceAccountTokenProjection": rule("apply/volume", {
    expirationSeconds: range(600, 2 ** 32),
    path: [required, localPath],
  }),
};
