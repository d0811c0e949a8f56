import { relative } from "node:path";
import type { LoadedConfig, Override, RuleSettings } from "../config/config.ts";
import { readText } from "../config/files.ts";
import type { Severity } from "../core/finding.ts";
import { didYouMean } from "../core/nearest.ts";
import { join } from "../core/pointer.ts";
import type { RuleInfo } from "../core/rule.ts";
import { rules as advice } from "../rules/index.ts";
import { matchesTarget } from "./match.ts";
import { errorAt } from "./schema-errors.ts";

/** How grave a rule is in a target, named relative to the folder of gitops.yaml; `off`: it does not count there. */
export type LevelOf = (rule: RuleInfo, target: string) => Severity | "off";

/**
 * The severities that the configuration gives: a setting of the rule where there is one, else what the profile makes of
 * the rule's own.
 *
 * @throws UserError when a setting names a rule that does not exist.
 */
export function levels(config: LoadedConfig, rules: ReadonlyMap<string, RuleInfo>): LevelOf {
  checkIds(config, rules);
  const { profile = "recommended", overrides = [] } = config;
  const first = { match: "*", profile, rules: config.rules ?? {} };
  const inForce = new Map<string, readonly Omit<Override, "reason">[]>();
  return (rule, target) => {
    let settings = inForce.get(target);
    if (settings === undefined) {
      settings = [first, ...overrides.filter((one) => isAbout(one, target))].reverse();
      inForce.set(target, settings);
    }
    const own = settings.find((one) => one.rules && Object.hasOwn(one.rules, rule.id))?.rules?.[rule.id];
    if (own !== undefined) return own.severity;
    const named = settings.find((one) => one.profile !== undefined)?.profile;
    return byProfile[named ?? "recommended"](rule);
  };
}

/** The gate's own rules. What the API server or a team's own policies warn of is no matter of profiles. */
const ours = new Set(advice.map(({ id }) => id));

const byProfile = {
  baseline: ({ id, severity, profile }: RuleInfo) =>
    profile === "strict" || (ours.has(id) && severity !== "error") ? "off" : severity,
  recommended: ({ severity, profile }: RuleInfo) => (profile === "strict" ? "off" : severity),
  strict: ({ severity }: RuleInfo) => (severity === "warning" ? "error" : severity),
} as const satisfies Record<NonNullable<LoadedConfig["profile"]>, (rule: RuleInfo) => Severity | "off">;

function isAbout({ match }: Pick<Override, "match">, target: string): boolean {
  return matchesTarget({ target: match }, { path: target, kind: "manifests" });
}

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

function checkIds(config: LoadedConfig, known: ReadonlyMap<string, RuleInfo>): void {
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
