import { join } from "node:path";
import type { Memo } from "../cache/memo.ts";
import { UserError } from "../core/errors.ts";
import { handled } from "../core/handled.ts";
import type { TreeState } from "../git/tree-state.ts";
import { repositoryOfFolder } from "../load/paths.ts";
import { realPath, tryKindOf } from "../system/disk.ts";

/**
 * Asks Git what it sees where nothing is known yet, beside the work of a first run, so that what that comes to can be sealed. Later
 * runs of the working tree alone start no process for it.
 *
 * @returns waits for the answer: undefined where there is none
 */
export async function askAtFirst(memo: Memo, cwd: string): Promise<() => Promise<TreeState | undefined>> {
  const top = repositoryOfFolder(cwd, cwd);
  const isFirst = memo.remembers && memo.size === 0 && tryKindOf(join(top, ".git")) !== undefined;
  if (!isFirst) return async () => undefined;
  const { treeState } = await import("../git/tree-state.ts");
  const answer = treeState(realPath(top) ?? top, () => undefined).catch((error: unknown) => {
    // Nobody has asked for anything of Git.
    if (error instanceof UserError) return undefined;
    throw error;
  });
  handled(answer);
  return () => answer;
}
