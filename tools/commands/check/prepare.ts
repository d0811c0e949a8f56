import { resolve } from "node:path";
import type { Memo } from "../../cache/memo.ts";
import { remembered } from "../../cache/remembered.ts";
import type { LoadedConfig } from "../../config/config.ts";
import { isObject, stringAt } from "../../core/json.ts";
import type { LocatedProblem, Target } from "../../core/resource.ts";
import type { GateInput } from "../../gate/input.ts";
import { Outcomes } from "../../gate/outcomes/outcomes.ts";
import { targetName } from "../../gate/target/name.ts";
import type { Discovered } from "../../load/discover.ts";
import { isInside, repositoryOf } from "../../load/paths.ts";
import { digest } from "../../system/snapshot.ts";
import type { Args, Io } from "../command.ts";
import { answersOf, openContentStore, openRenderings, rendererOf } from "../open-cache.ts";
import { progressBar } from "../progress.ts";
import { rulesOf } from "../rules.ts";
import type { CachedSearch } from "../target-search.ts";
import { definitionsIn, demandTargets, jobs, kustomizeFor, otherKustomizes, targetPaths } from "../targets.ts";
import { kubernetesVersions } from "../versions.ts";
import { askForTreeState } from "../working-tree.ts";
import { baseOf } from "./base.ts";
import { type PartOfRun, partOf } from "./shard.ts";
import { ownWaivers, today, waiversOf } from "./waivers.ts";

/** A run that is prepared: what the gate judges, and what to do when it is done. */
export interface Run {
  readonly input: GateInput;
  readonly part: PartOfRun;
  /** What the search for targets passed over. */
  readonly skipped: Omit<Discovered, "targets">;
  /** Removes the progress bar. */
  readonly end: () => void;
  /** Saves what the next run can use. */
  readonly save: () => Promise<void>;
}

/** Prepares a run of `gitops check`. @throws UserError */
export async function prepare(config: LoadedConfig, memo: Memo, args: Args, io: Io): Promise<Run> {
  const cwd = process.cwd();
  const isComplete = args.positionals.length === 0;
  // First, because Git looks at all files while the rest is prepared.
  const base = await baseOf(args, io, config, memo);
  const tree = base === undefined && isComplete ? await askForTreeState(memo, cwd) : undefined;
  const { identity, ...rules } = await rulesOf(config, args, memo);
  const versions = kubernetesVersions(args, config);
  await demandTargets(args, config);
  const { targets, ...skipped } = await cachedTargets(targetPaths(args, config), cwd, memo);
  if (isComplete) await checkSettings(config, targets, cwd);
  else await warnOfForeign(config, args, cwd, io);
  const part = await partOf(targets, args);
  const bar = progressBar(io, part.targets.length);
  const { rendering, renderer } = await renderingOf(targets, config, memo, args, io);
  const store = openContentStore(args, io);
  const settings = digest(JSON.stringify([identity, config.profile ?? "", versions, ...rendering.otherKustomizes]));
  const input: GateInput = {
    cwd,
    config,
    versions,
    targets: part.targets,
    coverage: { otherShards: part.others, chartDefinitions: definitionsIn(skipped.charts), isComplete },
    rendering,
    rules,
    waivers: {
      inForce: await waiversOf(args, config, memo),
      ofChange: base && (await ownWaivers(config)),
      today: today(),
    },
    drift: isComplete && part.isFirst ? await generatedDrift(config, memo) : [],
    base,
    outcomes: new Outcomes(memo, store, settings, renderer),
    onProgress: bar.step,
  };
  const save = async () => {
    const seen = await tree?.();
    if (seen !== undefined) memo.trust(seen);
    memo.save(2 * targets.length + 1000);
    store.save(() => factsIn(memo));
    rendering.renderings?.save();
  };
  return { input, part, skipped, end: bar.end, save };
}

async function renderingOf(targets: readonly Target[], config: LoadedConfig, memo: Memo, args: Args, io: Io) {
  const kustomize = await kustomizeFor(targets, args, io, config, answersOf(memo));
  const renderer = await rendererOf(kustomize, memo, io);
  const rendering = {
    kustomize,
    otherKustomizes: await otherKustomizes(args, io, config),
    jobs: jobs(args),
    renderings: openRenderings(memo, renderer, io),
  };
  return { rendering, renderer };
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
  return (await import("../target-search.ts")).searchTargets(paths, cwd, memo, key, known);
}

/** Says that the configuration of a TARGET in another repository is not in effect. */
async function warnOfForeign(config: LoadedConfig, { positionals }: Args, cwd: string, io: Io): Promise<void> {
  const here = repositoryOf(cwd, cwd);
  const outside = positionals.filter((path) => path !== "-" && !isInside(here, resolve(cwd, path)));
  if (outside.length === 0) return;
  const { foreignConfig } = await import("./foreign.ts");
  const path = foreignConfig(outside, config, cwd);
  if (path === undefined) return;
  io.err(`gitops: ${path} is not in effect: run gitops in its folder, or pass --config ${path}\n`);
}

/** Loaded only if the configuration has settings for single targets. @throws UserError if one matches no target */
async function checkSettings(config: LoadedConfig, targets: readonly Target[], cwd: string): Promise<void> {
  if (config.overrides === undefined && config.scopes === undefined) return;
  const { checkMatches } = await import("../../policy/check-settings.ts");
  checkMatches(
    config,
    targets.map(({ path }) => targetName(path, config.root, cwd)),
  );
}

/** Loaded only if something is generated: it prints YAML, which judging does not. */
function generatedDrift({ generate, root }: LoadedConfig, memo: Memo): Promise<LocatedProblem[]> | LocatedProblem[] {
  if (!generate) return [];
  return remembered(memo, `drift ${generate.models}`, async () => {
    const { drift, generatedFiles } = await import("../../generate/drift.ts");
    return drift(await generatedFiles(generate.models, root), root);
  });
}
