import { isAbsolute } from "node:path";
import type { LoadedConfig } from "../config/config.ts";
import { readCrds } from "../config/crds.ts";
import { append } from "../core/append.ts";
import type { Contract } from "../core/contract.ts";
import type { Finding } from "../core/finding.ts";
import { groupBy } from "../core/group.ts";
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
  /** What is applied now: adds the rules that need it. */
  readonly base?: Revision | undefined;
  /** Told after each target. */
  readonly progress: (done: number, target: Target) => void;
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
  const { judged, unknown } = await judgeAll(input);
  const findings = await locateAll(judged, input);
  append(findings, ofRepository(input.repository, input));
  const waived = waive(findings, input);
  const ofTarget = groupBy(waived, ({ target }) => target);
  const targets = judged.map((one) => targetSummary(one, ofTarget.get(one.target.path) ?? []));
  const report: Report = {
    schemaVersion: 1,
    kustomize: input.kustomize ? shownKustomize(input.kustomize, input.cwd) : null,
    kubernetes: input.versions,
    targets,
    findings: sorted(waived),
    summary: summarize(targets, waived, Math.round(performance.now() - start)),
  };
  return { report, crashed: judged.some(({ issues }) => issues.some(({ crash }) => crash)), unknown };
}

/** What judges is loaded while the first targets render: together with starting kustomize, that is what one target costs. */
async function judgeAll(input: GateInput): Promise<{ judged: Judged[]; unknown: readonly string[] }> {
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
  const unknown = input.base === undefined ? [] : await judgeUpdates(held, judged, input.base, input);
  return { judged: input.targets.map(({ path }) => judged.get(path)).filter((one) => one !== undefined), unknown };
}

/** Adds what cannot be applied over the base. The targets that do not render there are returned. */
async function judgeUpdates(
  rendered: readonly RenderedTarget[],
  judged: ReadonlyMap<string, Judged>,
  revision: Revision,
  { cwd, kustomize, jobs, versions }: GateInput,
): Promise<readonly string[]> {
  const { updatesSince } = await import("./base.ts");
  const { issues, unknown } = await updatesSince(rendered, { revision, cwd, kustomize, jobs, versions });
  for (const [path, some] of issues) append(judged.get(path)?.issues ?? [], some);
  return unknown;
}

async function judgeFor({ config, versions, policies, levelOf, contracts, cwd, whole }: GateInput) {
  const { Judge } = await import("./judge.ts");
  return new Judge({
    versions,
    policies,
    levelOf,
    cluster: config.cluster ?? [],
    contracts,
    crds: readCrds(config.schemas ?? [], config.home),
    allowUnknownKinds: config.allowUnknownKinds ?? [],
    root: config.root,
    cwd,
    urls: config.repository === undefined ? undefined : [config.repository].flat(),
    whole,
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

function waive(findings: readonly Finding[], input: GateInput): Finding[] {
  const { waivers, rules, today, targets, whole } = input;
  const nameOf = (target: string) => targetName(target, input.config.root, input.cwd);
  const known = {
    rules: new Set(rules.keys()),
    targets: targets.map(({ path }) => path),
    isComplete: whole,
    nameOf,
    today,
  };
  const { findings: marked, problems } = applyWaivers(findings, waivers.waivers, known);
  return [...marked, ...ofRepository(problems.map(waivers.locate), input)];
}

function shownKustomize({ version, command }: Kustomize, cwd: string): NonNullable<Report["kustomize"]> {
  return { version, command: command.map((word) => (isAbsolute(word) ? shown(cwd, word) : word)).join(" ") };
}
