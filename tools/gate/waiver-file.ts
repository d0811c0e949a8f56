import type { Problem } from "../core/finding.ts";
import type { LocatedProblem } from "../core/resource.ts";
import type { Waiver } from "../policy/waivers.ts";

/** The waivers of a run, and where in their file each of them is: data, so that they are read again only where they changed. */
export interface WaiverFile {
  readonly waivers: readonly Waiver[];
  /** As reports name it. */
  readonly file?: string;
  /** In the order of the waivers. */
  readonly places?: readonly Place[];
}

interface Place {
  readonly line: number;
  readonly column: number;
}

export const noWaivers: WaiverFile = { waivers: [] };

/** A problem of one of them, whose pointer begins with its index, where a person edits it. */
export function locateWaiver({ file, places = [] }: WaiverFile, problem: Problem): LocatedProblem {
  const place = places[Number(problem.pointer.split("/")[1])];
  return { ...problem, ...(file !== undefined && { file }), ...place };
}
