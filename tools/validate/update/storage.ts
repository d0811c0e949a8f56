import { isObject, type Json, type JsonObject, objectAt, own } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import { quantityOf } from "../../vocabulary/quantity.ts";
import { textOf } from "../../vocabulary/text.ts";
import { isSame, valueAt, withValue } from "./compare.ts";
import { immutable, immutableExcept, refuse, type UpdateDemand, type UpdateDemands, whenOld } from "./demand.ts";

const spec = (object: JsonObject) => objectAt(object, "spec") ?? {};
const betaClass = ["metadata", "annotations", "volume.beta.kubernetes.io/storage-class"];

/** The fields of a volume's spec that do not specify its source. */
const notSource = [
  "capacity",
  "accessModes",
  "claimRef",
  "persistentVolumeReclaimPolicy",
  "storageClassName",
  "mountOptions",
  "volumeMode",
  "nodeAffinity",
  "volumeAttributesClassName",
];
const source = { rule: "the source of a PersistentVolume cannot change after it was created" };
const expandSecret = ["spec", "csi", "controllerExpandSecretRef"];

/** `ValidatePersistentVolumeUpdate`: a Secret for expansion may be added later. */
const volumeSource: UpdateDemand = (old, next, at) => {
  const hadNone = isObject(spec(old).csi) && valueAt(old, expandSecret) === undefined;
  immutableExcept("spec", notSource, source)(old, hadNone ? withValue(next, expandSecret, undefined) : next, at);
};

const renamedLabels: Readonly<Record<string, string>> = {
  "beta.kubernetes.io/os": "kubernetes.io/os",
  "beta.kubernetes.io/arch": "kubernetes.io/arch",
  "beta.kubernetes.io/instance-type": "node.kubernetes.io/instance-type",
  "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
  "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
};

/** Beta names of node labels may be replaced with the current names (`validatePvNodeAffinity`). */
function isSameWithCurrentLabels(old: Json | undefined, next: Json | undefined): boolean {
  const [was, is] = [keysIn(old), keysIn(next)];
  const isCurrent = was.every((key, index) => is[index] === key || is[index] === own(renamedLabels, key));
  return isCurrent && isSame(withCurrentLabels(old), withCurrentLabels(next));
}

/** The label keys in expressions, in order. */
function keysIn(value: Json | undefined): string[] {
  if (Array.isArray(value)) return value.flatMap(keysIn);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([field, one]) => (field === "key" ? [textOf(one)] : keysIn(one)));
}

function withCurrentLabels(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((one) => withCurrentLabels(one) as Json);
  if (!isObject(value)) return value;
  const inner = Object.entries(value).map(([key, one]) => [key, withCurrentLabels(one) as Json] as const);
  const { key } = value;
  return { ...Object.fromEntries(inner), ...(typeof key === "string" && { key: own(renamedLabels, key) ?? key }) };
}

const nodeAffinity = immutable("spec.nodeAffinity", {
  unless: (old, next) =>
    spec(old).nodeAffinity === undefined || isSameWithCurrentLabels(spec(old).nodeAffinity, spec(next).nodeAffinity),
});

const keptClass: UpdateDemand = whenOld(
  (_, next) => spec(next).volumeAttributesClassName === undefined,
  immutable("spec.volumeAttributesClassName"),
);

/** Whether the manifest binds the claim to a volume. */
const isBound = (claim: JsonObject) => textOf(spec(claim).volumeName) !== "";

/** `ValidatePersistentVolumeClaimUpdate` */
const claimSpec: UpdateDemand = (old, next, at) => {
  const changeable = [
    ...(isBound(old) ? [] : ["volumeName"]),
    ...(adoptsClass(old, next) ? ["storageClassName"] : []),
    ...(isExpansion(old, next) ? ["resources.requests.storage"] : []),
  ];
  immutableExcept("spec", changeable, claimOptions)(old, next, at);
};

const claimOptions = {
  rule: "in an existing PersistentVolumeClaim, only spec.resources.requests.storage can change, and it can only grow",
  wayOut: () =>
    "Revert the change. To use another volume, add a claim with another name, copy the data and switch the workload to it.",
};

/** Whether the claim gets a class for the first time, or the one of its old annotation. */
function adoptsClass(old: JsonObject, next: JsonObject): boolean {
  const annotated = valueAt(old, betaClass);
  const name = spec(next).storageClassName;
  return (
    spec(old).storageClassName === undefined && name !== undefined && (annotated === undefined || annotated === name)
  );
}

