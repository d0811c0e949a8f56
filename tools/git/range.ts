import { UserError } from "../core/errors.ts";
import { lineOf } from "./git.ts";
import { findRevision, type Revision } from "./revision.ts";

/** Two revisions to compare; without a second one, the working tree. */
export interface Range {
  readonly base: Revision;
  readonly head: Revision | undefined;
}

/**
 * Interprets command line arguments like `git diff`: `BASE`, `BASE HEAD`, `BASE..HEAD`, and `BASE...HEAD` for the
 * changes on HEAD since it branched off BASE. HEAD may be omitted and defaults to the working tree.
 * https://git-scm.com/docs/git-diff
 *
 * @throws UserError if a revision does not exist, or two revisions have no common ancestor.
 */
export async function findRange(words: readonly string[], cwd: string): Promise<Range> {
  const [first = "", second] = words;
  const [, left = "", dots, right = ""] = /^(.+?)(\.{2,3})(?!\.)(.*)$/.exec(first) ?? [];
  if (dots === undefined) return { base: await findRevision(first, cwd), head: await optional(second, cwd) };
  if (second !== undefined) throw new UserError(`${first} already names two revisions: remove ${second}`);
  const [base, head] = [await findRevision(left, cwd), await optional(right, cwd)];
  return { base: dots === "..." ? await forkOf(base, head, cwd) : base, head };
}

async function optional(ref: string | undefined, cwd: string): Promise<Revision | undefined> {
  return ref ? findRevision(ref, cwd) : undefined;
}

/** The last common ancestor of two revisions. */
async function forkOf(base: Revision, head: Revision | undefined, cwd: string): Promise<Revision> {
  const commit = await lineOf(["merge-base", base.commit, head?.commit ?? "HEAD"], { cwd });
  if (commit) return { ...base, commit };
  throw new UserError(
    `${base.ref} and ${head?.ref ?? "HEAD"} have no commit in common: fetch the whole history with git fetch --unshallow`,
  );
}
