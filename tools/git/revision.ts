import { resolve } from "node:path";
import { UserError } from "../core/errors.ts";
import { isThere, realPath } from "../system/disk.ts";
import { lineOf, tryGit } from "./git.ts";

/** A commit in a repository. */
export interface Revision {
  /** As the user named it: `main`. */
  readonly ref: string;
  /** The full name of the commit. */
  readonly commit: string;
  /** The top folder of the repository, by its real path. */
  readonly root: string;
}

/**
 * Resolves a name to a commit, in the repository that contains a folder.
 *
 * @throws UserError if there is no repository, or no such commit; the message says how to get it.
 */
export async function findRevision(ref: string, cwd: string): Promise<Revision> {
  const [root, commit] = await Promise.all([
    topOf(cwd, ref),
    lineOf(["rev-parse", "--verify", "--quiet", "--end-of-options", `${ref}^{commit}`], { cwd }),
  ]);
  if (commit !== undefined && commit !== "") return { ref, commit, root };
  throw new UserError(`there is no commit ${JSON.stringify(ref)} in this repository${await hint(ref, cwd)}`);
}

async function topOf(cwd: string, ref: string): Promise<string> {
  const { code, stdout, stderr } = await tryGit(["rev-parse", "--show-toplevel"], { cwd });
  const top = stdout.toString().replace(/\n$/, "");
  if (code === 0 && top !== "") return realPath(top) ?? top;
  if (/dubious ownership/.test(stderr))
    throw new UserError(
      `Git does not trust ${cwd}, which belongs to another user: run git config --global --add safe.directory '${cwd}'`,
    );
  if (/safe\.bareRepository/.test(stderr))
    throw new UserError(
      `Git treats ${cwd}, or a folder above it, as a bare repository, which could hide the repository around it: remove HEAD, objects and refs from it, or run this elsewhere`,
    );
  throw new UserError(
    `${cwd} is not in a Git working tree, so there is no ${JSON.stringify(ref)} to compare with: run this in a clone of the repository`,
  );
}

/** How to get a missing commit. */
async function hint(ref: string, cwd: string): Promise<string> {
  const isCommit = async (name: string) =>
    (await lineOf(["rev-parse", "--verify", "--quiet", "--end-of-options", `${name}^{commit}`], { cwd })) !== undefined;
  const remote = `origin/${ref}`;
  if (!ref.includes("..") && (await isCommit(remote))) return `; did you mean ${remote}?`;
  if (isThere(resolve(cwd, ref))) return ": it is a path; gitops diff takes the targets to compare with --target";
  if (!(await isCommit("HEAD"))) return ": it has no commits yet";
  const shallow = (await lineOf(["rev-parse", "--is-shallow-repository"], { cwd })) === "true";
  if (shallow)
    return ": the clone is shallow. Fetch the rest with git fetch --unshallow (fetch-depth: 0 in actions/checkout, GIT_DEPTH: 0 in GitLab)";
  return `: correct the name, or fetch it with git fetch origin ${/^[\w./-]+$/.test(ref) ? ref : "BRANCH"}`;
}
