import type { LoadedConfig, Override } from "../config/config.ts";
import type { Severity } from "../core/finding.ts";
import type { RuleInfo } from "../core/rule.ts";
import { matchesTarget } from "./match.ts";

/** The severity of a rule in a target, named relative to the folder of gitops.yaml; `off`: it does not apply. */
export type LevelOf = (rule: RuleInfo, target: string) => Severity | "off";

/**
 * The severities from the configuration: the rule's setting if there is one, otherwise its own severity, adjusted by the
 * profile.
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

/** @param ours the gate's own advice: profiles do not affect warnings of the API server or of a team's own policies */
function profiles(ours: ReadonlySet<string>) {
  return {
    baseline: ({ id, severity, profile }: RuleInfo) =>
      profile === "strict" || (ours.has(id) && severity !== "error") ? "off" : severity,
    recommended: ({ severity, profile }: RuleInfo) => (profile === "strict" ? "off" : severity),
    strict: ({ severity }: RuleInfo) => (severity === "warning" ? "error" : severity),
  } as const satisfies Record<NonNullable<LoadedConfig["profile"]>, (rule: RuleInfo) => Severity | "off">;
}

/** Whether an override applies to a target. @param target named relative to the folder of gitops.yaml */
export function isAbout({ match }: Pick<Override, "match">, target: string): boolean {
  return matchesTarget({ target: match }, { path: target, kind: "manifests" });
}
