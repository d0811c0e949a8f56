import { join, relative } from "node:path";
import { exists, readText } from "../config/files.ts";
import { importModule } from "../config/modules.ts";
import { UserError } from "../core/errors.ts";
import type { LocatedProblem } from "../core/resource.ts";
import { type GeneratedFile, generate, type Model } from "./generate.ts";

/**
 * Every file that the models generate.
 *
 * @param module path of the module that exports `models`, relative to `root`
 * @throws UserError if it does not load, or exports no models.
 */
export async function generatedFiles(module: string, root: string): Promise<GeneratedFile[]> {
  const { models } = await importModule(join(root, module), root);
  if (!Array.isArray(models)) throw new UserError(`${module} exports no list named "models"`);
  return generate(models as Model[]);
}

/** The generated files that are missing or differ from the models, with the first line that differs. */
export function drift(files: readonly GeneratedFile[], root: string): LocatedProblem[] {
  return files.flatMap(({ path, content }) => {
    const file = join(root, path);
    const shown = relative(process.cwd(), file);
    const problem = {
      rule: "gitops/generated-drift",
      pointer: "",
      help: "Run gitops generate; make intended changes in the models.",
      file: shown,
    };
    if (!exists(file))
      return [{ ...problem, message: `${shown} is missing; the models generate it`, help: "Run gitops generate." }];
    const line = firstDifference(readText(file), content);
    return line === undefined
      ? []
      : [{ ...problem, line, message: `${shown} differs from what the models generate, from line ${line}` }];
  });
}

/** The 1-based number of the first line that differs; undefined if the texts are equal. */
export function firstDifference(a: string, b: string): number | undefined {
  if (a === b) return undefined;
  const [left, right] = [a.split("\n"), b.split("\n")];
  const index = left.findIndex((line, i) => line !== right[i]);
  return (index < 0 ? left.length : index) + 1;
}
