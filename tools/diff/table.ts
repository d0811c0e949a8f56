import type { FieldRow, RemovalRow } from "./effect.ts";
import { networkRemovals, networkRows } from "./table-network.ts";
import { podRemovals, podRows } from "./table-pods.ts";
import { storageRemovals, storageRows } from "./table-storage.ts";
import { syncRemovals, syncRows } from "./table-sync.ts";

/** What a change of a field does to the cluster. A field that no row fits changes nothing that runs. */
export const fieldRows: readonly FieldRow[] = [...podRows, ...networkRows, ...storageRows, ...syncRows];

/** What the removal of an object does to the cluster. */
export const removalRows: readonly RemovalRow[] = [
  ...storageRemovals,
  ...podRemovals,
  ...networkRemovals,
  ...syncRemovals,
];
