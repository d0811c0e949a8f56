import type { Memo } from "../cache/memo.ts";
import type { LoadedConfig } from "../config/config.ts";
import { readText } from "../config/files.ts";
import type { Json } from "../core/json.ts";
import type { RuleInfo } from "../core/rule.ts";
import type { Judging } from "../gate/input.ts";
import { type LevelOf, levels } from "../policy/levels.ts";
import { observed } from "../system/observe.ts";
import type { Args } from "./command.ts";
import type { Selection } from "./select.ts";

/** The rules for a run: what reports need is available at once, the rest is loaded if something has to be checked. */
export interface Recalled {
  readonly rules: ReadonlyMap<string, RuleInfo>;
  readonly levelOf: LevelOf;
  /** A fingerprint of the configuration, policies, contracts and schemas. */
  readonly identity: string;
  readonly judging: () => Promise<Judging>;
  /** Whether any policy compares targets with each other. */
  readonly compares: boolean;
}

interface Kept {
  readonly identity: string;
  readonly compares: boolean;
  readonly rules: readonly RuleInfo[];
}

/** The rules for a run, from the cache if none of their files has changed. @throws UserError like {@link select} */
export async function recall(config: LoadedConfig, args: Args, memo: Memo): Promise<Recalled> {
  const key = `rules ${config.path} ${JSON.stringify(args.strings("policies"))}`;
  const known = memo.get(key) as unknown as Kept | undefined;
  if (known !== undefined) {
    const rules = new Map(known.rules.map((rule) => [rule.id, rule]));
    const judging = async () => judgingOf(await selected(args, config), config);
    return { ...known, rules, levelOf: levels(config, rules), judging };
  }
  const recording = memo.recording();
  const read = async () => {
    if (config.path !== undefined) readText(config.path);
    const selection = await selected(args, config);
    return [selection, await judgingOf(selection, config)] as const;
  };
  const [selection, judging] = await (memo.remembers ? observed(recording, read) : read());
  const identity = memo.remembers ? recording.fingerprint(config.home) : "";
  const rules = [...selection.rules.values()].map(infoOf);
  const compares = selection.policies.some(({ checkRepository }) => checkRepository !== undefined);
  // The checkout of a --judged-by revision is gone in the next run.
  if (config.home === config.root)
    memo.put(key, recording, { identity, compares, rules } satisfies Kept as unknown as Json);
  const { levelOf } = selection;
  return { rules: selection.rules, levelOf, identity, compares, judging: async () => judging };
}

/** The code that reads policies is loaded only if they are needed. */
async function selected(args: Args, config: LoadedConfig): Promise<Selection> {
  return (await import("./select.ts")).select(args, config);
}

async function judgingOf({ policies, contracts }: Selection, { schemas, home }: LoadedConfig): Promise<Judging> {
  const { readCrds } = await import("../config/crds.ts");
  return { policies, contracts, crds: readCrds(schemas ?? [], home) };
}

function infoOf({ id, severity, why, fix, profile, advises }: RuleInfo): RuleInfo {
  return { id, severity, why, fix, ...(profile && { profile }), ...(advises && { advises }) };
}
