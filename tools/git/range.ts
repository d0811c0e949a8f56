import { UserError } from "../core/errors.ts";
import { lineOf } from "./git.ts";
import { findRevision, type Revision } from "./revision.ts";

/** Two revisions to compare; without a second one, the working tree. */
export interface Range {
  readonly base: Revision;
  readonly head: Revision | undefined;
}

/**
 * Reads the words of a command line as `git diff` does: `BASE`, `BASE HEAD`, `BASE..HEAD`, and `BASE...HEAD` for what
 * happened on HEAD since it left BASE; HEAD may be missing there, which stands for the working tree.
 * https://git-scm.com/docs/git-diff
 *
 * @throws UserError when a revision is not there, or two have nothing in common.
 */
export async function findRange(words: readonly string[], cwd: string): Promise<Range> {
  const [first = "", second] = words;
  const [, left = "", dots, right = ""] = /^(.+?)(\.{2,3})(?!\.)(.*)$/.exec(first) ?? [];
  if (dots === undefined) return { base: await findRevision(first, cwd), head: await optional(second, cwd) };
  if (second !== undefined) throw new UserError(`${first} names two revisions already: leave out ${second}`);
  const [base, head] = [await findRevision(left, cwd), await optional(right, cwd)];
  return { base: dots === "..." ? await forkOf(base, head, cwd) : base, head };
}

async function optional(ref: string | undefined, cwd: string): Promise<Revision | undefined> {
  return ref ? findRevision(ref, cwd) : undefined;
}

/** The commit at which the two parted. */
async function forkOf(base: Revision, head: Revision | undefined, cwd: string): Promise<Revision> {
  const commit = await lineOf(["merge-base", base.commit, head?.commit ?? "HEAD"], { cwd });
  if (commit) return { ...base, commit };
  throw new UserError(
    `${base.ref} and ${head?.ref ?? "HEAD"} have no commit in common: fetch the whole history with git fetch --unshallow`,
  );
}
