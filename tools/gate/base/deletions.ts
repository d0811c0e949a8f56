import { amount } from "../../core/amount.ts";
import { listed } from "../../core/listed.ts";
import { type Resource, renders, resourceId } from "../../core/resource.ts";
import type { Compared } from "../../diff/moves.ts";
import { pairResources } from "../../diff/pairs.ts";
import { isPruned } from "../../diff/recreated.ts";
import { mayHaveMoved } from "../../diff/removed.ts";
import { matchesTarget } from "../../policy/match.ts";
import type { GateInput } from "../input.ts";
import type { Issue } from "../target/checked.ts";
import { targetName } from "../target/name.ts";

/** How many objects a change may delete from a target, by the target's path; undefined for no limit. */
type DeletionBudget = (target: string) => number | undefined;

/**
 * The configured limit: that of the last override that matches the target, otherwise the general one.
 *
 * @param asked replaces the general limit
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

/** Maximum number of deleted objects to name. */
const shown = 5;

/**
 * Reports a change that deletes more objects from a target than allowed. A generated object whose name depends on its
 * content is replaced, not deleted. Renaming any other object deletes the old one.
 */
export function deletionsIn({ path, base, head, from }: Compared, budget: DeletionBudget): Issue[] {
  const most = budget(path);
  if (most === undefined || base === undefined || !renders(base) || (head && !renders(head))) return [];
  if (mayHaveMoved(base, head)) return [];
  const deleted = deletedBetween(base.resources, head?.resources ?? []);
  if (deleted.length <= most) return [];
  const names = listed(deleted.map(resourceId), shown);
  const what = head === undefined ? "removing the target deletes" : "the change deletes";
  const allowed = most === 0 ? "none" : `at most ${most}`;
  const message = `${what} ${amount(deleted.length, "object")} from ${from ?? path}, but ${allowed} may be deleted: ${names}`;
  const file = head?.closure?.kustomizations[0]?.shown;
  return [{ problem: { rule: "gitops/deletion-budget", pointer: "", message, ...(file !== undefined && { file }) } }];
}

/** The objects that Argo CD and Flux, with pruning enabled, delete between two states. */
function deletedBetween(before: readonly Resource[], after: readonly Resource[]): Resource[] {
  return pairResources(before, after).flatMap(({ before: was, after: is, link }) =>
    was !== undefined && (is === undefined || link === "renamed") && isPruned(was) ? [was] : [],
  );
}
