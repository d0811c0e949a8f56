import { groupBy } from "../../core/group.ts";
import { rankOf } from "../effect.ts";
import type { Change, DiffReport, TargetChange } from "../report.ts";

/**
 * A change of a base appears in each of its overlays but is reported once. The namespace is left out of object ids if it
 * differs between the targets.
 */
export type SharedChange = Change;

/** Changes that several targets share. */
export interface TargetsChange {
  readonly targets: readonly TargetChange[];
  /** Most dangerous first. */
  readonly changes: readonly SharedChange[];
}

/** All changes of a report, grouped by the targets that share them; most dangerous first. */
export function changesByTargets({ targets, changes }: DiffReport): TargetsChange[] {
  const byPath = new Map(targets.map((target) => [target.path, target]));
  const same = [...groupBy(changes, keyOf).values()].map((list) => ({ paths: list.map(({ target }) => target), list }));
  const groups = [...groupBy(same, ({ paths }) => JSON.stringify(paths)).values()].map((group) => ({
    targets: (group[0]?.paths ?? []).flatMap((path) => byPath.get(path) ?? []),
    changes: group.map(({ list }) => sharedOf(list)).sort((a, b) => gravity(a) - gravity(b)),
  }));
  const mentioned = new Set(changes.map(({ target }) => target));
  const others = targets.filter(({ path, status }) => status !== "unchanged" && !mentioned.has(path));
  const all = [...groups, ...others.map((target) => ({ targets: [target], changes: [] }))];
  return all.sort((a, b) => gravityOf(a) - gravityOf(b));
}

/** Identifies a change regardless of target and namespace. */
function keyOf(change: Change): string {
  const { target: _, namespace: __, ...rest } = anywhere(change);
  return JSON.stringify(rest);
}

/** The change without its namespace. */
function anywhere(change: Change): Change {
  const { namespace, resource, renamedFrom, rollouts } = change;
  if (!namespace) return change;
  const open = (id: string) => withoutNamespace(id, namespace);
  return {
    ...change,
    resource: open(resource),
    ...(renamedFrom !== undefined && { renamedFrom: open(renamedFrom) }),
    ...(rollouts !== undefined && { rollouts: rollouts.map(open) }),
  };
}

/** `apps/v1/Deployment/web` for `apps/v1/Deployment/shop/web`. */
function withoutNamespace(id: string, namespace: string): string {
  const parts = id.split("/");
  return parts.at(-2) === namespace ? parts.toSpliced(-2, 1).join("/") : id;
}

function sharedOf(list: readonly Change[]): SharedChange {
  const [change] = list as [Change];
  return list.every(({ resource }) => resource === change.resource) ? change : anywhere(change);
}

function gravity({ effects }: SharedChange): number {
  return rankOf(effects[0] ?? "none");
}

/** A target that does not render comes first. */
function gravityOf({ targets, changes }: TargetsChange): number {
  if (targets.some(({ status }) => status === "error")) return -1;
  return changes[0] === undefined ? rankOf("none") : gravity(changes[0]);
}
