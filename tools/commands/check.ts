import { join, relative, resolve } from "node:path";
import type { Memo } from "../cache/memo.ts";
import { rememberedLater } from "../cache/remembered.ts";
import type { LoadedConfig } from "../config/config.ts";
import { UserError } from "../core/errors.ts";
import { handled } from "../core/handled.ts";
import { isObject, stringAt } from "../core/json.ts";
import type { LocatedProblem, Target } from "../core/resource.ts";
import { type GateResult, gate } from "../gate/gate.ts";
import { targetName } from "../gate/name.ts";
import { idleIn, Outcomes } from "../gate/outcome.ts";
import type { BaseRequest } from "../gate/run.ts";
import { distribute, parseShard, planOf } from "../gate/shard.ts";
import { noWaivers, type WaiverFile } from "../gate/waiver-file.ts";
import type { Discovered } from "../load/discover.ts";
import { isInside, repositoryOf, shown } from "../load/paths.ts";
import { findKustomize } from "../render/kustomize.ts";
import { reporters } from "../report/index.ts";
import { exitCode, type FailOn, newOnly, type Shard, type ShardNotes } from "../report/report.ts";
import { realPath } from "../system/disk.ts";
import { digest } from "../system/snapshot.ts";
import { askOfCheckout } from "./checkout.ts";
import type { Args, Command, Io } from "./command.ts";
import { answersOf, cacheFlags, openLines, openMemo, openRenderings, rendererOf } from "./memory.ts";
import { outputFlag, outputs, write } from "./output.ts";
import { progressBar } from "./progress.ts";
import { recall } from "./recall.ts";
import type { Search } from "./search.ts";
import { judgeFlag, selectionFlags, withConfig } from "./selection.ts";
import { baseKustomize, jobs, kustomizeFor, otherKustomizes, renderFlags, targetPaths } from "./targets.ts";
import { kubernetesVersions } from "./versions.ts";

export const command: Command = {
  usage: "[TARGET…]",
  description:
    "The gate: renders every target, validates it against Kubernetes, and judges it by the policies. A TARGET is a\n" +
    "kustomization folder, a folder of them, a file or folder of manifests, or - for standard input; without one, what\n" +
    "gitops.yaml names, and the generated files as well.",
  flags: {
    output: outputFlag(reporters),
    kubernetes: {
      type: "string",
      multiple: true,
      value: "VERSION",
      help: "a version that targets must suit",
    },
    ...renderFlags,
    kustomize: {
      ...renderFlags.kustomize,
      multiple: true,
      help: `${renderFlags.kustomize.help}; several must render the same`,
    },
    ...selectionFlags,
    ...judgeFlag,
    base: {
      type: "string",
      value: "REF",
      help: "a Git revision that is applied now: tells what is new, and judges whether the change can be applied over it",
    },
    "new-only": { type: "boolean", help: "with --base: show and fail on what is new alone" },
    "base-kustomize": { type: "string", value: "PATH", help: "with --base: the kustomize that renders the base" },
    "max-deletions": {
      type: "string",
      value: "N",
      help: "with --base: how many objects a change may delete from a target",
    },
    waivers: { type: "string", value: "FILE", help: "waivers instead of those of gitops.yaml" },
    shard: { type: "string", value: "I/N", help: "judge the I-th of N parts of the targets; see gitops report merge" },
    costs: {
      type: "string",
      value: "FILE",
      help: "with --shard: what each target took, as gitops report merge wrote it",
    },
    ...cacheFlags,
    "fail-on": { type: "string", value: "SEVERITY", help: "error (default) or warning: what makes the exit status 1" },
  },
  run: (args, io) => {
    const memo = openMemo(args, io);
    return withConfig(args, io, (config) => judge(config, memo, args, io), memo);
  },
};

