import { isObject, type Json, type JsonObject } from "../../core/json.ts";
import { positiveAmount } from "../../vocabulary/amounts.ts";
import { checkOf, onObject, rule, type TypeDemands } from "../../vocabulary/demand.ts";
import { isFractional } from "../../vocabulary/go-quantity.ts";
import { dns1123Label, dns1123Subdomain } from "../../vocabulary/names.ts";
import type { Check, Place } from "../../vocabulary/place.ts";
import { isUnset, required } from "../../vocabulary/presence.ts";
import { textOf } from "../../vocabulary/text.ts";
import { accessModes, oldClassAnnotation, volumeMode } from "./persistent-volume.ts";

/** A claim must request a size (`ValidatePersistentVolumeClaimSpec`). */
const size = onObject((spec, at) => {
  const resources = isObject(spec.resources) ? spec.resources : {};
  const requests = isObject(resources.requests) ? resources.requests : {};
  if (Object.hasOwn(requests, "storage")) {
    at.beneath(["resources", "requests", "storage"], () => positiveAmount(requests.storage ?? undefined, at));
  } else {
    at.under("resources", () =>
      at.say("Required", "needs requests.storage", "Request a size, such as requests: {storage: 1Gi}."),
    );
  }
});

/** The API server warns about fractions of bytes (`GetWarningsForPersistentVolumeClaimSpec`). */
export const wholeBytes: Check = (value, at) => {
  if (isFractional(value)) {
    at.warn(`is ${at.show(value)}, a fraction of a byte`, "Use a whole number of bytes, such as 1Gi.");
  }
};

/** A source without an API group must be a claim (`validateDataSource`, `validateDataSourceRef`). */
const sourceKind = onObject(({ apiGroup, kind }, at) => {
  if (!isUnset(apiGroup) || kind === "PersistentVolumeClaim") return;
  at.invalid(`has the kind ${at.show(kind)} but no apiGroup`, "Set apiGroup or use a PersistentVolumeClaim.");
});

const source: Check = checkOf([sourceKind, { name: required, kind: required, apiGroup: dns1123Subdomain }]);

/**
 * Whether the API server silently drops a source in another namespace: only in standalone claims
 * (CrossNamespaceVolumeDataSource).
 */
function isDropped(reference: Json | undefined, at: Place): boolean {
  return isObject(reference) && !isUnset(reference.namespace) && at.kind === "PersistentVolumeClaim";
}

const dataSourceRef: Check = (value, at) => {
  if (isDropped(value, at)) return;
  source(value, at);
  sourceNamespace(value, at);
};

const sourceNamespace = checkOf({ namespace: dns1123Label });

/**
 * The kinds that `dataSource` has always supported. A standalone claim loses others unless `dataSourceRef` repeats
 * them.
 */
function isPlain({ apiGroup, kind }: JsonObject): boolean {
  if (kind === "PersistentVolumeClaim") return isUnset(apiGroup);
  return kind === "VolumeSnapshot" && apiGroup === "snapshot.storage.k8s.io";
}

const dataSource: Check = (value, at) => {
  if (!isObject(value)) return;
  const reference = at.parent.dataSourceRef;
  const isRepeated = isObject(reference) && !isDropped(reference, at);
  if (isRepeated || isPlain(value) || at.kind !== "PersistentVolumeClaim") source(value, at);
};

/** If both dataSource and dataSourceRef are set, they must be the same. */
const sameSource = onObject(({ dataSource: old, dataSourceRef: reference }, at) => {
  if (!isObject(old) || !isObject(reference) || isDropped(reference, at)) return;
  if (!isUnset(reference.namespace)) {
    at.under("dataSource", () =>
      at.invalid("is set together with a dataSourceRef that has a namespace", "Remove dataSource."),
    );
    return;
  }
  const differs = ["kind", "name"].some((field) => textOf(old[field]) !== textOf(reference[field]));
  if (!differs && (old.apiGroup ?? null) === (reference.apiGroup ?? null)) return;
  at.under("dataSourceRef", () => at.invalid("differs from dataSource", "Remove dataSource."));
});

/** https://kubernetes.io/docs/concepts/storage/persistent-volumes/#persistentvolumeclaims */
export const volumeClaim: TypeDemands = {
  "core.v1.PersistentVolumeClaim": rule("apply/volume", { metadata: { annotations: oldClassAnnotation } }),
  "core.v1.PersistentVolumeClaimSpec": rule("apply/volume", [
    size,
    sameSource,
    {
      accessModes,
      resources: { requests: { storage: wholeBytes }, limits: { storage: wholeBytes } },
      storageClassName: dns1123Subdomain,
      volumeMode,
      dataSource,
      dataSourceRef,
      volumeAttributesClassName: dns1123Subdomain,
    },
  ]),
};
