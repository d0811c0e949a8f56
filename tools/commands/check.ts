import { resolve } from "node:path";
import type { Memo } from "../cache/memo.ts";
import { remembered } from "../cache/remembered.ts";
import type { LoadedConfig } from "../config/config.ts";
import { isObject, stringAt } from "../core/json.ts";
import type { LocatedProblem, Target } from "../core/resource.ts";
import { type GateResult, gate } from "../gate/gate.ts";
import type { GateInput } from "../gate/input.ts";
import { Outcomes, unmatchedIn } from "../gate/outcomes/outcomes.ts";
import { targetName } from "../gate/target/name.ts";
import type { Discovered } from "../load/discover.ts";
import { isInside, repositoryOf } from "../load/paths.ts";
import type { Report } from "../report/report.ts";
import { digest } from "../system/snapshot.ts";
import { baseOf } from "./check/base.ts";
import { publicationOf, publish, reportFlags } from "./check/publish.ts";
import { notesOf, type PartOfRun, partOf } from "./check/shard.ts";
import { ownWaivers, today, waiversOf } from "./check/waivers.ts";
import type { Args, Command, Io } from "./command.ts";
import { configFlags, judgeFlag, profileFlag, withConfig, withProfile } from "./config-flags.ts";
import { answersOf, cacheFlags, openContentStore, openMemo, openRenderings, rendererOf } from "./open-cache.ts";
import { progressBar } from "./progress.ts";
import { rulesOf } from "./rules.ts";
import type { CachedSearch } from "./target-search.ts";
import { demandTargets, jobs, kustomizeFor, otherKustomizes, renderFlags, targetPaths } from "./targets.ts";
import { kubernetesVersions, versionFlag } from "./versions.ts";
import { askForTreeState } from "./working-tree.ts";

export const command: Command = {
  usage: "[TARGET…]",
  description:
    "The gate: render every target, validate it against Kubernetes, and check it against the policies. A TARGET is a\n" +
    "kustomization folder, a folder of kustomizations, a file or folder of manifests, or - for standard input. Without one,\n" +
    "the targets of gitops.yaml and the generated files are checked.",
  flags: {
    output: reportFlags.output,
    kubernetes: versionFlag("a version that targets must support"),
    ...renderFlags,
    kustomize: {
      ...renderFlags.kustomize,
      multiple: true,
      help: `${renderFlags.kustomize.help}; if repeated, all must render the same`,
    },
    ...configFlags,
    ...judgeFlag,
    ...profileFlag,
    base: {
      type: "string",
      value: "REF",
      help: "a Git revision that is applied now: mark new findings, and check whether the change can be applied over it",
    },
    "new-only": { type: "boolean", help: "with --base: show, and fail on, new findings only" },
    "base-kustomize": { type: "string", value: "PATH", help: "with --base: the kustomize that renders the base" },
    "max-deletions": {
      type: "string",
      value: "N",
      help: "with --base: how many objects a change may delete from a target",
    },
    waivers: { type: "string", value: "FILE", help: "waivers instead of those in gitops.yaml" },
    shard: {
      type: "string",
      value: "I/N",
      help: "check only part I of N of the targets; see gitops report merge",
    },
    costs: {
      type: "string",
      value: "FILE",
      help: "with --shard: the time that each target took, as written by gitops report merge",
    },
    ...cacheFlags,
    "fail-on": reportFlags["fail-on"],
  },
  run: (args, io) => {
    const memo = openMemo(args, io);
    return withConfig(args, io, (config) => check(withProfile(config, args), memo, args, io), memo);
  },
};

/** A run that is prepared: what the gate judges, and what to do when it is done. */
interface Run {
  readonly input: GateInput;
  readonly part: PartOfRun;
  /** What the search for targets passed over. */
  readonly skipped: Omit<Discovered, "targets">;
  /** Removes the progress bar. */
  readonly end: () => void;
  /** Saves what the next run can use. */
  readonly save: () => Promise<void>;
}

async function check(config: LoadedConfig, memo: Memo, args: Args, io: Io): Promise<number> {
  const publication = publicationOf(args);
  const run = await prepare(config, memo, args, io);
  const found = await gate(run.input).finally(run.end);
  await run.save();
  const ref = run.input.base?.revision.ref;
  for (const path of found.unknown)
    io.err(`gitops: ${path} does not render at ${ref}: whether its changes can be applied is not known\n`);
  const { crashed } = found;
  return publish({ report: reportOf(run, found), crashed }, publication, run.input.rules.byId, io);
}

