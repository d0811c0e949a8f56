import { relative } from "node:path";
import type { LoadedConfig, RuleSettings } from "../config/config.ts";
import { readText } from "../config/files.ts";
import { errorAt } from "../config/schema-errors.ts";
import { didYouMean } from "../core/nearest.ts";
import { join } from "../core/pointer.ts";
import type { RuleInfo } from "../core/rule.ts";
import { isAbout } from "./levels.ts";

/**
 * @param targets all that the repository has
 * @throws UserError when an override is about none of them: it would change nothing, without a word.
 */
export function checkOverrides(config: LoadedConfig, targets: readonly string[]): void {
  for (const [index, { match }] of (config.overrides ?? []).entries()) {
    for (const [at, pattern] of [match].flat().entries()) {
      if (targets.some((target) => isAbout({ match: pattern }, target)) || config.path === undefined) continue;
      const message = `there is no target ${pattern}${didYouMean(pattern, targets)}`;
      const pointer = `/overrides/${index}/match${typeof match === "string" ? "" : `/${at}`}`;
      throw errorAt({ pointer, message }, relative(process.cwd(), config.path) || config.path, readText(config.path));
    }
  }
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
    if (unknown === undefined || config.path === undefined) continue;
    const message = `there is no rule ${unknown}${didYouMean(unknown, known.keys())}`;
    const shown = relative(process.cwd(), config.path) || config.path;
    throw errorAt({ pointer: join(pointer, unknown), message }, shown, readText(config.path));
  }
}
