import { isObject, type Json, type JsonObject, objectAt, own } from "../../core/json.ts";
import type { Resource } from "../../core/resource.ts";
import { quantityOf } from "../../vocabulary/quantity.ts";
import { textOf } from "../../vocabulary/text.ts";
import { isSame, valueAt, withValue } from "./compare.ts";
import { immutable, immutableExcept, refuse, type UpdateDemand, type UpdateDemands, whenOld } from "./demand.ts";

const spec = (object: JsonObject) => objectAt(object, "spec") ?? {};
const betaClass = ["metadata", "annotations", "volume.beta.kubernetes.io/storage-class"];

/** Where a volume is kept: every field of its spec that is not one of these. */
const placeless = [
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
const source = { rule: "where a PersistentVolume is kept cannot change after it was created" };
const expandSecret = ["spec", "csi", "controllerExpandSecretRef"];

/** `ValidatePersistentVolumeUpdate`: a secret for expansion may come later. */
const volumeSource: UpdateDemand = (old, next, at) => {
  const hadNone = isObject(spec(old).csi) && valueAt(old, expandSecret) === undefined;
  immutableExcept("spec", placeless, source)(old, hadNone ? withValue(next, expandSecret, undefined) : next, at);
};

const renamedLabels: Readonly<Record<string, string>> = {
  "beta.kubernetes.io/os": "kubernetes.io/os",
  "beta.kubernetes.io/arch": "kubernetes.io/arch",
  "beta.kubernetes.io/instance-type": "node.kubernetes.io/instance-type",
  "failure-domain.beta.kubernetes.io/zone": "topology.kubernetes.io/zone",
  "failure-domain.beta.kubernetes.io/region": "topology.kubernetes.io/region",
};

/** Labels of nodes had other names while they were beta, and may be given the present ones (`validatePvNodeAffinity`). */
function isSameWithPresentLabels(old: Json | undefined, next: Json | undefined): boolean {
  const [was, is] = [keysIn(old), keysIn(next)];
  const isPresent = was.every((key, index) => is[index] === key || is[index] === own(renamedLabels, key));
  return isPresent && isSame(withPresentLabels(old), withPresentLabels(next));
}

/** The labels that expressions are about, in their order. */
function keysIn(value: Json | undefined): string[] {
  if (Array.isArray(value)) return value.flatMap(keysIn);
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([field, one]) => (field === "key" ? [textOf(one)] : keysIn(one)));
}

function withPresentLabels(value: Json | undefined): Json | undefined {
  if (Array.isArray(value)) return value.map((one) => withPresentLabels(one) as Json);
  if (!isObject(value)) return value;
  const inner = Object.entries(value).map(([key, one]) => [key, withPresentLabels(one) as Json] as const);
  const { key } = value;
  return { ...Object.fromEntries(inner), ...(typeof key === "string" && { key: own(renamedLabels, key) ?? key }) };
}

const nodeAffinity = immutable("spec.nodeAffinity", {
  unless: (old, next) =>
    spec(old).nodeAffinity === undefined || isSameWithPresentLabels(spec(old).nodeAffinity, spec(next).nodeAffinity),
});

const keptClass: UpdateDemand = whenOld(
  (_, next) => spec(next).volumeAttributesClassName === undefined,
  immutable("spec.volumeAttributesClassName"),
);

/** What a claim asks for may change once it is bound, and that no repository says; the requested size may then only grow. */
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
  rule: "of a PersistentVolumeClaim that exists, only spec.resources.requests.storage can change, to more",
  wayOut: () =>
    "Take the change back; for another volume, make a claim of another name, copy the data, and let the workload use that one.",
};

/** The class may come from none, or from the annotation that it once was. */
function adoptsClass(old: JsonObject, next: JsonObject): boolean {
  const annotated = valueAt(old, betaClass);
  const name = spec(next).storageClassName;
  return (
    spec(old).storageClassName === undefined && name !== undefined && (annotated === undefined || annotated === name)
  );
}

const request = ["resources", "requests", "storage"];

/** `ValidateImmutableAnnotation`, unless the field takes the place of the annotation (`validateStorageClassUpgradeFromAnnotation`). */
const annotatedClass: UpdateDemand = (old, next, at) => {
  const [was, is] = [old, next].map((one) => valueAt(one, betaClass));
  const isUpgrade = was !== undefined && (is === undefined || is === was) && takesAnnotation(old, next);
  if (textOf(was) !== textOf(is) && !isUpgrade) refuse(betaClass, old, betaClass.join("."), classOptions, at);
};

const takesAnnotation = (old: JsonObject, next: JsonObject) =>
  spec(old).storageClassName === undefined && spec(next).storageClassName === valueAt(old, betaClass);

const classOptions = {
  ...claimOptions,
  rule: "the class of a PersistentVolumeClaim cannot change after it was created",
};

/**
 * `allowResize` of the admission plugin PersistentVolumeClaimResize, which is on by default. Of a class that is not known, and of the
 * default one, which a claim without any gets, nothing is said.
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
    ? "cannot grow: a claim of no StorageClass is not resized"
    : `cannot grow: StorageClass ${name} does not have allowVolumeExpansion: true`;

const growthHelp = (name: string) =>
  name === "" ? "Take the change back." : `Set allowVolumeExpansion: true in StorageClass ${name}, if its driver can.`;

/** The StorageClasses among resources, by their names. */
export function storageClassesIn(resources: readonly Resource[]): ReadonlyMap<string, JsonObject> {
  const classes = resources.filter(
    ({ kind, apiVersion }) => kind === "StorageClass" && apiVersion === "storage.k8s.io/v1",
  );
  return new Map(classes.map(({ name, object }) => [name, object]));
}

/** Claims of a running cluster are bound, and grow where their class lets them. */
function isExpansion(old: JsonObject, next: JsonObject): boolean {
  const [was, is] = [valueAt(spec(old), request), valueAt(spec(next), request)].map(quantityOf);
  return was !== undefined && is !== undefined && is > was;
}

const topology = { rule: "a CSIStorageCapacity is of one topology and one class" };

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
