import type { Memo } from "../cache/memo.ts";
import type { LoadedConfig } from "../config/config.ts";
import { readText } from "../config/files.ts";
import type { Json } from "../core/json.ts";
import type { RuleInfo } from "../core/rule.ts";
import type { Judging } from "../gate/run.ts";
import { type LevelOf, levels } from "../policy/levels.ts";
import { observed } from "../system/observe.ts";
import type { Args } from "./command.ts";
import type { Selection } from "./select.ts";

/** What a run judges by: at once what reports need, and the rest where something has to be judged. */
export interface Recalled {
  readonly rules: ReadonlyMap<string, RuleInfo>;
  readonly levelOf: LevelOf;
  /** One text for all that judges: configuration, policies, contracts, schemas. */
  readonly identity: string;
  readonly judging: () => Promise<Judging>;
  /** Among the policies are some that hold targets against each other. */
  readonly compares: boolean;
}

interface Kept {
  readonly identity: string;
  readonly compares: boolean;
  readonly rules: readonly RuleInfo[];
}

/** What judges, known from an earlier run where none of its files has changed. @throws UserError as {@link select} does */
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
  // Of the checkout of a revision that judges, nothing is there any more the next time.
  if (config.home === config.root)
    memo.put(key, recording, { identity, compares, rules } satisfies Kept as unknown as Json);
  const { levelOf } = selection;
  return { rules: selection.rules, levelOf, identity, compares, judging: async () => judging };
}

/** What reads policies is loaded only where they have to judge. */
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
