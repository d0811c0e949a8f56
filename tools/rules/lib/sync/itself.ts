import type { RepositoryContext } from "../../../core/repository.ts";
import { groupOf } from "../../../core/resource.ts";
import { applied, namespaceOf } from "./control-planes.ts";
import { reaches } from "./covered.ts";
import type { Sync } from "./sync.ts";

/** The resource of a sync in the cluster. */
interface Itself {
  /** The same as that of {@link applied}. */
  readonly id: string;
  readonly namespace: string;
}

/**
 * The resource of a sync as the syncs that apply it name it: one of these may set its namespace. As written if none of them
 * applies it.
 */
export function itself(sync: Sync, all: readonly Sync[], repository: RepositoryContext): Itself[] {
  const { apiVersion, kind, namespace, name } = sync.resource;
  const fact = { group: groupOf(apiVersion), kind, namespace, name, namespaced: true, file: sync.file, shared: false };
  const above = all.filter((one) => one.cluster === "" && reaches(one, sync.folder, [sync.file], repository));
  const asWritten = { ...sync, namespace: undefined, rename: { prefix: "", suffix: "" }, variables: {} };
  return (above.length > 0 ? above : [asWritten]).map((one) => ({
    id: applied(fact, one).id,
    namespace: namespaceOf(namespace, one),
  }));
}
