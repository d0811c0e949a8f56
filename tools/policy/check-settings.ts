import { join as joinPath, relative } from "node:path";
import type { LoadedConfig, RuleSettings } from "../config/config.ts";
import { readText } from "../config/files.ts";
import { errorAt } from "../config/schema-errors.ts";
import { didYouMean, didYouMeanPath } from "../core/nearest.ts";
import { join } from "../core/pointer.ts";
import type { RuleInfo } from "../core/rule.ts";
import { discover } from "../load/discover.ts";
import { kustomizationIn, shown } from "../load/paths.ts";
import { isAbout } from "./levels.ts";

/**
 * Checks that the targets of `overrides` and `scopes` exist: otherwise they would have no effect, and no one would notice. If
 * another revision judges, targets may exist only there: a change may remove or rename a target.
 *
 * @param targets the names of all targets
 * @throws UserError for the first pattern that matches none of them, or the first `against` without a kustomization
 */
export function checkMatches(config: LoadedConfig, targets: readonly string[]): void {
  const { overrides = [], scopes = [], home, root } = config;
  const before = home === root ? [] : targetsAt(config);
  const known = [...targets, ...before];
  for (const { pointer, pattern } of [...patternsIn("overrides", overrides), ...patternsIn("scopes", scopes)])
    if (!known.some((target) => isAbout({ match: pattern }, target)))
      throw inSettings(config, pointer, `target ${pattern} does not exist${didYouMeanPath(pattern, targets)}`);
  for (const [index, { against }] of scopes.entries())
    if (![root, home].some((folder) => kustomizationIn(joinPath(folder, against)) !== undefined))
      throw inSettings(config, `/scopes/${index}/against`, `${against} is not a folder with a kustomization`);
}

/** The names of the targets in the revision that judges. */
function targetsAt({ targets = ["."], home }: LoadedConfig): string[] {
  const paths = targets.map((path) => joinPath(home, path));
  return discover(paths, { cwd: home, root: home }).map(({ path }) => shown(home, joinPath(home, path)));
}

interface Pattern {
  readonly pointer: string;
  readonly pattern: string;
}

function patternsIn(
  setting: string,
  entries: readonly { readonly match: string | readonly string[] }[],
): readonly Pattern[] {
  return entries.flatMap(({ match }, index) => {
    const pointer = `/${setting}/${index}/match`;
    if (typeof match === "string") return [{ pointer, pattern: match }];
    return match.map((pattern, at) => ({ pointer: `${pointer}/${at}`, pattern }));
  });
}

/** Checks the ids of rules in the configuration. @throws UserError if one does not exist. */
export function checkIds(config: LoadedConfig, known: ReadonlyMap<string, RuleInfo>): void {
  const places: [string, RuleSettings | undefined][] = [
    ["/rules", config.rules],
    ...(config.overrides ?? []).map(({ rules }, index): [string, RuleSettings | undefined] => [
      `/overrides/${index}/rules`,
      rules,
    ]),
  ];
  for (const [pointer, settings] of places) {
    const unknown = Object.keys(settings ?? {}).find((id) => !known.has(id));
    if (unknown !== undefined)
      throw inSettings(
        config,
        join(pointer, unknown),
        `rule ${unknown} does not exist${didYouMean(unknown, known.keys())}`,
      );
  }
}

/** An error in gitops.yaml, with its line. */
function inSettings({ path = "gitops.yaml" }: LoadedConfig, pointer: string, message: string): Error {
  return errorAt({ pointer, message }, relative(process.cwd(), path) || path, readText(path));
}
