import type { LoadedConfig, Override } from "../config/config.ts";
import type { Severity } from "../core/finding.ts";
import type { RuleInfo } from "../core/rule.ts";
import { matchesTarget } from "./match.ts";

/** How grave a rule is in a target, named relative to the folder of gitops.yaml; `off`: it does not count there. */
export type LevelOf = (rule: RuleInfo, target: string) => Severity | "off";

/**
 * The severities that the configuration gives: a setting of the rule where there is one, else what the profile makes of
 * the rule's own.
 */
export function levels(config: LoadedConfig, rules: ReadonlyMap<string, RuleInfo>): LevelOf {
  const byProfile = profiles(new Set(Array.from(rules.values(), ({ id, advises }) => (advises ? id : ""))));
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

/** @param ours the gate's own advice: what the API server or a team's own policies warn of is no matter of profiles */
function profiles(ours: ReadonlySet<string>) {
  return {
    baseline: ({ id, severity, profile }: RuleInfo) =>
      profile === "strict" || (ours.has(id) && severity !== "error") ? "off" : severity,
    recommended: ({ severity, profile }: RuleInfo) => (profile === "strict" ? "off" : severity),
    strict: ({ severity }: RuleInfo) => (severity === "warning" ? "error" : severity),
  } as const satisfies Record<NonNullable<LoadedConfig["profile"]>, (rule: RuleInfo) => Severity | "off">;
}

/** @param target named relative to the folder of gitops.yaml */
export function isAbout({ match }: Pick<Override, "match">, target: string): boolean {
  return matchesTarget({ target: match }, { path: target, kind: "manifests" });
}
