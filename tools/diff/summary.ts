import { now } from "../system/clock.ts";
import { effects } from "./effect.ts";
import type { Change, DiffSummary, TargetChange } from "./report.ts";

/** Counts the changes by action and effect. @param start from `now()` */
export function summaryOf(targets: readonly TargetChange[], changes: readonly Change[], start: number): DiffSummary {
  const ofStatus = (status: TargetChange["status"]) => targets.filter((target) => target.status === status).length;
  const ofAction = (action: Change["action"]) => changes.filter((change) => change.action === action).length;
  const statuses = ["added", "removed", "renamed", "changed", "unchanged", "error"] as const;
  return {
    targets: Object.fromEntries(statuses.map((status) => [status, ofStatus(status)])) as DiffSummary["targets"],
    added: ofAction("added"),
    removed: ofAction("removed"),
    changed: ofAction("changed"),
    effects: Object.fromEntries(
      effects.map((effect) => [effect, changes.filter((change) => change.effects.includes(effect)).length]),
    ) as DiffSummary["effects"],
    durationMs: Math.round(now() - start),
  };
}
