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
  `Give the ${kind} a new name and let its users refer to that: a configMapGenerator or secretGenerator of kustomize does both, by a suffix. Or delete it and let it be created anew.`;

/** `ValidateConfigMapUpdate`, `ValidateSecretUpdate`: what was made immutable stays so. */
const sealed = (...fields: string[]): UpdateDemand =>
  whenOld(
    isImmutable,
    ...["immutable", ...fields].map((field) =>
      immutable(field, { wayOut: generated, rule: "the object is immutable (it has immutable: true)" }),
    ),
  );

/** To `reflect.DeepEqual`, an empty map is not the same as none, which is what a stored one without bytes in it comes back as. */
const noEmptyBytes = (field: string): UpdateDemand =>
  whenOld(isImmutable, (old, next, at) => {
    const given = at.manifests?.after[field];
    if (!isObject(given) || Object.keys(given).length > 0 || (old[field] ?? next[field]) !== undefined) return;
    at.under(field, () => at.invalid("is empty, which an immutable object cannot be told", "Remove the empty field."));
  });

const setOf = (quota: JsonObject, field: string): Json[] => [...new Set(listAt(objectAt(quota, "spec"), field))].sort();

/** `ValidateResourceQuotaUpdate`: their order is none. */
const scopes = immutable("spec.scopes", {
  unless: (old, next) => isSame(setOf(old, "scopes"), setOf(next, "scopes")),
});

const roleRef = immutable("roleRef", {
  wayOut: ({ kind }) =>
    `Give the ${kind} a new name, or delete it and let it be created anew: until then its subjects have no rights from it.`,
});

/** `ValidateServiceCIDRUpdate`: from 1.33 on, a second one may come, of the other family. */
const cidrs: UpdateDemand = (old, next, at: Place) => {
  const [was, is] = [old, next].map((one) => listAt(objectAt(one, "spec"), "cidrs"));
  if (was === undefined || is === undefined) return;
  const changed = was.findIndex((cidr, index) => is[index] !== cidr);
  if (changed >= 0) refuse(["spec", "cidrs", changed], old, "spec.cidrs", {}, at);
  else if (is.length > 2) refuse(["spec", "cidrs"], old, "spec.cidrs", {}, at);
};

/** `ValidateNodeUpdate` */
const node = ["spec.podCIDRs", "spec.providerID"].map((field) => immutableOnceSet(field));

/** `ValidateCSINodeUpdate`: of a driver that stays, only how much it can hold may change. */
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

/** Once its names are taken, that is moments after it was created (`validateCustomResourceDefinitionSpecUpdate`). */
const definition = ["group", "scope", "names.kind", "names.plural"].map((field) =>
  immutable(`spec.${field}`, {
    wayOut: () =>
      "Take the change back. To delete the CustomResourceDefinition and create it anew deletes every object of its kind.",
  }),
);

/** Objects may be stored in a version that was the storage version: it has to stay (`status.storedVersions`). */
const storedVersions: UpdateDemand = (old, next, at) => {
  const [was, is] = [old, next].map((one) => listAt(objectAt(one, "spec"), "versions").filter(isObject));
  const names = new Set(is?.map(({ name }) => name));
  const gone = was?.findIndex(({ name, storage }) => storage === true && !names.has(name)) ?? -1;
  if (gone < 0) return;
  const rule = `${at.show(was?.[gone]?.name)} was the storage version, in which objects may still be stored`;
  const wayOut = () =>
    "Keep the version, with storage: false and served: false; once every object was stored anew and status.storedVersions does not name it, remove it.";
  refuse(["spec", "versions"], old, "spec.versions", { rule, wayOut }, at);
};

/** Whether it can be read is looked at only on an update (`allowInvalidCABundle`). */
const caBundle: UpdateDemand = (old, next, at) => {
  const path = ["spec", "conversion", "webhook", "clientConfig", "caBundle"];
  const [was, is] = [valueAt(old, path), valueAt(next, path)];
  if (isCertificates(is) || (was !== undefined && !isCertificates(was))) return;
  at.beneath(path, () =>
    at.invalid("holds no certificate in PEM", "Write the certificate of the webhook's authority, in base64."),
  );
};

const isCertificates = (bundle: Json | undefined) =>
  bundle === undefined || /-----BEGIN CERTIFICATE-----/.test(Buffer.from(textOf(bundle), "base64").toString());

const rules = (...fields: string[]) => fields.map((field) => immutable(field));

/** Kinds with one or two immutable fields, by the function of Kubernetes that says so. */
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
  // certificateSigningRequestStrategy.PrepareForUpdate takes the stored spec without a word.
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
