import { join } from "node:path";
import type { Memo } from "../cache/memo.ts";
import { UserError } from "../core/errors.ts";
import { handled } from "../core/handled.ts";
import type { TreeState } from "../git/tree-state.ts";
import { repositoryOfFolder } from "../load/paths.ts";
import { realPath, tryKindOf } from "../system/disk.ts";

/**
 * Asks Git for the state of the working tree in two cases: in a first run, in parallel with the check, so that its results can be
 * sealed; and if files have different metadata than before, because in a new checkout Git knows at once which files are the same.
 * Other runs start no Git process.
 *
 * @returns a function that waits for the state to seal; undefined if there is none
 */
export async function askForTreeState(memo: Memo, cwd: string): Promise<() => Promise<TreeState | undefined>> {
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

/** The state relative to the checked-out commit, if any. It is optional, so errors of Git are ignored. */
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
