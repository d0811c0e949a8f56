import type { FieldRow, RemovalRow } from "./effect.ts";
import { networkRemovals, networkRows } from "./table-network.ts";
import { podRemovals, podRows } from "./table-pods.ts";
import { storageRemovals, storageRows } from "./table-storage.ts";
import { syncRemovals, syncRows } from "./table-sync.ts";

/** What a change of a field does to the cluster. A field without a matching row does not affect running pods. */
export const fieldRows: readonly FieldRow[] = [...podRows, ...networkRows, ...storageRows, ...syncRows];

/** What removing an object does to the cluster. */
export const removalRows: readonly RemovalRow[] = [
  ...storageRemovals,
  ...podRemovals,
  ...networkRemovals,
  ...syncRemovals,
];
