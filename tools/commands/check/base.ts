import type { Memo } from "../../cache/memo.ts";
import type { LoadedConfig } from "../../config/config.ts";
import { UserError } from "../../core/errors.ts";
import { handled } from "../../core/handled.ts";
import type { BaseRequest } from "../../gate/input.ts";
import type { Revision } from "../../git/revision.ts";
import { isInside } from "../../load/paths.ts";
import { findKustomize } from "../../render/kustomize.ts";
import { realPath } from "../../system/disk.ts";
import type { Args, Io } from "../command.ts";
import { wholeNumber } from "../numbers.ts";
import { baseKustomize, namedTargets } from "../targets.ts";

/** Flags that mean nothing without --base. */
const ofBase = ["base-kustomize", "max-deletions"];

/**
 * What --base asks for; undefined without it. Git is started only here.
 *
 * @throws UserError for an unknown revision, or a flag that needs --base
 */
export async function baseOf(args: Args, io: Io, config: LoadedConfig, memo: Memo): Promise<BaseRequest | undefined> {
  const { home, root, loadRestrictor } = config;
  const ref = args.string("base");
  const lonely = args.boolean("new-only") ? "new-only" : ofBase.find((flag) => args.string(flag) !== undefined);
  if (ref === undefined && lonely !== undefined) throw new UserError(`--${lonely} needs --base REF to compare with`);
  if (ref === undefined) return undefined;
  const { findRevision } = await import("../../git/revision.ts");
  const revision = await findRevision(ref, process.cwd());
  return {
    revision,
    ...(await changesSince(revision, memo)),
    words: namedTargets(args, config),
    kustomize: await baseKustomize(args, io, config),
    findKustomize: () => findKustomize({ flag: args.string("kustomize"), env: io.env, loadRestrictor }),
    maxDeletions: wholeNumber(args, "max-deletions"),
    isWaivedAlike: args.string("waivers") !== undefined || home !== root,
  };
}

/**
 * Asks Git what has changed since a revision. The answer is not waited for, only what it says of the working tree.
 * Undefined stands for everything: without a cache, and outside of the repository.
 */
async function changesSince(revision: Revision, memo: Memo): Promise<Pick<BaseRequest, "changes">> {
  const cwd = process.cwd();
  const { Comparisons } = await import("../../git/comparisons.ts");
  if (!memo.remembers || !isInside(revision.root, realPath(cwd) ?? cwd)) return { changes: Promise.resolve(undefined) };
  const comparisons = new Comparisons(revision.root);
  const state = handled(comparisons.state(revision.commit, () => memo.seal?.tree));
  const changes = handled(comparisons.since(revision, state));
  memo.seal?.lookBeyond();
  // Git is busy meanwhile.
  const [tree] = await Promise.all([state, import("../../gate/base/check.ts")]);
  memo.trust(tree);
  return { changes };
}
