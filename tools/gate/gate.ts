import { isAbsolute, relative, resolve } from "node:path";
import type { LoadedConfig } from "../config/config.ts";
import { readCrds } from "../config/crds.ts";
import { append } from "../core/append.ts";
import type { Contract } from "../core/contract.ts";
import type { Finding } from "../core/finding.ts";
import { groupBy } from "../core/group.ts";
import type { JsonObject } from "../core/json.ts";
import type { LocatedProblem, Target } from "../core/resource.ts";
import type { RuleInfo } from "../core/rule.ts";
import type { Revision } from "../git/revision.ts";
import { shown } from "../load/paths.ts";
import { readStdin } from "../parse/file.ts";
import type { Policy } from "../policy/define.ts";
import type { LevelOf } from "../policy/levels.ts";
import { applyWaivers } from "../policy/waivers.ts";
import type { Kustomize } from "../render/kustomize.ts";
import { type RenderedTarget, render } from "../render/render.ts";
import { type Report, summarize } from "../report/report.ts";
import { rules } from "../rules/index.ts";
import type { PastJudged, PastTargets, Since } from "./base.ts";
import { findingsOf, type Rulebook, sorted, targetSummary } from "./findings.ts";
import type { Judged } from "./judge.ts";
import { targetName } from "./name.ts";
import type { WaiverFile } from "./waiver-file.ts";

/** Everything a run of the gate depends on. */
export interface GateInput {
  readonly cwd: string;
  readonly config: LoadedConfig;
  readonly targets: readonly Target[];
  /** They are all that the configuration names. */
  readonly whole: boolean;
  /** Undefined when no target is a kustomization. */
  readonly kustomize: Kustomize | undefined;
  readonly jobs: number | undefined;
  readonly versions: readonly string[];
  readonly policies: readonly Policy[];
  readonly rules: ReadonlyMap<string, RuleInfo>;
  /** How grave a rule is in a target. */
  readonly levelOf: LevelOf;
  readonly contracts: readonly Contract[];
  readonly waivers: WaiverFile;
  /** `2026-11-23`, in UTC: waivers end. */
  readonly today: string;
  /** Problems of the repository itself: generated files that differ. */
  readonly repository: readonly LocatedProblem[];
  /** What is applied now: adds the rules that need it, and tells what is new. */
  readonly base?: BaseRequest | undefined;
  /** Told after each target. */
  readonly progress: (done: number, target: Target) => void;
}

export interface BaseRequest {
  readonly revision: Revision;
  /** The targets that were asked for; nothing stands for those of the configuration, on each side its own. */
  readonly words: readonly string[];
  /** That of the base, where it has one of its own. */
  readonly kustomize: Kustomize | undefined;
  /** How many objects may be deleted from a target for which the configuration says nothing. */
  readonly maxDeletions: number | undefined;
  /** Whether the waivers of the run hold for the base too. */
  readonly isWaivedAlike: boolean;
}

export interface GateResult {
  readonly report: Report;
  /** A rule threw: what it should have judged was not judged. */
  readonly crashed: boolean;
  /** Targets that do not render at the base, so that it is not known what changes in them. */
  readonly unknown: readonly string[];
}

/** Renders and judges targets, and says where what is wrong is mended. */
export async function gate(input: GateInput): Promise<GateResult> {
  const start = performance.now();
  const { judged, since } = await judgeAll(input);
  const findings = await locateAll([...judged, ...goneOf(since)], input);
  append(findings, ofRepository(input.repository, input));
  const { findings: all, fixed } = await toldApart(findings, since, input);
  const ofTarget = groupBy(all, ({ target }) => target);
  const targets = judged.map((one) => targetSummary(one, ofTarget.get(one.target.path) ?? []));
  const { revision } = input.base ?? {};
  const report: Report = {
    schemaVersion: 1,
    kustomize: input.kustomize ? shownKustomize(input.kustomize, input.cwd) : null,
    kubernetes: input.versions,
    ...(revision && { base: { ref: revision.ref, commit: revision.commit } }),
    targets,
    findings: sorted(all),
    ...(fixed && { fixed: sorted(fixed) }),
    summary: summarize(targets, all, Math.round(performance.now() - start), fixed),
  };
  const crashed = judged.some(({ issues }) => issues.some(({ crash }) => crash));
  return { report, crashed, unknown: since?.unknown ?? [] };
}

/** What judges is loaded while the first targets render: together with starting kustomize, that is what one target costs. */
async function judgeAll(input: GateInput): Promise<{ judged: Judged[]; since: Since | undefined }> {
  const { cwd, kustomize, jobs } = input;
  const rendering = render(input.targets, { cwd, kustomize, jobs });
  const [first, judge] = await Promise.all([rendering.next(), judgeFor(input)]);
  const judged = new Map<string, Judged>();
  const held: RenderedTarget[] = [];
  for (let next = first; !next.done; next = await rendering.next()) {
    const { value: rendered } = next;
    judged.set(rendered.target.path, await judge.judge(rendered));
    if (input.base !== undefined) held.push(rendered);
    input.progress(judged.size, rendered.target);
  }
  await judge.finish();
  const since = input.base && (await compared(held, judged, input.base, input));
  return { judged: input.targets.map(({ path }) => judged.get(path)).filter((one) => one !== undefined), since };
}

