import { ContentStore } from "../cache/content-store.ts";
import { Memo } from "../cache/memo.ts";
import type { LoadedConfig } from "../config/config.ts";
import { demand } from "../config/schema-errors.ts";
import { messageOf, UserError } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import { didYouMean } from "../core/nearest.ts";
import type { TargetFacts } from "../core/repository.ts";
import type { Target } from "../core/resource.ts";
import { reportOf } from "../gate/gate.ts";
import type { GateInput, RunRules } from "../gate/input.ts";
import { Outcomes } from "../gate/outcomes/outcomes.ts";
import { checkRepository } from "../gate/repository/check.ts";
import { noRepositoryOutcome, type RepositoryOutcome } from "../gate/repository/outcome.ts";
import { type Merged, merge, type Part } from "../gate/shards/merge.ts";
import { checkSynced } from "../gate/synced/check.ts";
import { findingsOfAll, nothingAdded, type Synced, summarizedAs, variantsIn } from "../gate/synced/combine.ts";
import { targetName } from "../gate/target/name.ts";
import { waive } from "../gate/waivers/waive.ts";
import type { Kustomize } from "../render/kustomize.ts";
import validate from "../report/report.schema.json?validate";
import { readBytes, writeFiles } from "../system/disk.ts";
import { publicationOf, publish, reportFlags } from "./check/publish.ts";
import { today, waiversOf } from "./check/waivers.ts";
import type { Args, Command, Io } from "./command.ts";
import { configFlags, judgeFlag, profileFlag, withConfig, withProfile } from "./config-flags.ts";
import { rulesOf } from "./rules.ts";
import { definitionsIn, jobs, kustomizeFor, renderFlags } from "./targets.ts";

export const command: Command = {
  usage: "merge FILE…",
  description:
    "Merge the JSON reports of all shards of a run (gitops check --shard 2/4 -o json=shard-2.json) into the report of a single\n" +
    "run. Run it in the checkout that was checked: its waivers and policies are needed for results that depend on all shards.",
  flags: {
    output: reportFlags.output,
    ...configFlags,
    ...judgeFlag,
    ...profileFlag,
    ...renderFlags,
    waivers: { type: "string", value: "FILE", help: "waivers instead of those in gitops.yaml" },
    costs: { type: "string", value: "FILE", help: "write the time that each target took, for --costs in the next run" },
    "fail-on": reportFlags["fail-on"],
  },
  run: (args, io) => withConfig(args, io, (config) => run(withProfile(config, args), args, io)),
};

async function run(config: LoadedConfig, args: Args, io: Io): Promise<number> {
  const [part = "", ...files] = args.positionals;
  if (part === "") throw new UserError("name a report command: gitops report merge FILE…");
  if (part !== "merge")
    throw new UserError(
      `unknown report command ${part}${didYouMean(part, ["merge"]) || "; the only command is merge"}`,
    );
  const publication = publicationOf(args);
  const merged = merge(files.map(readPart));
  demandSameJudge(merged.notes.judge, config.judge);
  const costs = args.string("costs");
  if (costs !== undefined) writeFiles([{ path: costs, content: `${JSON.stringify(merged.notes.costs, null, 2)}\n` }]);
  const rules = await rulesOf(config, args, new Memo(undefined));
  return publish(await withRepositoryFindings(merged, config, rules, args, io), publication, rules.byId, io);
}

/** @throws UserError if the shards and the merge use different revisions for their rules and waivers */
function demandSameJudge(shards: string | undefined, merge: string | undefined): void {
  if (shards === merge) return;
  const named = (judge: string | undefined) => (judge === undefined ? "the working tree" : judge.slice(0, 12));
  const help = shards === undefined ? "leave out --judged-by" : `pass --judged-by ${shards.slice(0, 12)}`;
  throw new UserError(
    `the shards used the rules of ${named(shards)}, but this merge uses those of ${named(merge)}: ${help}`,
  );
}

/** Adds the findings that depend on all targets to those of the shards. */
async function withRepositoryFindings(merged: Merged, config: LoadedConfig, rules: RunRules, args: Args, io: Io) {
  const { notes, report } = merged;
  const input = await inputOf(merged, config, rules, args);
  const isCompared =
    rules.compareTargets ||
    notes.facts.some(({ syncs, open = [] }) => syncs.length > 0 || open.some(({ wants }) => wants));
  const repository = isCompared ? await checkRepository(notes.facts, await rules.load(), input) : noRepositoryOutcome;
  const synced = await syncedOf(repository, notes.facts, input, () => kustomizeFor(input.targets, args, io, config));
  const findings = findingsOfAll(merged.findings, repository, synced);
  const targets = report.targets.map((one, index) => ({
    ...one,
    target: input.targets[index] as Target,
    failed: one.status === "error",
  }));
  const result = {
    targets: summarizedAs(targets, synced),
    findings: waive(findings, input.waivers.inForce, input, undefined),
    crashed: notes.crashed || repository.crashed || variantsIn(synced).some(({ crashed }) => crashed),
    unknown: [],
  };
  const made = reportOf(result, input, merged.durationMs);
  const { targets: _, ...shared } = report;
  return { ...made, report: { ...made.report, ...shared } };
}

/** Targets as they are applied: shards do not know what applies their targets. */
async function syncedOf(
  { variants }: RepositoryOutcome,
  facts: readonly TargetFacts[],
  input: GateInput,
  kustomize: () => Promise<Kustomize | undefined>,
): Promise<Synced> {
  if (variants.length === 0) return nothingAdded;
  const rendering = { ...input.rendering, kustomize: await kustomize() };
  return checkSynced(variants, { names: [], facts: async () => facts, crds: "" }, { ...input, rendering });
}

/** The input of a run that only compares targets: nothing is cached. */
async function inputOf(
  { notes, report }: Merged,
  config: LoadedConfig,
  rules: RunRules,
  args: Args,
): Promise<GateInput> {
  const cwd = process.cwd();
  const kinds = new Map(notes.facts.map(({ name, kind }) => [name, kind]));
  const targets = report.targets.map(({ path }): Target => {
    return { path, kind: kinds.get(targetName(path, config.root, cwd)) ?? "manifests" };
  });
  const renderer = { kustomize: undefined, name: "", program: undefined };
  return {
    cwd,
    config,
    versions: report.kubernetes,
    targets,
    coverage: { otherShards: [], chartDefinitions: definitionsIn(report.charts ?? []), isComplete: notes.whole },
    rendering: { kustomize: undefined, otherKustomizes: [], jobs: jobs(args) },
    rules,
    waivers: { inForce: await waiversOf(args, config, new Memo(undefined)), today: today() },
    drift: [],
    outcomes: new Outcomes(new Memo(undefined), new ContentStore(undefined), "", renderer),
    onProgress: () => {},
  };
}

function readPart(file: string): Part {
  const text = readBytes(file, mostBytes).toString("utf8");
  const value = parsed(text, file);
  demand(validate, value, file);
  const report = value as unknown as Part["report"];
  if (report.shard !== undefined) return { file, report };
  throw new UserError(`${file} is not the report of a shard: create one with gitops check --shard I/N -o json=${file}`);
}

function parsed(text: string, file: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new UserError(`${file}: not valid JSON: ${messageOf(error)}`, { cause: error });
  }
}

/** The maximum size of a shard's report. */
const mostBytes = 512 * 1024 * 1024;
