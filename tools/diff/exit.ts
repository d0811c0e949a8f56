import type { Effect } from "./effect.ts";
import type { DiffReport } from "./report.ts";

export interface Demands {
  /** Whether any change is a reason to fail. */
  readonly exitCode: boolean;
  /** The effects that are. */
  readonly failOn: readonly Effect[];
}

/** 0, or 1: what HEAD holds does not render, or something is there that was not to be. */
export function diffExit({ targets, changes, summary }: DiffReport, { exitCode, failOn }: Demands): 0 | 1 {
  const isBroken = targets.some(({ problems = [] }) => problems.some(({ side }) => side === "head"));
  const isDangerous = failOn.some((effect) => summary.effects[effect] > 0);
  const isChanged = changes.length > 0 || targets.some(({ status }) => status !== "unchanged");
  return isBroken || isDangerous || (exitCode && isChanged) ? 1 : 0;
}
