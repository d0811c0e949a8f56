import { Lines } from "../cache/lines.ts";
import { Memo } from "../cache/memo.ts";
import type { LoadedConfig } from "../config/config.ts";
import { demand } from "../config/schema-errors.ts";
import { messageOf, UserError } from "../core/errors.ts";
import type { Json } from "../core/json.ts";
import { didYouMean } from "../core/nearest.ts";
import type { Target } from "../core/resource.ts";
import { withWhole } from "../gate/findings.ts";
import { reportOf } from "../gate/gate.ts";
import { noWhole } from "../gate/known.ts";
import { type Merged, merge, type Part } from "../gate/merge.ts";
import { targetName } from "../gate/name.ts";
import { Outcomes } from "../gate/outcome.ts";
import type { GateInput } from "../gate/run.ts";
import { waive } from "../gate/waive.ts";
import { judgeWhole } from "../gate/whole.ts";
import validate from "../report/report.schema.json?validate";
import { readBytes, writeFiles } from "../system/disk.ts";
import { publicationOf, publish, reportFlags } from "./check/publish.ts";
import { waiversOf } from "./check/waivers.ts";
import type { Args, Command, Io } from "./command.ts";
import { type Recalled, recall } from "./recall.ts";
import { judgeFlag, selectionFlags, withConfig } from "./selection.ts";

export const command: Command = {
  usage: "merge FILE…",
  description:
    "Puts the JSON reports of all shards of one run together (gitops check --shard 2/4 -o json=shard-2.json): what one run would\n" +
    "have reported. To be run in the checkout that was judged: its waivers and policies say what only all findings show.",
  flags: {
    output: reportFlags.output,
    ...selectionFlags,
    ...judgeFlag,
    waivers: { type: "string", value: "FILE", help: "waivers instead of those of gitops.yaml" },
    costs: { type: "string", value: "FILE", help: "write what each target took, for --costs of the next run" },
    "fail-on": reportFlags["fail-on"],
  },
  run: (args, io) => withConfig(args, io, (config) => run(config, args, io)),
};

async function run(config: LoadedConfig, args: Args, io: Io): Promise<number> {
  const [part = "", ...files] = args.positionals;
  if (part === "") throw new UserError("say what to do with reports: gitops report merge FILE…");
  if (part !== "merge")
    throw new UserError(`there is no report ${part}${didYouMean(part, ["merge"]) || "; there is merge"}`);
  const publication = publicationOf(args);
  const merged = merge(files.map(readPart));
  demandSameJudge(merged.notes.judge, config.judge);
  const costs = args.string("costs");
  if (costs !== undefined) writeFiles([{ path: costs, content: `${JSON.stringify(merged.notes.costs, null, 2)}\n` }]);
  const recalled = await recall(config, args, new Memo(undefined));
  return publish(await together(merged, config, recalled, args), publication, recalled.rules, io);
}

/** @throws UserError where the shards were judged by a revision, and their findings would be waived by another */
function demandSameJudge(shards: string | undefined, merge: string | undefined): void {
  if (shards === merge) return;
  const named = (judge: string | undefined) => (judge === undefined ? "the working tree" : judge.slice(0, 12));
  const help = shards === undefined ? "leave out --judged-by" : `say --judged-by ${shards.slice(0, 12)}`;
  throw new UserError(`the shards were judged by ${named(shards)}, this merge by ${named(merge)}: ${help}`);
}

/** Adds to what the shards found what shows only beside all targets. */
async function together(merged: Merged, config: LoadedConfig, recalled: Recalled, args: Args) {
  const cwd = process.cwd();
  const { notes, report } = merged;
  const kinds = new Map(notes.facts.map(({ name, kind }) => [name, kind]));
  const targets = report.targets.map(({ path }): Target => {
    return { path, kind: kinds.get(targetName(path, config.root, cwd)) ?? "manifests" };
  });
  const input: GateInput = {
    ...recalled,
    cwd,
    config,
    targets,
    others: [],
    renderers: [],
    whole: notes.whole,
    kustomize: undefined,
    jobs: undefined,
    versions: report.kubernetes,
    waivers: await waiversOf(args, config, new Memo(undefined)),
    today: new Date().toISOString().slice(0, 10),
    repository: [],
    outcomes: new Outcomes(new Memo(undefined), new Lines(undefined), "", {
      kustomize: undefined,
      name: "",
      program: undefined,
    }),
    progress: () => {},
  };
  const isCompared =
    recalled.compares ||
    notes.facts.some(({ syncs, open = [] }) => syncs.length > 0 || open.some(({ wants }) => wants));
  const whole = isCompared ? await judgeWhole(notes.facts, await recalled.judging(), input) : noWhole;
  const found = {
    targets: report.targets.map((one, index) => ({
      ...one,
      target: targets[index] as Target,
      failed: one.status === "error",
    })),
    findings: waive(withWhole(merged.findings, whole), input.waivers, input, undefined),
    crashed: notes.crashed || whole.crashed,
    unknown: [],
  };
  const laidOut = reportOf(found, input, merged.durationMs);
  const { targets: _, ...rest } = report;
  return { ...laidOut, report: { ...laidOut.report, ...rest } };
}

function readPart(file: string): Part {
  const text = readBytes(file, mostBytes).toString("utf8");
  const value = parsed(text, file);
  demand(validate, value, file);
  const report = value as unknown as Part["report"];
  if (report.shard !== undefined) return { file, report };
  throw new UserError(`${file} is no report of a shard: gitops check --shard I/N -o json=${file} makes one`);
}

function parsed(text: string, file: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (error) {
    throw new UserError(`${file}: not valid JSON: ${messageOf(error)}`, { cause: error });
  }
}

/** Of the report of one shard. */
const mostBytes = 512 * 1024 * 1024;
