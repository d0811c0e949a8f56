import { readText } from "../config/files.ts";
import type { Problem } from "../core/finding.ts";
import type { LocatedProblem } from "../core/resource.ts";
import { positionOf } from "../parse/position.ts";
import { parseWaivers, type Waiver } from "../policy/waivers.ts";

/** The waivers of a run, and where in their file a problem of one of them is. */
export interface WaiverFile {
  readonly waivers: readonly Waiver[];
  readonly locate: (problem: Problem) => LocatedProblem;
}

export const noWaivers: WaiverFile = { waivers: [], locate: (problem) => problem };

/** @param file how reports name it. @throws UserError when it cannot be read or is no list of waivers. */
export function readWaivers(path: string, file: string): WaiverFile {
  const text = readText(path);
  return {
    waivers: parseWaivers(text, file),
    locate: (problem) => ({ ...problem, file, ...positionOf(text, 0, problem.pointer) }),
  };
}
