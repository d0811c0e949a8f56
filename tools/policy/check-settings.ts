import { join as joinPath, relative } from "node:path";
import type { LoadedConfig, RuleSettings } from "../config/config.ts";
import { readText } from "../config/files.ts";
import { errorAt } from "../config/schema-errors.ts";
import { didYouMean } from "../core/nearest.ts";
import { join } from "../core/pointer.ts";
import type { RuleInfo } from "../core/rule.ts";
import { discover } from "../load/discover.ts";
import { kustomizationIn, shown } from "../load/paths.ts";
import { isAbout } from "./levels.ts";

/**
 * What `overrides` and `scopes` are about has to exist: otherwise they would change nothing, and no one would notice. Where
 * another revision judges, it may exist there alone: a change may remove or rename a target.
 *
 * @param targets the names of all targets
 * @throws UserError for the first pattern that matches none of them, and the first `against` without a kustomization
 */
export function checkMatches(config: LoadedConfig, targets: readonly string[]): void {
  const { overrides = [], scopes = [], home, root } = config;
  const before = home === root ? [] : targetsAt(config);
  const known = [...targets, ...before];
  for (const { pointer, pattern } of [...patternsIn("overrides", overrides), ...patternsIn("scopes", scopes)])
    if (!known.some((target) => isAbout({ match: pattern }, target)))
      throw inSettings(config, pointer, `there is no target ${pattern}${didYouMean(pattern, targets)}`);
  for (const [index, { against }] of scopes.entries())
    if (![root, home].some((folder) => kustomizationIn(joinPath(folder, against)) !== undefined))
      throw inSettings(config, `/scopes/${index}/against`, `${against} is no folder with a kustomization`);
}

/** The names of the targets of the revision that judges. */
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

/** @throws UserError when a setting names a rule that does not exist. */
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
        `there is no rule ${unknown}${didYouMean(unknown, known.keys())}`,
      );
  }
}

/** What is wrong in gitops.yaml, with its line. */
function inSettings({ path = "gitops.yaml" }: LoadedConfig, pointer: string, message: string): Error {
  return errorAt({ pointer, message }, relative(process.cwd(), path) || path, readText(path));
}
