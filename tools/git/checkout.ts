import { relative } from "node:path";
import { UserError } from "../core/errors.ts";
import { realPath, withTemporaryFolder } from "../system/disk.ts";
import { provided } from "../system/observe.ts";
import type { Changes } from "./changes.ts";
import { LazyTree } from "./lazy-tree.ts";
import type { Revision } from "./revision.ts";
import { checkOut } from "./tree.ts";

/**
 * Checks out the files of a revision into a temporary folder, which is removed afterwards. The working tree, the index
 * and the repository are only read.
 *
 * @param use receives the folder that replaces the top of the repository, and the folder in it that replaces `cwd`
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
 * Like {@link withRevision}, but unchanged files are copied from the working tree, and only when they are first
 * accessed; changed files come from Git. Only accesses through `system/disk.ts` are sure to find a file. With submodules,
 * everything comes from Git.
 */
export function withLazyRevision<T>(
  changes: Changes,
  cwd: string,
  use: (root: string, cwd: string) => Promise<T>,
): Promise<T> {
  const { revision } = changes;
  if (changes.listing.hasSubmodules) return withRevision(revision, cwd, use);
  return withTemporaryFolder(async (folder) => {
    const tree = new LazyTree(changes, folder);
    await tree.writeChanged();
    return named(revision, folder, () => provided(folder, tree, () => use(folder, counterpart(cwd, revision, folder))));
  });
}

/** Makes errors name files by their paths in the repository: the temporary folder is gone when the user reads them. */
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

/** The folder in a checkout that corresponds to `cwd`. */
function counterpart(cwd: string, { root }: Revision, folder: string): string {
  const way = relative(root, realPath(cwd) ?? cwd);
  return way === "" ? folder : `${folder}/${way}`;
}
