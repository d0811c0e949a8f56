import { join, relative, resolve } from "node:path";
import { exists, readText } from "../config/files.ts";
import { readImports } from "../config/imports.ts";
import type { LocatedProblem } from "../core/resource.ts";

/** It determines the packages that the models import. */
const lock = "package-lock.json";

/**
 * The problems of generated files that another checkout has too, because its models and the file are the same. No code of
 * that checkout is run, so if its models differ, nothing is known about it.
 *
 * @param models path of the module that exports the models, relative to `root`
 * @param root absolute folder of gitops.yaml
 * @param there that folder in the other checkout
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