async function judge(config: LoadedConfig, memo: Memo, args: Args, io: Io): Promise<number> {
  const written = outputs(args.strings("output"), reporters, "pretty");
  const failOn = severity(args.string("fail-on") ?? "error");
  const cwd = process.cwd();
  const isWhole = args.positionals.length === 0;
  // First: Git looks at all files while something else is done.
  const base = await baseOf(args, io, config, memo);
  const treeAtFirst = base === undefined && isWhole ? await askOfCheckout(memo, cwd) : undefined;
  const { rules, levelOf, identity, compares, judging } = await recall(config, args, memo);
  const versions = kubernetesVersions(args, config);
  const { targets, charts, templates, links } = await searched(targetPaths(args, config), cwd, memo);
  if (isWhole) await checkSettings(config, targets, cwd);
  const part = await partOf(targets, args);
  const bar = progressBar(io, part.targets.length);
  const kustomize = await kustomizeFor(targets, args, io, config, answersOf(memo));
  const [lines, renderer] = [openLines(args, io), await rendererOf(kustomize, memo, io)];
  const renderings = openRenderings(memo, renderer, io);
  const renderers = await otherKustomizes(args, io, config);
  const judge = digest(JSON.stringify([identity, versions, ...renderers]));
  const found = await gate({
    cwd,
    config,
    targets: part.targets,
    others: part.others,
    whole: isWhole,
    kustomize,
    renderers,
    jobs: jobs(args),
    versions,
    judging,
    compares,
    rules,
    levelOf,
    waivers: await waiversOf(args, config, memo),
    ownWaivers: base && (await ownWaivers(config)),
    today: new Date().toISOString().slice(0, 10),
    repository: isWhole && part.isFirst ? await generatedDrift(config, memo) : [],
    base,
    renderings,
    outcomes: new Outcomes(memo, lines, judge, renderer),
    progress: bar.step,
  }).finally(bar.end);
  const tree = await treeAtFirst?.();
  if (tree !== undefined) memo.trust(tree);
  memo.save(2 * targets.length + 1000);
  lines.save(() => factsIn(memo));
  renderings?.save();
  const { crashed, unknown } = found;
  // A part of the targets, or what a change touches of them, says nothing of a policy.
  const unmatched = isWhole && part.shard === undefined && base === undefined ? idleIn(found.outcomes ?? []) : [];
  const report = {
    ...found.report,
    ...(unmatched.length > 0 && { unmatched }),
    ...(part.isFirst && charts.length > 0 && { charts }),
    ...(part.isFirst && templates.length > 0 && { templates }),
    ...(part.isFirst && links.length > 0 && { links }),
    ...(part.shard && { shard: notesOf(part, found, isWhole, config) }),
  };
  for (const path of unknown)
    io.err(
      `gitops: ${path} does not render at ${base?.revision.ref}: whether its changes can be applied is not known\n`,
    );
  const shown = args.boolean("new-only") ? newOnly(report) : report;
  const status = crashed ? 2 : exitCode(shown, failOn);
  const context = { colours: io.colours, failed: status !== 0, failOn, rules, folder: folderOf(cwd) };
  await write(
    written,
    async (format, isShown) =>
      (await reporters[format]())(whole.includes(format) ? report : shown, {
        ...context,
        colours: isShown && io.colours,
      }),
    io,
  );
  return status;
}

/** What programs read has every finding, and says of each whether it is new. */
const whole: readonly string[] = ["json", "sarif"] satisfies (keyof typeof reporters)[];

/** The targets of a run: all of them, or one of the parts of --shard. */
interface PartOfRun {
  readonly targets: readonly Target[];
  readonly others: readonly Target[];
  readonly isFirst: boolean;
  readonly shard?: Shard & { readonly plan: string };
}

async function partOf(targets: readonly Target[], args: Args): Promise<PartOfRun> {
  const [text, costs] = [args.string("shard"), args.string("costs")];
  if (text === undefined && costs !== undefined) throw new UserError("--costs needs --shard");
  if (text === undefined) return { targets, others: [], isFirst: true };
  if (args.string("base") !== undefined) throw new UserError("--shard and --base do not go together");
  if (targets.some(({ kind }) => kind === "stdin")) throw new UserError("standard input comes once: it has no shards");
  const shard = parseShard(text);
  const known = costs === undefined ? {} : (await import("../gate/read-costs.ts")).readCosts(costs);
  const parts = distribute(targets, shard.of, known);
  const own = new Set(parts[shard.index - 1]);
  return {
    targets: targets.filter((target) => own.has(target)),
    others: targets.filter((target) => !own.has(target)),
    isFirst: shard.index === 1,
    shard: { ...shard, plan: planOf(parts) },
  };
}

function notesOf(
  { shard, targets, others }: PartOfRun,
  found: GateResult,
  whole: boolean,
  { judge }: LoadedConfig,
): ShardNotes {
  const { outcomes = [], facts = [], crashed } = found;
  const costs = Object.fromEntries(outcomes.map(({ target, ms }) => [target.path, ms]));
  const alone = { index: 1, of: 1, plan: planOf([[...targets, ...others]]) };
  const idle = outcomes.length > 0 ? idleIn(outcomes) : undefined;
  return { ...(shard ?? alone), ...(judge && { judge }), whole, ...(idle && { idle }), costs, facts, crashed };
}

/** The names of all facts that some outcome needs. */
function factsIn(memo: Memo): Set<string> {
  return new Set([...memo.values()].flatMap((value) => (isObject(value) ? (stringAt(value, "facts") ?? []) : [])));
}

