import { relative } from "node:path";
import { UserError } from "../core/errors.ts";
import { realPath, withTemporaryFolder } from "../system/disk.ts";
import { provided } from "../system/observe.ts";
import type { Changes } from "./changes.ts";
import { LazyTree } from "./lazy-tree.ts";
import type { Revision } from "./revision.ts";
import { checkOut } from "./tree.ts";

/**
 * The files of a revision in a temporary folder that is gone afterwards. The working tree, the index and the repository
 * are only read.
 *
 * @param use gets the folder that stands for the top of the repository, and the one that stands for `cwd` in it
 */
export function withRevision<T>(
  revision: Revision,
  cwd: string,
  use: (root: string, cwd: string) => Promise<T>,
): Promise<T> {
  return withTemporaryFolder(async (folder) => {
    await checkOut(revision, folder);
    return named(revision, folder, () => use(folder, counterpart(cwd, revision, folder)));
  });
}

/**
 * As {@link withRevision}, but a file is in the folder only once it is looked at: what differs from the working tree comes
 * from Git, and what does not is copied from there. Only what is looked at through `system/disk.ts` is sure to be there.
 */
export function withLazyRevision<T>(
  changes: Changes,
  cwd: string,
  use: (root: string, cwd: string) => Promise<T>,
): Promise<T> {
  const { revision } = changes;
  return withTemporaryFolder(async (folder) => {
    const tree = new LazyTree(changes, folder);
    await tree.writeChanged();
    return named(revision, folder, () => provided(folder, tree, () => use(folder, counterpart(cwd, revision, folder))));
  });
}

/** What is wrong with a file of a revision is said by its path in the repository: the folder is gone when somebody reads it. */
async function named<T>({ ref }: Revision, folder: string, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const names = [folder, relative(process.cwd(), folder)];
    const message = names.reduce((text, name) => text.replaceAll(`${name}/`, "").replaceAll(name, "."), error.message);
    throw message === error.message ? error : new UserError(`at ${ref}: ${message}`, { cause: error });
  }
}

/** The folder that stands for another one. */
function counterpart(cwd: string, { root }: Revision, folder: string): string {
  const way = relative(root, realPath(cwd) ?? cwd);
  return way === "" ? folder : `${folder}/${way}`;
}
