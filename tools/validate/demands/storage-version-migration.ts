import type { TypeDemands } from "../../vocabulary/demand.ts";
import { dns1035Label, dns1123Subdomain } from "../../vocabulary/names.ts";
import { required } from "../../vocabulary/presence.ts";

const spec = { resource: { group: dns1123Subdomain, resource: [required, dns1035Label] } };

/** https://kubernetes.io/docs/tasks/manage-kubernetes-objects/storage-version-migration/ */
export const storageVersionMigration: TypeDemands = {
  "storagemigration.v1.StorageVersionMigrationSpec": spec,
  "storagemigration.v1beta1.StorageVersionMigrationSpec": spec,
};
