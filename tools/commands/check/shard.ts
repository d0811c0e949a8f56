import type { LoadedConfig } from "../../config/config.ts";
import { UserError } from "../../core/errors.ts";
import type { Target } from "../../core/resource.ts";
import type { GateResult } from "../../gate/gate.ts";
import { unmatchedIn } from "../../gate/outcomes/outcomes.ts";
import { distribute, parseShard, planOf } from "../../gate/shards/distribute.ts";
import type { Shard, ShardNotes } from "../../report/report.ts";
import type { Args } from "../command.ts";

/** The targets of a run: all of them, or one of the parts of --shard. */
export interface PartOfRun {
  readonly targets: readonly Target[];
  /** Those of the other shards. */
  readonly others: readonly Target[];
  readonly isFirst: boolean;
  readonly shard?: Shard & { readonly plan: string };
}

/** @throws UserError for a shard that does not exist, and where shards make no sense */
export async function partOf(targets: readonly Target[], args: Args): Promise<PartOfRun> {
  const [text, costs] = [args.string("shard"), args.string("costs")];
  if (text === undefined && costs !== undefined) throw new UserError("--costs needs --shard");
  if (text === undefined) return { targets, others: [], isFirst: true };
  if (args.string("base") !== undefined) throw new UserError("--shard and --base do not go together");
  if (targets.some(({ kind }) => kind === "stdin")) throw new UserError("standard input comes once: it has no shards");
  const shard = parseShard(text);
  const known = costs === undefined ? {} : (await import("../../gate/shards/costs.ts")).readCosts(costs);
  const parts = distribute(targets, shard.of, known);
  const own = new Set(parts[shard.index - 1]);
  return {
    targets: targets.filter((target) => own.has(target)),
    others: targets.filter((target) => !own.has(target)),
    isFirst: shard.index === 1,
    shard: { ...shard, plan: planOf(parts) },
  };
}

/** What the merge of the shards has to know of this one. */
export function notesOf(
  shard: NonNullable<PartOfRun["shard"]>,
  { outcomes = [], facts = [], crashed }: GateResult,
  whole: boolean,
  { judge }: LoadedConfig,
): ShardNotes {
  const costs = Object.fromEntries(outcomes.map(({ target, ms }) => [target.path, ms]));
  const idle = outcomes.length > 0 ? unmatchedIn(outcomes) : undefined;
  return { ...shard, ...(judge && { judge }), whole, ...(idle && { idle }), costs, facts, crashed };
}
