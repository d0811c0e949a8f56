import { listed } from "../core/listed.ts";
import { type Resource, resourceId } from "../core/resource.ts";
import type { Compared } from "../diff/moves.ts";
import { pairResources } from "../diff/pairs.ts";
import { isPruned } from "../diff/recreated.ts";
import { matchesTarget } from "../policy/match.ts";
import { amount } from "../report/words.ts";
import type { Issue } from "./judged.ts";
import { targetName } from "./name.ts";
import type { GateInput } from "./run.ts";

/** How many objects a change may delete from a target, by the target's path; undefined: as many as it likes. */
export type DeletionBudget = (target: string) => number | undefined;

/**
 * What the configuration allows: the last override that says something of the target, else what holds for all.
 *
 * @param asked in place of what holds for all
 */
export function budgetOf(
  { config, cwd }: Pick<GateInput, "config" | "cwd">,
  asked: number | undefined,
): DeletionBudget {
  const own = (config.overrides ?? []).filter(({ maxDeletions }) => maxDeletions !== undefined);
  return (target) => {
    const named = { path: targetName(target, config.root, cwd), kind: "manifests" } as const;
    const last = own.filter(({ match }) => matchesTarget({ target: match }, named)).at(-1);
    return last?.maxDeletions ?? asked ?? config.maxDeletions;
  };
}

const shown = 5;

/**
 * A change that deletes more of a target than it may. What a generator named by its content is replaced, not deleted; an
 * object under a new name is another one, and the old one is deleted.
 */
export function deletionsIn({ path, base, head, from }: Compared, budget: DeletionBudget): Issue[] {
  const most = budget(path);
  if (most === undefined || base === undefined || base.failed || head?.failed) return [];
  const deleted = deletedBetween(base.resources, head?.resources ?? []);
  if (deleted.length <= most) return [];
  const names = listed(deleted.map(resourceId), shown);
  const why = head === undefined ? "the target is gone, and with it" : "the change deletes";
  const allowed = most === 0 ? "none" : `at most ${most}`;
  const message = `${why} ${amount(deleted.length, "object")} of ${from ?? path}, ${allowed} may go: ${names}`;
  const file = head?.closure?.kustomizations[0]?.shown;
  return [{ problem: { rule: "gitops/deletion-budget", pointer: "", message, ...(file !== undefined && { file }) } }];
}

/** What Argo CD and Flux, told to prune, delete on the way from one state to the other. */
export function deletedBetween(before: readonly Resource[], after: readonly Resource[]): Resource[] {
  return pairResources(before, after).flatMap(({ before: was, after: is, link }) =>
    was !== undefined && (is === undefined || link === "renamed") && isPruned(was) ? [was] : [],
  );
}