/** What the words of the command line name: looked for only where a folder has changed, or a kustomization says something else. */
async function searched(paths: readonly string[], cwd: string, memo: Memo): Promise<Discovered> {
  const key = `search ${JSON.stringify(paths)}`;
  const known = memo.get(key) as unknown as Search | undefined;
  if (known?.said.every(([group, said]) => memo.get(group) === said)) return known.found;
  return (await import("./search.ts")).search(paths, cwd, memo, key, known);
}

/** Most repositories say nothing of single targets. */
async function checkSettings(config: LoadedConfig, targets: readonly Target[], cwd: string): Promise<void> {
  if (config.overrides === undefined && config.scopes === undefined) return;
  const { checkMatches } = await import("../policy/check-settings.ts");
  checkMatches(
    config,
    targets.map(({ path }) => targetName(path, config.root, cwd)),
  );
}

/** Flags that ask for something of the base. */
const ofBase = ["base-kustomize", "max-deletions"];

/** Git is started only where a revision is asked for. */
async function baseOf(args: Args, io: Io, config: LoadedConfig, memo: Memo): Promise<BaseRequest | undefined> {
  const { home, root, loadRestrictor } = config;
  const ref = args.string("base");
  const lonely = args.boolean("new-only") ? "new-only" : ofBase.find((flag) => args.string(flag) !== undefined);
  if (ref === undefined && lonely !== undefined) throw new UserError(`--${lonely} needs --base REF to compare with`);
  if (ref === undefined) return undefined;
  const [{ findRevision }, { Comparisons }] = await Promise.all([
    import("../git/revision.ts"),
    import("../git/comparisons.ts"),
  ]);
  const cwd = process.cwd();
  const revision = await findRevision(ref, cwd);
  // Where nothing may be remembered, nothing is taken for known, either: both states are judged as a whole.
  const isPartial = memo.remembers && isInside(revision.root, realPath(cwd) ?? cwd);
  const comparisons = new Comparisons(revision.root);
  const state = isPartial ? handled(comparisons.state(revision.commit, () => memo.seal?.tree)) : undefined;
  const changes = state && handled(comparisons.since(revision, state));
  if (state !== undefined) {
    memo.seal?.lookBeyond();
    const [tree] = await Promise.all([state, import("../gate/since.ts")]);
    memo.trust(tree);
  }
  return {
    revision,
    changes: changes ?? Promise.resolve(undefined),
    words: args.positionals,
    kustomize: await baseKustomize(args, io, config),
    findKustomize: () => findKustomize({ flag: args.string("kustomize"), env: io.env, loadRestrictor }),
    maxDeletions: wholeNumber(args, "max-deletions"),
    isWaivedAlike: args.string("waivers") !== undefined || home !== root,
  };
}

/** @throws UserError unless it is a whole number */
function wholeNumber(args: Args, flag: string): number | undefined {
  const text = args.string(flag);
  if (text === undefined || /^\d{1,6}$/.test(text)) return text === undefined ? undefined : Number(text);
  throw new UserError(`--${flag} is a whole number, not "${text}"`);
}

/** Where in its repository a run is started. */
export function folderOf(cwd: string): string {
  const folder = shown(repositoryOf(cwd, cwd), cwd);
  return folder === "." ? "" : folder;
}

export function severity(text: string): FailOn {
  if (text === "error" || text === "warning") return text;
  throw new UserError(`--fail-on is error or warning, not "${text}"`);
}

/** Those of what is judged, where another revision judges; what cannot be read waives nothing. */
async function ownWaivers({ waivers, home, root }: LoadedConfig): Promise<WaiverFile | undefined> {
  if (waivers === undefined || home === root) return undefined;
  const { readWaivers } = await import("../gate/read-waivers.ts");
  const path = join(root, waivers);
  try {
    return readWaivers(path, relative(process.cwd(), path));
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** A file of the revision that judges is named as if it were here. */
export async function waiversOf(args: Args, { waivers, home, root }: LoadedConfig, memo: Memo): Promise<WaiverFile> {
  const named = args.string("waivers");
  const path = named ? resolve(named) : waivers && join(home, waivers);
  const here = named ? resolve(named) : waivers && join(root, waivers);
  if (!path || !here) return noWaivers;
  const file = relative(process.cwd(), here);
  const read = async () => (await import("../gate/read-waivers.ts")).readWaivers(path, file);
  // Of the checkout of a revision that judges, nothing is there any more the next time.
  return home === root ? rememberedLater(memo, `waivers ${path} ${file}`, read) : read();
}

/** Loaded only where it is needed: printing YAML takes a library that judging does without. */
function generatedDrift({ generate, root }: LoadedConfig, memo: Memo): Promise<LocatedProblem[]> | LocatedProblem[] {
  if (!generate) return [];
  return rememberedLater(memo, `drift ${generate.models}`, async () => {
    const { drift, generatedFiles } = await import("../generate/drift.ts");
    return drift(await generatedFiles(generate.models, root), root);
  });
}
