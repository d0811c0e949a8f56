import type { Problem } from "../../core/finding.ts";
import type { LocatedProblem } from "../../core/resource.ts";
import type { Waiver } from "../../policy/waivers.ts";

/** The waivers of a run, and their places in the file. Plain data, so that it can be cached. */
export interface WaiverFile {
  readonly waivers: readonly Waiver[];
  /** Its path in reports. */
  readonly file?: string;
  /** In the order of the waivers. */
  readonly places?: readonly Place[];
}

interface Place {
  readonly line: number;
  readonly column: number;
}

/** The waivers of a run without a waiver file. */
export const noWaivers: WaiverFile = { waivers: [] };

/** Adds the place to edit to a problem of a waiver, whose pointer starts with the waiver's index. */
export function locateWaiver({ file, places = [] }: WaiverFile, problem: Problem): LocatedProblem {
  const place = places[Number(problem.pointer.split("/")[1])];
  return { ...problem, ...(file !== undefined && { file }), ...place };
}
