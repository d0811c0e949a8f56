import { groupBy } from "../../core/group.ts";
import { rankOf } from "../effect.ts";
import type { Change, DiffReport, TargetChange } from "../report.ts";

/**
 * A change of a base shows in every overlay of it: it is told once. Objects are named as all of the targets have them,
 * without a namespace where that differs.
 */
export type Told = Change;

/** What is told of some targets alike. */
export interface ToldTargets {
  readonly targets: readonly TargetChange[];
  /** The most dangerous first. */
  readonly told: readonly Told[];
}

/** All that a report says, by the targets that it is said of; the most dangerous first. */
export function toldByTargets({ targets, changes }: DiffReport): ToldTargets[] {
  const byPath = new Map(targets.map((target) => [target.path, target]));
  const same = [...groupBy(changes, keyOf).values()].map((list) => ({ paths: list.map(({ target }) => target), list }));
  const groups = [...groupBy(same, ({ paths }) => JSON.stringify(paths)).values()].map((group) => ({
    targets: (group[0]?.paths ?? []).flatMap((path) => byPath.get(path) ?? []),
    told: group.map(({ list }) => toldOf(list)).sort((a, b) => gravity(a) - gravity(b)),
  }));
  const mentioned = new Set(changes.map(({ target }) => target));
  const silent = targets.filter(({ path, status }) => status !== "unchanged" && !mentioned.has(path));
  const all = [...groups, ...silent.map((target) => ({ targets: [target], told: [] }))];
  return all.sort((a, b) => gravityOf(a) - gravityOf(b));
}

/** All but the target and the namespace. */
function keyOf(change: Change): string {
  const { target: _, namespace: __, ...rest } = anywhere(change);
  return JSON.stringify(rest);
}

/** The change as it is in any namespace. */
function anywhere(change: Change): Change {
  const { namespace, resource, renamedFrom, rollouts } = change;
  if (!namespace) return change;
  const open = (id: string) => id.replace(`/${namespace}/`, "/");
  return {
    ...change,
    resource: open(resource),
    ...(renamedFrom !== undefined && { renamedFrom: open(renamedFrom) }),
    ...(rollouts !== undefined && { rollouts: rollouts.map(open) }),
  };
}

function toldOf(list: readonly Change[]): Told {
  const [change] = list as [Change];
  return list.every(({ resource }) => resource === change.resource) ? change : anywhere(change);
}

function gravity({ effects }: Told): number {
  return rankOf(effects[0] ?? "none");
}

/** A target that does not render comes before all that does. */
function gravityOf({ targets, told }: ToldTargets): number {
  if (targets.some(({ status }) => status === "error")) return -1;
  return told[0] === undefined ? rankOf("none") : gravity(told[0]);
}
