import { join } from "node:path";
import type { Memo } from "../cache/memo.ts";
import { UserError } from "../core/errors.ts";
import { handled } from "../core/handled.ts";
import type { TreeState } from "../git/tree-state.ts";
import { repositoryOfFolder } from "../load/paths.ts";
import { realPath, tryKindOf } from "../system/disk.ts";

/**
 * Asks Git what it sees where nothing is known yet, beside the work of a first run, so that what that comes to can be sealed; and
 * where the same files have other metadata than they had: in a new checkout Git knows at once which they are. Other runs of the
 * working tree start no process for it.
 *
 * @returns waits for what is to be sealed: undefined where there is nothing
 */
export async function askOfCheckout(memo: Memo, cwd: string): Promise<() => Promise<TreeState | undefined>> {
  const nothing = async () => undefined;
  const [isFirst, isOther] = [memo.size === 0, memo.snapshot.read.size > 0];
  const top = repositoryOfFolder(cwd, cwd);
  if (!memo.remembers || !(isFirst || isOther) || tryKindOf(join(top, ".git")) === undefined) return nothing;
  const answer = handled(stateOf(realPath(top) ?? top, memo));
  if (isFirst) return () => answer;
  const tree = await answer;
  if (tree !== undefined) memo.trust(tree);
  return nothing;
}

/** Compared with what is checked out, where that is a commit. Nobody has asked for anything of Git: it may have no answer. */
async function stateOf(root: string, memo: Memo): Promise<TreeState | undefined> {
  const [{ Comparisons }, { lineOf }, { treeState }] = await Promise.all([
    import("../git/comparisons.ts"),
    import("../git/git.ts"),
    import("../git/tree-state.ts"),
  ]);
  const known = () => memo.seal?.tree;
  try {
    const head = await lineOf(["rev-parse", "--verify", "--quiet", "HEAD^{commit}"], { cwd: root });
    return await (head ? new Comparisons(root).state(head, known) : treeState(root, known));
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}