/** Compares with the base, and adds what is wrong with the way from there. */
async function compared(
  rendered: readonly RenderedTarget[],
  judged: ReadonlyMap<string, Judged>,
  base: BaseRequest,
  input: GateInput,
): Promise<Since> {
  const [{ since }, { budgetOf }] = await Promise.all([import("./base.ts"), import("./deletions.ts")]);
  const found = await since(rendered, {
    ...input,
    ...base,
    kustomize: base.kustomize ?? input.kustomize,
    isOther: base.kustomize !== undefined && base.kustomize.version !== input.kustomize?.version,
    budget: budgetOf(input, base.maxDeletions),
    judge: (past) => judgePast(past, input),
    waivers: base.isWaivedAlike ? input.waivers : undefined,
  });
  for (const [path, some] of found.issues) append(judged.get(path)?.issues ?? [], some);
  return found;
}

/** By the same rules, in another folder. */
async function judgePast(
  { changed, unchanged, place, definitions }: PastTargets,
  input: GateInput,
): Promise<PastJudged> {
  if (changed.length === 0) return { changed: [], unchanged: [] };
  const root = resolve(place.cwd, relative(input.cwd, input.config.root));
  const here = { root: input.config.root, cwd: input.cwd };
  const judge = await judgeFor({ ...input, cwd: place.cwd, config: { ...input.config, root } }, definitions, place);
  const judged: Judged[] = [];
  for (const one of changed) judged.push(await judge.judge(one));
  const known = unchanged.map((one) => judge.know(one, here));
  await judge.finish();
  return { changed: judged, unchanged: known };
}

/** Targets that are no more, where there is something to say of that. */
function goneOf(since: Since | undefined): Judged[] {
  return (since?.gone ?? []).map((target) => {
    const issues = [...(since?.issues.get(target.path) ?? [])];
    return { target, resources: 0, failed: false, skipped: 0, issues };
  });
}

/** What was found with what is waived, and, where there is a base, what of it is new. */
async function toldApart(findings: readonly Finding[], since: Since | undefined, input: GateInput) {
  const now = waive(findings, input.waivers, input, since);
  if (since === undefined) return { findings: now, fixed: undefined };
  const { tellApart } = await import("./tell-apart.ts");
  const again = since.judged.flatMap((one) => findingsOf(one, [], bookOf(one.target, input)));
  // What one target means to another may have changed without any of its own files.
  const isOfAll = (rule: string) => since.judged.length > 0 && ofRepositories(input.policies).has(rule);
  const same = findings.filter(({ target, rule }) => since.unchanged.has(target) && !isOfAll(rule));
  const before = [...same, ...again];
  return tellApart(now, waive(before, since.waivers ?? input.waivers, input, since));
}

/** Rules that hold targets against each other. */
function ofRepositories(policies: readonly Policy[]): ReadonlySet<string> {
  const all = [...rules, ...policies].filter(({ checkRepository }) => checkRepository !== undefined);
  return new Set(all.map(({ id }) => id));
}

async function judgeFor(
  { config, versions, policies, levelOf, contracts, cwd, whole }: GateInput,
  crds: readonly JsonObject[] = [],
  exported?: PastTargets["place"],
) {
  const { Judge } = await import("./judge.ts");
  return new Judge({
    versions,
    policies,
    levelOf,
    cluster: config.cluster ?? [],
    contracts,
    crds: [...readCrds(config.schemas ?? [], config.home), ...crds],
    allowUnknownKinds: config.allowUnknownKinds ?? [],
    root: config.root,
    cwd,
    urls: config.repository === undefined ? undefined : [config.repository].flat(),
    whole,
    exported,
  });
}

/** A clean run needs none of what follows values back to their lines. */
async function locateAll(judged: readonly Judged[], gate: GateInput): Promise<Finding[]> {
  const faulty = judged.filter(({ issues }) => issues.length > 0);
  if (faulty.length === 0) return [];
  const { Sources } = await import("./sources.ts");
  const input = gate.targets.some(({ kind }) => kind === "stdin") ? await readStdin() : undefined;
  const sources = new Sources(gate.cwd, input && "text" in input ? input.text : undefined);
  const findings: Finding[] = [];
  for (const one of faulty) append(findings, findingsOf(one, await sources.locate(one), bookOf(one.target, gate)));
  return findings;
}

function bookOf({ path }: Target, { rules, levelOf, config, cwd }: GateInput): Rulebook {
  const name = targetName(path, config.root, cwd);
  return { rules, levelOf: (rule) => levelOf(rule, name) };
}

/** The repository as if it were a target, so that its own problems become findings like all others. */
function ofRepository(problems: readonly LocatedProblem[], gate: GateInput): Finding[] {
  const issues = problems.map((problem) => ({ problem }));
  const target: Target = { path: ".", kind: "manifests" };
  return findingsOf({ target, resources: 0, failed: false, skipped: 0, issues }, [], bookOf(target, gate));
}

/** Rules that say something of the way from a base. */
const ofChanges = new Set(["apply/immutable-field", "gitops/deletion-budget"]);

function waive(findings: readonly Finding[], file: WaiverFile, input: GateInput, since: Since | undefined): Finding[] {
  const { rules, today, targets, whole } = input;
  const { findings: marked, problems } = applyWaivers(findings, file.waivers, {
    rules: new Set(rules.keys()),
    targets: [...targets, ...(since?.gone ?? [])].map(({ path }) => path),
    nameOf: (target: string) => targetName(target, input.config.root, input.cwd),
    today,
    isComplete: whole,
    idle: since === undefined ? ofChanges : new Set(),
  });
  return [...marked, ...ofRepository(problems.map(file.locate), input)];
}

function shownKustomize({ version, command }: Kustomize, cwd: string): NonNullable<Report["kustomize"]> {
  return { version, command: command.map((word) => (isAbsolute(word) ? shown(cwd, word) : word)).join(" ") };
}