async function prepare(config: LoadedConfig, memo: Memo, args: Args, io: Io): Promise<Run> {
  const cwd = process.cwd();
  const isWhole = args.positionals.length === 0;
  // First, because Git looks at all files while the rest is prepared.
  const base = await baseOf(args, io, config, memo);
  const tree = base === undefined && isWhole ? await askForTreeState(memo, cwd) : undefined;
  const { identity, ...rules } = await rulesOf(config, args, memo);
  const versions = kubernetesVersions(args, config);
  await demandTargets(args, config);
  const { targets, ...skipped } = await cachedTargets(targetPaths(args, config), cwd, memo);
  if (isWhole) await checkSettings(config, targets, cwd);
  else await warnOfForeign(config, args, cwd, io);
  const part = await partOf(targets, args);
  const bar = progressBar(io, part.targets.length);
  const kustomize = await kustomizeFor(targets, args, io, config, answersOf(memo));
  const [lines, renderer] = [openContentStore(args, io), await rendererOf(kustomize, memo, io)];
  const rendering = {
    kustomize,
    otherKustomizes: await otherKustomizes(args, io, config),
    jobs: jobs(args),
    renderings: openRenderings(memo, renderer, io),
  };
  const input: GateInput = {
    cwd,
    config,
    versions,
    targets: part.targets,
    coverage: { otherShards: part.others, isComplete: isWhole },
    rendering,
    rules,
    waivers: {
      inForce: await waiversOf(args, config, memo),
      ofChange: base && (await ownWaivers(config)),
      today: today(),
    },
    drift: isWhole && part.isFirst ? await generatedDrift(config, memo) : [],
    base,
    outcomes: new Outcomes(
      memo,
      lines,
      digest(JSON.stringify([identity, config.profile ?? "", versions, ...rendering.otherKustomizes])),
      renderer,
    ),
    onProgress: bar.step,
  };
  const save = async () => {
    const seen = await tree?.();
    if (seen !== undefined) memo.trust(seen);
    memo.save(2 * targets.length + 1000);
    lines.save(() => factsIn(memo));
    rendering.renderings?.save();
  };
  return { input, part, skipped, end: bar.end, save };
}

/** The report, with what only the command knows: skipped charts and links, policies that matched nothing, the shard. */
function reportOf({ input, part, skipped }: Run, found: GateResult): Report {
  const { charts, templates, links } = skipped;
  const { shard, isFirst } = part;
  // A part of the targets, or the changed ones alone, cannot show that a policy matches nothing.
  const unmatched =
    input.coverage.isComplete && shard === undefined && input.base === undefined
      ? unmatchedIn(found.outcomes ?? [])
      : [];
  return {
    ...found.report,
    ...(unmatched.length > 0 && { unmatched }),
    ...(isFirst && charts.length > 0 && { charts }),
    ...(isFirst && templates.length > 0 && { templates }),
    ...(isFirst && links.length > 0 && { links }),
    ...(shard && { shard: notesOf(shard, found, input.coverage.isComplete, input.config) }),
  };
}

/** The names of all facts that an outcome in the cache needs. */
function factsIn(memo: Memo): Set<string> {
  return new Set([...memo.values()].flatMap((value) => (isObject(value) ? (stringAt(value, "facts") ?? []) : [])));
}

/** The targets that the paths name. They are searched for again only if a folder or the references of a kustomization changed. */
async function cachedTargets(paths: readonly string[], cwd: string, memo: Memo): Promise<Discovered> {
  const key = `search ${JSON.stringify(paths)}`;
  const known = memo.get(key) as unknown as CachedSearch | undefined;
  if (known?.digests.every(([group, digest]) => memo.get(group) === digest)) return known.found;
  return (await import("./target-search.ts")).searchTargets(paths, cwd, memo, key, known);
}

/** Says that the configuration of a TARGET in another repository is not in effect. */
async function warnOfForeign(config: LoadedConfig, { positionals }: Args, cwd: string, io: Io): Promise<void> {
  const here = repositoryOf(cwd, cwd);
  const outside = positionals.filter((path) => path !== "-" && !isInside(here, resolve(cwd, path)));
  if (outside.length === 0) return;
  const { foreignConfig } = await import("./check/foreign.ts");
  const path = foreignConfig(outside, config, cwd);
  if (path === undefined) return;
  io.err(`gitops: ${path} is not in effect: run gitops in its folder, or pass --config ${path}\n`);
}

/** Loaded only if the configuration has settings for single targets. @throws UserError if one matches no target */
async function checkSettings(config: LoadedConfig, targets: readonly Target[], cwd: string): Promise<void> {
  if (config.overrides === undefined && config.scopes === undefined) return;
  const { checkMatches } = await import("../policy/check-settings.ts");
  checkMatches(
    config,
    targets.map(({ path }) => targetName(path, config.root, cwd)),
  );
}

/** Loaded only if something is generated: it prints YAML, which judging does not. */
function generatedDrift({ generate, root }: LoadedConfig, memo: Memo): Promise<LocatedProblem[]> | LocatedProblem[] {
  if (!generate) return [];
  return remembered(memo, `drift ${generate.models}`, async () => {
    const { drift, generatedFiles } = await import("../generate/drift.ts");
    return drift(await generatedFiles(generate.models, root), root);
  });
}
