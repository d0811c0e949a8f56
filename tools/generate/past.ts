import { join, relative, resolve } from "node:path";
import { exists, readText } from "../config/files.ts";
import { readImports } from "../config/imports.ts";
import type { LocatedProblem } from "../core/resource.ts";

/** Says which packages the models import, beside their modules. */
const lock = "package-lock.json";

/**
 * The problems of generated files that another checkout has, too: there the models are made of the same, and the file holds
 * the same. Nothing of that checkout is run, so where the models are others, nothing is known of it.
 *
 * @param models path of the module that exports them, relative to `root`
 * @param root absolute folder of gitops.yaml; `there` is that of the other checkout
 */
export function driftBefore(
  problems: readonly LocatedProblem[],
  models: string,
  root: string,
  there: string,
): readonly LocatedProblem[] {
  const isSame = (path: string) => textOf(path) === textOf(join(there, relative(root, path)));
  if (problems.length === 0 || ![...readImports(join(root, models)), join(root, lock)].every(isSame)) return [];
  return problems.filter(({ file }) => file !== undefined && isSame(resolve(file)));
}

function textOf(path: string): string | undefined {
  return exists(path) ? readText(path) : undefined;
}
