import type { Recording } from "../../cache/recording.ts";
import { handled } from "../../core/handled.ts";
import type { Target } from "../../core/resource.ts";
import { growLeast, growSlowly } from "../../system/heap.ts";
import { observed } from "../../system/observe.ts";
import type { GateInput } from "../input.ts";
import type { TargetChecker } from "../target/check.ts";
import { targetName } from "../target/name.ts";
import { ScopeBases, scopesOf } from "../target/scope-bases.ts";
import { checkRendered, renderedOf, type Work } from "./check-target.ts";
import type { Outcome } from "./outcomes.ts";
import { checkOutdated, checkWaiting } from "./shared-definitions.ts";

/**
 * Renders and checks the targets without a known outcome, and those whose outcome is outdated because the
 * CustomResourceDefinitions of other targets have changed.
 *
 * @param known outcomes by the paths of their targets
 * @returns the outcomes of all targets in their order
 */
export async function checkTargets(input: GateInput, known: Map<string, Outcome>): Promise<Outcome[]> {
  const recordings = new Map<string, Recording>();
  const unknown = longestFirst(
    input.targets.filter(({ path }) => !known.has(path)),
    input,
  );
  if (unknown.length > most) growLeast();
  else if (unknown.length > many) growSlowly();
  // Load the checking code while the first targets render: for a single target, loading and kustomize take most of the
  // time.
  const rendering = startedNow(renderedOf(unknown, input, recordings));
  const bases = basesOf(unknown, input);
  const work = { ...(await prepared(input, bases)), done: known, recordings };
  for await (const rendered of rendering()) {
    await checkRendered(rendered, work);
    input.onProgress(work.done.size + work.waiting.size, rendered);
  }
  await checkOutdated(work);
  await checkWaiting(work);
  return input.targets.map(({ path }) => work.done.get(path)).filter((one) => one !== undefined);
}

/** With more targets, the run takes so long that additional garbage collections do not matter. */
const many = 100;

/** With more targets, their results would fill the memory. */
const most = 3000;

/** Starts a generator now instead of on first use. */
function startedNow<T>(all: AsyncGenerator<T>): () => AsyncGenerator<T> {
  const first = handled(all.next());
  return async function* () {
    for (let next = await first; !next.done; next = await all.next()) yield next.value;
  };
}

/** Sorts targets by cost: if the slowest came last, all other cores would be idle. */
function longestFirst(targets: readonly Target[], { outcomes }: GateInput): Target[] {
  const costs = new Map(targets.map((target) => [target, outcomes.costOf(target)]));
  const known = [...costs.values()].filter((cost) => cost !== undefined);
  const average = known.reduce((sum, cost) => sum + cost, 0) / Math.max(1, known.length);
  return [...targets].sort((a, b) => (costs.get(b) ?? average) - (costs.get(a) ?? average));
}

/** Starts to render the base of the first target's scope in parallel to the targets. */
function basesOf([first]: readonly Target[], { cwd, config, rendering, outcomes, rules }: GateInput): ScopeBases {
  const bases = new ScopeBases({ cwd, root: config.root });
  const { kustomize } = rendering;
  const rule = rules.byId.get("gitops/overlay-scope");
  if (first?.kind !== "kustomization" || kustomize === undefined || rule === undefined) return bases;
  const name = targetName(first.path, config.root, cwd);
  const [scope] = rules.levelOf(rule, name) === "off" ? [] : scopesOf(name, config.scopes ?? []);
  const begin = () => scope && bases.of(scope, kustomize);
  const recording = outcomes.recording(first);
  // Errors are thrown again where the result is awaited.
  (recording === undefined ? begin() : observed(recording, begin))?.catch(() => {});
  return bases;
}

async function prepared(input: GateInput, bases: ScopeBases): Promise<Omit<Work, "done" | "recordings">> {
  const checker = await checkerFor(input, bases);
  return { input, checker, waiting: new Map(), crds: new Map(), sources: undefined };
}

/** Checks targets as the run demands. @param bases the bases of scopes, if rendering them has already started */
export async function checkerFor(input: GateInput, bases?: ScopeBases): Promise<TargetChecker> {
  const { config, versions, rules, cwd, rendering } = input;
  const [{ TargetChecker }, ruleset, users] = await Promise.all([
    import("../target/check.ts"),
    rules.load(),
    input.outcomes.users(cwd),
  ]);
  return new TargetChecker({
    versions,
    ipFamilies: config.ipFamilies,
    featureGates: config.featureGates,
    installed: config.installed,
    ...ruleset,
    levelOf: rules.levelOf,
    cluster: config.cluster ?? [],
    allowUnknownKinds: config.allowUnknownKinds ?? [],
    root: config.root,
    cwd,
    otherKustomizes: rendering.otherKustomizes,
    scopes: config.scopes ?? [],
    ...(bases && { bases }),
    users,
  });
}
