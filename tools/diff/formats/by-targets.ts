import { groupBy } from "../../core/group.ts";
import { rankOf } from "../effect.ts";
import type { Change, DiffReport, TargetChange } from "../report.ts";
import { type Failure, failuresOf } from "./words.ts";

/**
 * A change of a base appears in each of its overlays but is reported once. The namespace is left out of object ids if it
 * differs between the targets.
 */
export type SharedChange = Change;

/** Changes that several targets share, or the reason why none of them renders. */
export interface TargetsChange {
  readonly targets: readonly TargetChange[];
  readonly failures: readonly Failure[];
  /** Most dangerous first. */
  readonly changes: readonly SharedChange[];
}

/** All changes of a report, grouped by the targets that share them; most dangerous first. */
export function changesByTargets({ targets, changes }: DiffReport): TargetsChange[] {
  const byPath = new Map(targets.map((target) => [target.path, target]));
  const same = [...groupBy(changes, keyOf).values()].map((list) => ({ paths: list.map(({ target }) => target), list }));
  const groups = [...groupBy(same, ({ paths }) => JSON.stringify(paths)).values()].map((group) => ({
    ...ofTargets((group[0]?.paths ?? []).flatMap((path) => byPath.get(path) ?? [])),
    changes: group.map(({ list }) => sharedOf(list)).sort((a, b) => gravity(a) - gravity(b)),
  }));
  const mentioned = new Set(changes.map(({ target }) => target));
  const others = targets.filter(({ path, status }) => status !== "unchanged" && !mentioned.has(path));
  const alike = [...groupBy(others, ({ path, problems }) => JSON.stringify(problems ?? path)).values()].map(ofTargets);
  const all = [...groups, ...alike.filter((one) => !isAsBefore(one))];
  return [...all.sort((a, b) => gravityOf(a) - gravityOf(b)), ...fewOf(alike.filter(isAsBefore))];
}

/** The targets, with every reason why one of them does not render. */
function ofTargets(targets: readonly TargetChange[]): TargetsChange {
  const failures = targets.flatMap(failuresOf);
  const distinct = new Map(failures.map((failure) => [JSON.stringify(failure), failure]));
  return { targets, failures: [...distinct.values()], changes: [] };
}

/** Whether the targets did not render before either, for the same reason: this comes last, as it is no change. */
function isAsBefore({ failures }: TargetsChange): boolean {
  return failures.length > 0 && failures.every(({ sides }) => sides.length > 1);
}

const few = 3;

/** The first reasons, and the names of the other targets: the reasons are no part of the change. */
function fewOf(groups: readonly TargetsChange[]): TargetsChange[] {
  if (groups.length <= few) return [...groups];
  const rest = groups.slice(few).flatMap(({ targets }) => targets);
  const elsewhere: Failure = { sides: ["base", "head"], message: "gitops check says why" };
  return [...groups.slice(0, few), { targets: rest, failures: [elsewhere], changes: [] }];
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

/** A target that does not render any more comes first. */
function gravityOf({ targets, changes }: TargetsChange): number {
  if (targets.some(({ status }) => status === "error")) return -1;
  return changes[0] === undefined ? rankOf("none") : gravity(changes[0]);
}
