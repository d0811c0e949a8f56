import { isObject, type JsonObject } from "../../core/json.ts";
import { nonNegativeAmount } from "../../vocabulary/amounts.ts";
import { type Demand, each, from, onObject, rule, type TypeDemands } from "../../vocabulary/demand.ts";
import { objectsIn, stringsIn, unique, uniqueBy } from "../../vocabulary/lists.ts";
import { dns1123Subdomain, qualifiedName } from "../../vocabulary/names.ts";
import { min, nonNegative, range } from "../../vocabulary/numbers.ts";
import type { Check } from "../../vocabulary/place.ts";
import { isUnset, nonEmptyMap, presentAmong, required } from "../../vocabulary/presence.ts";
import {
  absentIsEmpty,
  byteLength,
  element,
  evenEmpty,
  exactlyOneWordOf,
  format,
  oneOf,
  textOf,
} from "../../vocabulary/text.ts";
import { driverName } from "./driver.ts";
import { labelKey } from "./metadata.ts";
import { oldNodeLabel, oldNodeLabels, oldNodeLabelsInExpressions } from "./node-labels.ts";
import { inlineVolume } from "./persistent-volume.ts";

const nameInAnyCase = format(qualifiedName.is, qualifiedName.help, (name) => qualifiedName.fits(name.toLowerCase()));

/** The name of the driver that creates the volumes (`validateProvisioner`). */
const provisioner: Demand = [required, nameInAnyCase];

const mostParameters = 512;
const largestParameters = 256 * 1024;

/** The parameters for the driver: limited in number and size (`validateParameters`). */
const parameters: Check = (value, at) => {
  if (!isObject(value)) return;
  const entries = Object.entries(value);
  if (entries.length > mostParameters) {
    at.tooLong(mostParameters, "parameters");
    return;
  }
  const size = entries.reduce((sum, [key, text]) => sum + byteLength(key) + byteLength(textOf(text)), 0);
  if (Object.hasOwn(value, "")) at.invalid("has an empty key", "Name the parameter.");
  if (size > largestParameters) at.tooLong(largestParameters, "bytes");
};

/** A key and its distinct values (`validateTopologySelectorLabelRequirement`). */
const topologyRequirement: Demand = { key: [labelKey, oldNodeLabel], values: [required, unique] };

/** Terms must not be equal or empty (`validateAllowedTopologies`). */
const distinctTerms: Check = (value, at) => {
  const terms = (Array.isArray(value) ? value : []).map((term) => canonical(isObject(term) ? term : {}));
  terms.forEach((term, index) => {
    // The API server compares each term with an empty one, too, so an empty term is a duplicate.
    if (term !== "{}" && terms.indexOf(term) === index) return;
    at.beneath([index, "matchLabelExpressions"], () => {
      if (term === "{}") at.say("Duplicate", "is empty", "Specify the topology of the volumes.");
      else at.say("Duplicate", "is the same as another term", "Remove one of the two.");
    });
  });
};

/** A term's keys and values in a canonical order, for comparison. */
function canonical({ matchLabelExpressions }: JsonObject): string {
  const values = objectsIn(matchLabelExpressions).map(
    ({ key, values }) => [textOf(key), [...new Set(stringsIn(values))].sort()] as const,
  );
  return JSON.stringify(Object.fromEntries(values.sort(([a], [b]) => (a < b ? -1 : 1))));
}

/** Exactly one way to specify the volume (`validateVolumeAttachmentSource`). */
const attachedVolume = onObject((source, at) => {
  const present = presentAmong(source, ["inlineVolumeSpec", "persistentVolumeName"]);
  if (present.length === 0) at.say("Required", "needs persistentVolumeName or inlineVolumeSpec", "Name the volume.");
  if (present.length > 1) at.forbidden("to have both inlineVolumeSpec and persistentVolumeName", "Remove one of them.");
});

const volumeName: Check = (value, at) => {
  if (value === "") at.say("Required", "is empty", "Name the volume.");
  evenEmpty(dns1123Subdomain)(value, at);
};

/** Audiences must differ; an empty one counts as a value (`validateTokenRequests`). */
const distinctAudiences: Check = (value, at) => {
  const seen = new Set<string>();
  (Array.isArray(value) ? value : []).forEach((request, index) => {
    const audience = isObject(request) ? textOf(request.audience) : "";
    if (seen.has(audience)) at.beneath([index, "audience"], () => at.duplicate(audience));
    seen.add(audience);
  });
};

const tokenInSecrets: Check = (value, at) => {
  if (value === undefined || !isUnset(at.parent.tokenRequests)) return;
  at.invalid("is set, but tokenRequests is empty", "Remove it or add the tokens that the driver needs.");
};

/** `WarningsOnCreate` of CSI drivers. */
const tokensInAttributes: Check = (value, at) => {
  if (value !== undefined || isUnset(at.parent.tokenRequests)) return;
  at.warn("is not set: tokens may be logged with the volume's attributes", "Set it to true if the driver supports it.");
};

const nodeIdLength: Check = (value, at) => {
  if (byteLength(textOf(value)) > 256) at.invalid("is longer than 256 bytes", "Shorten it.");
};

const emptyKey: Check = (value, at) => {
  if (isUnset(value)) at.required("", "Name the label or remove the element.");
};

/** StorageClasses and the objects of CSI drivers: https://kubernetes.io/docs/concepts/storage/storage-classes/ */
export const storage: TypeDemands = {
  "storage.v1.StorageClass": {
    provisioner,
    parameters,
    reclaimPolicy: oneOf("Delete", "Retain"),
    volumeBindingMode: exactlyOneWordOf("Immediate", "WaitForFirstConsumer"),
    allowedTopologies: distinctTerms,
  },
  "core.v1.TopologySelectorTerm": { matchLabelExpressions: [uniqueBy("key"), each(topologyRequirement)] },

  "storage.v1.VolumeAttributesClass": { driverName: provisioner, parameters: [nonEmptyMap, parameters] },

  "storage.v1.VolumeAttachmentSpec": { attacher: driverName, nodeName: absentIsEmpty(evenEmpty(dns1123Subdomain)) },
  "storage.v1.VolumeAttachmentSource": rule("apply/volume", [
    attachedVolume,
    { persistentVolumeName: volumeName, inlineVolumeSpec: inlineVolume },
  ]),

  "storage.v1.CSIDriverSpec": {
    fsGroupPolicy: exactlyOneWordOf("ReadWriteOnceWithFSType", "File", "None"),
    volumeLifecycleModes: each(absentIsEmpty(exactlyOneWordOf("Persistent", "Ephemeral"))),
    tokenRequests: distinctAudiences,
    nodeAllocatableUpdatePeriodSeconds: min(10),
    serviceAccountTokenInSecrets: from("1.35", [tokenInSecrets, tokensInAttributes]),
  },
  "storage.v1.TokenRequest": { expirationSeconds: range(600, 2 ** 32) },

  "storage.v1.CSINodeSpec": { drivers: uniqueBy("name") },
  "storage.v1.CSINodeDriver": {
    name: driverName,
    nodeID: [required, nodeIdLength],
    topologyKeys: [unique, each([emptyKey, element(qualifiedName)])],
    allocatable: { count: nonNegative },
  },

  "storage.v1.CSIStorageCapacity": {
    nodeTopology: [{ matchLabels: oldNodeLabels }, oldNodeLabelsInExpressions],
    storageClassName: absentIsEmpty(evenEmpty(dns1123Subdomain)),
    capacity: (value, at) => {
      if (value !== undefined) nonNegativeAmount(value, at);
    },
  },
};
