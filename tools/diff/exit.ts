import type { Effect } from "./effect.ts";
import type { DiffReport } from "./report.ts";

/** When to fail. */
export interface Demands {
  /** Whether to fail on any change. */
  readonly exitCode: boolean;
  /** The effects to fail on. */
  readonly failOn: readonly Effect[];
}

/** The exit status: 1 if HEAD does not render or the report contains what the caller demands to fail on, otherwise 0. */
export function diffExit({ targets, changes, summary }: DiffReport, { exitCode, failOn }: Demands): 0 | 1 {
  const isBroken = targets.some(({ problems = [] }) => problems.some(({ side }) => side === "head"));
  const isDangerous = failOn.some((effect) => summary.effects[effect] > 0);
  const isChanged = changes.length > 0 || targets.some(({ status }) => status !== "unchanged");
  return isBroken || isDangerous || (exitCode && isChanged) ? 1 : 0;
}
