import { join, relative } from "node:path";
import { readText } from "../config/files.ts";
import { errorAt } from "../config/schema-errors.ts";
import type { UserError } from "../core/errors.ts";
import { nearestPath } from "../load/discover.ts";

/** The error for a target of gitops.yaml that does not exist, at its line. @param path of gitops.yaml, absolute */
export function missingTarget(target: string, index: number, root: string, path: string): UserError {
  const near = nearestPath(join(root, target));
  const hint = near === undefined ? "" : `, did you mean "${relative(root, near)}"?`;
  const error = { pointer: `/targets/${index}`, message: `${target} does not exist${hint}` };
  return errorAt(error, relative(process.cwd(), path) || path, readText(path));
}