const request = ["resources", "requests", "storage"];

/**
 * `ValidateImmutableAnnotation`, unless the field replaces the annotation
 * (`validateStorageClassUpgradeFromAnnotation`).
 */
const annotatedClass: UpdateDemand = (old, next, at) => {
  const [was, is] = [old, next].map((one) => valueAt(one, betaClass));
  const isUpgrade = was !== undefined && (is === undefined || is === was) && replacesAnnotation(old, next);
  if (textOf(was) !== textOf(is) && !isUpgrade) refuse(betaClass, old, betaClass.join("."), classOptions, at);
};

const replacesAnnotation = (old: JsonObject, next: JsonObject) =>
  spec(old).storageClassName === undefined && spec(next).storageClassName === valueAt(old, betaClass);

const classOptions = {
  ...claimOptions,
  rule: "the class of a PersistentVolumeClaim cannot change after it was created",
};

/**
 * `allowResize` of the admission plugin PersistentVolumeClaimResize, which is on by default. Claims of an unknown
 * class, or of the default class, are not reported.
 */
const expansion: UpdateDemand = (old, next, at) => {
  const name = spec(old).storageClassName ?? valueAt(old, betaClass);
  if (typeof name !== "string" || !isExpansion(old, next)) return;
  const known = at.storageClasses.get(name);
  const isRefused = name === "" || (known !== undefined && known.allowVolumeExpansion !== true);
  if (isRefused) at.beneath(["spec", ...request], () => at.say("Forbidden", cannotGrow(name), growthHelp(name)));
};

const cannotGrow = (name: string) =>
  name === ""
    ? "cannot grow: a claim without a StorageClass cannot be resized"
    : `cannot grow: StorageClass ${name} does not have allowVolumeExpansion: true`;

const growthHelp = (name: string) =>
  name === ""
    ? "Revert the change."
    : `Set allowVolumeExpansion: true in StorageClass ${name} if its driver supports it.`;

/** The StorageClasses among the resources, by name. */
export function storageClassesIn(resources: readonly Resource[]): ReadonlyMap<string, JsonObject> {
  const classes = resources.filter(
    ({ kind, apiVersion }) => kind === "StorageClass" && apiVersion === "storage.k8s.io/v1",
  );
  return new Map(classes.map(({ name, object }) => [name, object]));
}

/** Whether the requested size grows. */
function isExpansion(old: JsonObject, next: JsonObject): boolean {
  const [was, is] = [valueAt(spec(old), request), valueAt(spec(next), request)].map(quantityOf);
  return was !== undefined && is !== undefined && is > was;
}

const topology = { rule: "the topology and the class of a CSIStorageCapacity cannot change" };

/** https://kubernetes.io/docs/concepts/storage/ */
export const storage: UpdateDemands = {
  "core.v1.PersistentVolume": [volumeSource, immutable("spec.volumeMode"), nodeAffinity, keptClass],
  "core.v1.PersistentVolumeClaim": [claimSpec, annotatedClass, expansion],
  // ValidateStorageClassUpdate
  "storage.v1.StorageClass": ["parameters", "provisioner", "reclaimPolicy", "volumeBindingMode"].map((field) =>
    immutable(field),
  ),
  // ValidateVolumeAttributesClassUpdate
  "storage.v1.VolumeAttributesClass": [immutable("driverName"), immutable("parameters")],
  // ValidateCSIDriverUpdate
  "storage.v1.CSIDriver": [immutable("spec.attachRequired"), immutable("spec.volumeLifecycleModes")],
  // ValidateCSIStorageCapacityUpdate
  "storage.v1.CSIStorageCapacity": [immutable("nodeTopology", topology), immutable("storageClassName", topology)],
  // ValidateVolumeAttachmentUpdate
  "storage.v1.VolumeAttachment": [immutable("spec")],
  // ValidateResourceClaimUpdate, ValidateResourceClaimTemplateUpdate
  "resource.v1.ResourceClaim": [immutable("spec")],
  "resource.v1.ResourceClaimTemplate": [immutable("spec")],
  // validateResourceSliceSpec
  "resource.v1.ResourceSlice": ["driver", "nodeName", "pool.name"].map((field) => immutable(`spec.${field}`)),
};
