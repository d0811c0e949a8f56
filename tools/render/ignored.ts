import { dirname, join } from "node:path";
import type { LocatedProblem } from "../core/resource.ts";
import { ignoreRules } from "../git/ignored.ts";
import type { Closure } from "../load/closure.ts";
import { ignored } from "../load/messages.ts";
import { isInside, repositoryOfFolder, shown } from "../load/paths.ts";
import { isThere, tryKindOf } from "../system/disk.ts";
import { aspects, note } from "../system/observe.ts";

/**
 * Advises to generate the missing files that Git ignores: they are missing on purpose, and may be secret. Starts Git only if
 * there is a `.gitignore`.
 */
export async function withIgnored(
  problems: readonly LocatedProblem[],
  { absent }: Closure,
  cwd: string,
): Promise<readonly LocatedProblem[]> {
  const paths = [...absent.values()];
  const [first] = paths;
  if (first === undefined) return problems;
  const top = repositoryOfFolder(cwd, dirname(first));
  // All of them are looked at, as the answer depends on each.
  const hasPatterns = paths.map((path) => isBelowPatterns(path, top)).some(Boolean);
  if (!hasPatterns || !isThere(join(top, ".git"))) return problems;
  const rules = await ignoreRules(paths, top);
  return problems.map((problem) => {
    const rule = rules.get(absent.get(problem) ?? "");
    return rule === undefined
      ? problem
      : { ...problem, help: ignored(`${shown(cwd, join(top, rule.file))}:${rule.line}`) };
  });
}

/** Whether a folder from that of a path up to the top has a `.gitignore`. */
function isBelowPatterns(path: string, top: string): boolean {
  let has = false;
  for (let folder = dirname(path); isInside(top, folder); folder = dirname(folder)) {
    const file = join(folder, ".gitignore");
    note(file, aspects.content);
    has ||= tryKindOf(file) === "file";
    if (folder === top) break;
  }
  return has;
}
