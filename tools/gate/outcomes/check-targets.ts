import type { Recording } from "../../cache/recording.ts";
import { handled } from "../../core/handled.ts";
import type { Target } from "../../core/resource.ts";
import { closure } from "../../load/closure.ts";
import { manifestFiles } from "../../load/discover.ts";
import { readStdin, readText } from "../../parse/file.ts";
import { render } from "../../render/render.ts";
import type { RenderedTarget } from "../../render/rendering.ts";
import { growLeast, growSlowly } from "../../system/heap.ts";
import { observed } from "../../system/observe.ts";
import { digest } from "../../system/snapshot.ts";
import { bookOf, findingsOf } from "../findings.ts";
import type { GateInput } from "../input.ts";
import type { Sources } from "../sources.ts";
import type { Judge } from "../target/check.ts";
import type { Judged } from "../target/checked.ts";
import { type Definition, definitionsOf } from "../target/definitions.ts";
import { targetName } from "../target/name.ts";
import { openAmong } from "../target/open-facts.ts";
import { ScopeBases, scopesOf } from "../target/scope-bases.ts";
import { digestOfCrds, type Outcome } from "./outcomes.ts";

/** The state of a run. */
interface Work {
  readonly input: GateInput;
  readonly judge: Judge;
  readonly done: Map<string, Outcome>;
  readonly recordings: Map<string, Recording>;
  /** Targets that need a schema from another target; they are finished last. */
  readonly open: Map<string, Judged>;
  /** The CustomResourceDefinitions of targets, by the targets' paths. */
  readonly crds: Map<string, readonly Definition[]>;
  sources: Sources | undefined;
}

/**
 * Renders and checks the targets without a known outcome, and those whose outcome is outdated because the
 * CustomResourceDefinitions of other targets have changed.
 *
 * @param known outcomes by the paths of their targets
 * @returns the outcomes of all targets in their order
 */
export async function judgeRest(input: GateInput, known: Map<string, Outcome>): Promise<Outcome[]> {
  const recordings = new Map<string, Recording>();
  const rest = longestFirst(
    input.targets.filter(({ path }) => !known.has(path)),
    input,
  );
  if (rest.length > most) growLeast();
  else if (rest.length > many) growSlowly();
  // Load the checking code while the first targets render: for a single target, loading and kustomize take most of the
  // time.
  const rendering = begun(renderedOf(rest, input, recordings));
  const bases = basesOf(rest, input);
  const work = { ...(await begin(input, bases)), done: known, recordings };
  for await (const rendered of rendering()) {
    await take(rendered, work);
    input.progress(work.done.size + work.open.size, rendered);
  }
  await again(work);
  await finish(work);
  return input.targets.map(({ path }) => work.done.get(path)).filter((one) => one !== undefined);
}

/** With more targets, the run takes so long that additional garbage collections do not matter. */
const many = 100;

/** With more targets, their results would fill the memory. */
const most = 3000;

