import type { Memo } from "../cache/memo.ts";
import type { LoadedConfig } from "../config/config.ts";
import { readText } from "../config/files.ts";
import type { Json } from "../core/json.ts";
import type { RuleInfo } from "../core/rule.ts";
import type { Ruleset, RunRules } from "../gate/input.ts";
import { levels } from "../policy/levels.ts";
import { observed } from "../system/observe.ts";
import type { Args } from "./command.ts";
import type { LoadedRules } from "./load-rules.ts";

/** The rules of a run, and a fingerprint of the configuration, policies, contracts and schemas. */
export interface IdentifiedRules extends RunRules {
  readonly identity: string;
}

/** What is cached of the rules. */
interface CachedRules {
  readonly identity: string;
  readonly compareTargets: boolean;
  readonly rules: readonly RuleInfo[];
}

/** The rules of a run, from the cache if none of their files has changed. @throws UserError like {@link loadRules} */
export async function rulesOf(config: LoadedConfig, args: Args, memo: Memo): Promise<IdentifiedRules> {
  const key = `rules ${config.path} ${JSON.stringify(args.strings("policies"))}`;
  const cached = memo.get(key) as unknown as CachedRules | undefined;
  if (cached !== undefined) {
    const { identity, compareTargets, rules } = cached;
    const byId = new Map(rules.map((rule) => [rule.id, rule]));
    const load = async () => rulesetOf(await selected(args, config), config);
    return { byId, levelOf: levels(config, byId), identity, compareTargets, load };
  }
  const recording = memo.recording();
  const read = async () => {
    if (config.path !== undefined) readText(config.path);
    const selection = await selected(args, config);
    return [selection, await rulesetOf(selection, config)] as const;
  };
  const [{ rules: byId, policies, levelOf }, ruleset] = await (memo.remembers ? observed(recording, read) : read());
  const identity = memo.remembers ? recording.fingerprint(config.home) : "";
  const rules = [...byId.values()].map(infoOf);
  const compareTargets = policies.some(({ checkRepository }) => checkRepository !== undefined);
  // The checkout of a --judged-by revision is gone in the next run.
  if (config.home === config.root)
    memo.put(key, recording, { identity, compareTargets, rules } satisfies CachedRules as unknown as Json);
  return { byId, levelOf, identity, compareTargets, load: async () => ruleset };
}

/** The code that reads policies is loaded only if they are needed. */
async function selected(args: Args, config: LoadedConfig): Promise<LoadedRules> {
  return (await import("./load-rules.ts")).loadRules(args, config);
}

async function rulesetOf({ policies, contracts }: LoadedRules, { schemas, home }: LoadedConfig): Promise<Ruleset> {
  const { readCrds } = await import("../config/crds.ts");
  return { policies, contracts, crds: readCrds(schemas ?? [], home) };
}

function infoOf({ id, severity, why, fix, profile, advises }: RuleInfo): RuleInfo {
  return { id, severity, why, fix, ...(profile && { profile }), ...(advises && { advises }) };
}
