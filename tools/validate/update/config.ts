import { isObject, type Json, type JsonObject, listAt, objectAt } from "../../core/json.ts";
import type { Place } from "../../vocabulary/place.ts";
import { textOf } from "../../vocabulary/text.ts";
import { isSame, valueAt } from "./compare.ts";
import {
  changedIn,
  immutable,
  immutableOnceSet,
  refuse,
  type UpdateDemand,
  type UpdateDemands,
  type WayOut,
  whenOld,
} from "./demand.ts";

const isImmutable = ({ immutable }: JsonObject) => immutable === true;

const generated: WayOut = ({ kind }) =>
  `Give the ${kind} a new name and update the references to it: a configMapGenerator or secretGenerator of kustomize does both with a suffix. Or delete it and let it be recreated.`;

/** `ValidateConfigMapUpdate`, `ValidateSecretUpdate`: an immutable object stays immutable. */
const sealed = (...fields: string[]): UpdateDemand =>
  whenOld(
    isImmutable,
    ...["immutable", ...fields].map((field) =>
      immutable(field, { wayOut: generated, rule: "the object is immutable (it has immutable: true)" }),
    ),
  );

/** `reflect.DeepEqual` distinguishes an empty map from none, and an empty stored map is read as none. */
const noEmptyBytes = (field: string): UpdateDemand =>
  whenOld(isImmutable, (old, next, at) => {
    const given = at.manifests?.after[field];
    if (!isObject(given) || Object.keys(given).length > 0 || (old[field] ?? next[field]) !== undefined) return;
    at.under(field, () =>
      at.invalid("is empty, which counts as a change of an immutable object", "Remove the empty field."),
    );
  });

const setOf = (quota: JsonObject, field: string): Json[] => [...new Set(listAt(objectAt(quota, "spec"), field))].sort();

/** `ValidateResourceQuotaUpdate`; the order does not matter. */
const scopes = immutable("spec.scopes", {
  unless: (old, next) => isSame(setOf(old, "scopes"), setOf(next, "scopes")),
});

const roleRef = immutable("roleRef", {
  wayOut: ({ kind }) =>
    `Give the ${kind} a new name, or delete it and let it be recreated: in the meantime, it grants its subjects nothing.`,
});

/** `ValidateServiceCIDRUpdate`: from 1.33 on, a second range of the other family may be added. */
const cidrs: UpdateDemand = (old, next, at: Place) => {
  const [was, is] = [old, next].map((one) => listAt(objectAt(one, "spec"), "cidrs"));
  if (was === undefined || is === undefined) return;
  const changed = was.findIndex((cidr, index) => is[index] !== cidr);
  if (changed >= 0) refuse(["spec", "cidrs", changed], old, "spec.cidrs", {}, at);
  else if (is.length > 2) refuse(["spec", "cidrs"], old, "spec.cidrs", {}, at);
};

/** `ValidateNodeUpdate` */
const node = [
  ...["spec.podCIDRs", "spec.providerID"].map((field) => immutableOnceSet(field)),
  immutable("spec.externalID"),
];

/** `ValidateCSINodeUpdate`: only the allocatable count of an existing driver may change. */
const drivers: UpdateDemand = (old, next, at) => {
  const before = listAt(objectAt(old, "spec"), "drivers").filter(isObject);
  listAt(objectAt(next, "spec"), "drivers").forEach((driver, index) => {
    const was = before.find(({ name }) => isObject(driver) && driver.name === name);
    if (
      isObject(driver) &&
      was !== undefined &&
      !isSame({ ...was, allocatable: null }, { ...driver, allocatable: null })
    )
      refuse(["spec", "drivers", index], old, "spec.drivers", {}, at);
  });
};

/**
 * Immutable as soon as the names are accepted, moments after the creation
 * (`validateCustomResourceDefinitionSpecUpdate`).
 */
const definition = ["group", "scope", "names.kind", "names.plural"].map((field) =>
  immutable(`spec.${field}`, {
    wayOut: () =>
      "Revert the change. Deleting and recreating the CustomResourceDefinition would delete every object of its kind.",
  }),
);

/** A former storage version must stay, because objects may be stored in it (`status.storedVersions`). */
const storedVersions: UpdateDemand = (old, next, at) => {
  const [was, is] = [old, next].map((one) => listAt(objectAt(one, "spec"), "versions").filter(isObject));
  const names = new Set(is?.map(({ name }) => name));
  const gone = was?.findIndex(({ name, storage }) => storage === true && !names.has(name)) ?? -1;
  if (gone < 0) return;
  const rule = `${at.show(was?.[gone]?.name)} was the storage version, in which objects may still be stored`;
  const wayOut = () =>
    "Keep the version with storage: false and served: false. Remove it once all objects are stored in another version and it is no longer in status.storedVersions.";
  refuse(["spec", "versions"], old, "spec.versions", { rule, wayOut }, at);
};

/** An invalid bundle is rejected only on an update (`allowInvalidCABundle`). */
const caBundle: UpdateDemand = (old, next, at) => {
  const path = ["spec", "conversion", "webhook", "clientConfig", "caBundle"];
  const [was, is] = [valueAt(old, path), valueAt(next, path)];
  if (isCertificates(is) || (was !== undefined && !isCertificates(was))) return;
  at.beneath(path, () =>
    at.invalid("contains no PEM certificate", "Set it to the CA certificate of the webhook, in base64."),
  );
};

const isCertificates = (bundle: Json | undefined) =>
  bundle === undefined || /-----BEGIN CERTIFICATE-----/.test(Buffer.from(textOf(bundle), "base64").toString());

const rules = (...fields: string[]) => fields.map((field) => immutable(field));

/** Kinds with a few immutable fields, with the Kubernetes functions that check them. */
export const configs: UpdateDemands = {
  "core.v1.ConfigMap": [sealed("data", "binaryData"), noEmptyBytes("binaryData")],
  "core.v1.Secret": [immutable("type"), sealed("data"), noEmptyBytes("data")],
  "core.v1.ResourceQuota": [scopes],
  "core.v1.Node": node,
  "storage.v1.CSINode": [drivers],
  // ValidateRoleBindingUpdate, ValidateClusterRoleBindingUpdate
  "rbac.v1.RoleBinding": [roleRef],
  "rbac.v1.ClusterRoleBinding": [roleRef],
  // ValidatePriorityClassUpdate
  "scheduling.v1.PriorityClass": rules("value", "preemptionPolicy"),
  // ValidateRuntimeClassUpdate
  "node.v1.RuntimeClass": rules("handler"),
  // validateIngressClassSpecUpdate
  "networking.v1.IngressClass": rules("spec.controller"),
  // ValidateIPAddressUpdate
  "networking.v1.IPAddress": rules("spec.parentRef"),
  "networking.v1.ServiceCIDR": [changedIn("1.33", immutable("spec.cidrs"), cidrs)],
  // ValidateEndpointSliceUpdate
  "discovery.v1.EndpointSlice": rules("addressType"),
  // ValidateEventUpdate
  "events.v1.Event": rules(
    "regarding",
    "reason",
    "note",
    "type",
    "eventTime",
    "action",
    "related",
    "reportingController",
    "reportingInstance",
    // source, firstTimestamp, lastTimestamp and count of the core version
    "deprecatedSource",
    "deprecatedFirstTimestamp",
    "deprecatedLastTimestamp",
    "deprecatedCount",
  ),
  // ValidateStorageVersionMigrationUpdate
  "storagemigration.v1beta1.StorageVersionMigration": rules("spec"),
  "apiextensions.v1.CustomResourceDefinition": [...definition, storedVersions, caBundle],
};