/** Starts a generator now instead of on first use. */
function begun<T>(all: AsyncGenerator<T>): () => AsyncGenerator<T> {
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
function basesOf(rest: readonly Target[], { cwd, config, kustomize, outcomes, rules, levelOf }: GateInput): ScopeBases {
  const bases = new ScopeBases({ cwd, root: config.root });
  const [[first], rule] = [rest, rules.get("gitops/overlay-scope")];
  if (first?.kind !== "kustomization" || kustomize === undefined || rule === undefined) return bases;
  const name = targetName(first.path, config.root, cwd);
  const [scope] = levelOf(rule, name) === "off" ? [] : scopesOf(name, config.scopes ?? []);
  const begin = () => scope && bases.of(scope, kustomize);
  const recording = outcomes.recording(first);
  // Errors are thrown again where the result is awaited.
  (recording === undefined ? begin() : observed(recording, begin))?.catch(() => {});
  return bases;
}

async function begin(input: GateInput, bases: ScopeBases): Promise<Omit<Work, "done" | "recordings">> {
  const { config, versions, levelOf, cwd, renderers } = input;
  const [{ Judge }, judging, users] = await Promise.all([
    import("../target/check.ts"),
    input.judging(),
    input.outcomes.users(cwd),
  ]);
  const judge = new Judge({
    versions,
    ipFamilies: config.ipFamilies,
    installed: config.installed,
    ...judging,
    levelOf,
    cluster: config.cluster ?? [],
    allowUnknownKinds: config.allowUnknownKinds ?? [],
    root: config.root,
    cwd,
    others: renderers,
    scopes: config.scopes ?? [],
    bases,
    users,
  });
  return { input, judge, open: new Map(), crds: new Map(), sources: undefined };
}

function renderedOf(
  targets: readonly Target[],
  { cwd, kustomize, jobs, outcomes, renderings }: GateInput,
  recordings: Map<string, Recording>,
): AsyncGenerator<RenderedTarget> {
  const observer = (target: Target) => {
    const recording = outcomes.recording(target);
    if (recording !== undefined) recordings.set(target.path, recording);
    return recording;
  };
  return render(targets, { cwd, kustomize, jobs, observer, renderings });
}

/** Checks a target, and settles it unless it needs a schema from another target. */
async function take(rendered: RenderedTarget, work: Work): Promise<void> {
  const { path } = rendered.target;
  work.input.rendered?.(rendered);
  // Transient failures, and targets that may depend on unknown files, are not cached.
  if (rendered.passing || (rendered.closure?.unknownFields.length ?? 0) > 0) work.recordings.delete(path);
  const judged = await observing(path, work, () => work.judge.judge(rendered));
  work.crds.set(path, judged.crds);
  if (judged.waiting.length > 0) work.open.set(path, judged);
  else await settle(judged, work);
}

function observing<T>(path: string, { recordings }: Work, judge: () => T): T {
  const recording = recordings.get(path);
  return recording === undefined ? judge() : observed(recording, judge);
}

/** Turns the results for a target into an outcome, and caches it. */
async function settle(judged: Judged, work: Work, needs?: string): Promise<void> {
  const { target, issues, resources, skipped, failed, crds } = judged;
  const { input, recordings } = work;
  const locations = await observing(target.path, work, () => locate(judged, work));
  const open = openAmong(issues);
  const outcome: Outcome = {
    target,
    resources,
    skipped,
    failed,
    findings: findingsOf(judged, locations, bookOf(target, input)),
    crashed: issues.some(({ crash }) => crash),
    crds: crds.map(nameOf),
    ...(needs !== undefined && { needs }),
    ...(await componentsOf(judged, input)),
    facts: input.outcomes.addFacts(open.length > 0 ? { ...judged.facts, open } : judged.facts),
    idle: judged.idle,
    ms: judged.ms,
    ...otherKustomize(judged, input),
    syncs: judged.facts.syncs.length > 0,
    cached: false,
  };
  work.done.set(target.path, outcome);
  const recording = recordings.get(target.path);
  if (recording !== undefined && !outcome.crashed) input.outcomes.put(outcome, recording);
  recordings.delete(target.path);
}

/** The components whose users affect the outcome, and a digest of the users. */
async function componentsOf({ components: folders }: Judged, { outcomes, cwd }: GateInput) {
  if (folders.length === 0) return {};
  return { components: { folders, users: await (await outcomes.users(cwd)).digestOf(folders) } };
}

function otherKustomize({ by }: Judged, { kustomize }: GateInput): { kustomize?: string } {
  return by === undefined || by.version === kustomize?.version ? {} : { kustomize: by.version };
}

/** Locates issues. The code for it is loaded only if there are any. */
async function locate(judged: Judged, work: Work) {
  if (judged.issues.length === 0) return [];
  work.sources ??= await sourcesFor(work.input);
  return work.sources.locate(judged);
}

async function sourcesFor({ cwd, targets }: GateInput): Promise<Sources> {
  const { Sources } = await import("../sources.ts");
  const input = targets.some(({ kind }) => kind === "stdin") ? await readStdin() : undefined;
  return new Sources(cwd, input && "text" in input ? input.text : undefined);
}

/**
 * Renders known targets again: those whose outcome depends on changed CustomResourceDefinitions of other targets, and,
 * if definitions are needed, those that contain some.
 */
async function again(work: Work): Promise<void> {
  const { done, open, crds, input } = work;
  const isAsked = open.size > 0 || [...done.values()].some(({ needs }) => needs !== undefined);
  if (isAsked && input.others.length > 0) await readElsewhere(work);
  const now = digestOfCrds(crdsOf(work));
  const stale = (path: string) => (done.get(path)?.needs ?? now) !== now;
  const isNeeded = open.size > 0 || [...done.keys()].some(stale);
  if (!isNeeded) return;
  const provides = (path: string) => (done.get(path)?.crds.length ?? 0) > 0 && !crds.has(path);
  const targets = input.targets.filter(({ path }) => stale(path) || provides(path));
  for await (const rendered of renderedOf(targets, input, work.recordings)) {
    const { path } = rendered.target;
    if (stale(path)) {
      done.delete(path);
      await take(rendered, work);
    } else {
      work.recordings.delete(path);
      crds.set(path, definitionsOf(rendered));
    }
  }
}

/** Renders the targets of other shards that may contain definitions: those with a file that mentions them. */
async function readElsewhere({ input, crds }: Work): Promise<void> {
  const workspace = { cwd: input.cwd, read: new Map() };
  const speaks = new Map<string, boolean>();
  const isDefining = (file: string) => {
    const known = speaks.get(file) ?? textOf(file).includes("CustomResourceDefinition");
    speaks.set(file, known);
    return known;
  };
  const filesOf = (target: Target) =>
    target.kind === "kustomization" ? closure(target, workspace).files : manifestFiles(target, workspace);
  const targets = input.others.filter((target) => target.kind !== "stdin" && filesOf(target).some(isDefining));
  for await (const rendered of renderedOf(targets, input, new Map())) {
    const found = definitionsOf(rendered);
    if (found.length > 0) crds.set(rendered.target.path, found);
  }
}

function textOf(file: string): string {
  const read = readText(file, file);
  return "text" in read ? read.text : "";
}

/** The paths of all targets, with digests of their definitions. */
function crdsOf({ input, done, open, crds }: Work): [string, readonly string[]][] {
  const elsewhere = input.others.map(({ path }): [string, readonly string[]] => [
    path,
    (crds.get(path) ?? []).map(nameOf),
  ]);
  const here = input.targets.map(({ path }): [string, readonly string[]] => {
    return [path, open.get(path)?.crds.map(nameOf) ?? done.get(path)?.crds ?? []];
  });
  return [...here, ...elsewhere];
}

/** A digest of a definition. It includes the location, which messages about conflicting definitions contain. */
function nameOf({ place, says }: Definition): string {
  return digest(`${place} ${says}`);
}

/** Settles the targets that were waiting for schemas. */
async function finish(work: Work): Promise<void> {
  const { input, open, judge, crds } = work;
  if (open.size === 0) return;
  const needs = digestOfCrds(crdsOf(work));
  const everywhere = [...input.targets, ...input.others].sort((a, b) => (a.path < b.path ? -1 : 1));
  const all = everywhere.flatMap(({ path }) => crds.get(path) ?? []);
  for (const [path, judged] of open) {
    await judge.finish(judged, all);
    open.delete(path);
    await settle(judged, work, needs);
  }
}
