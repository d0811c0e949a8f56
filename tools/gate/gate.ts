import { isAbsolute } from "node:path";
import type { Renderings } from "../cache/renderings.ts";
import type { LoadedConfig } from "../config/config.ts";
import { append } from "../core/append.ts";
import type { Contract } from "../core/contract.ts";
import type { Finding } from "../core/finding.ts";
import { groupBy } from "../core/group.ts";
import type { JsonObject } from "../core/json.ts";
import type { TargetFacts } from "../core/repository.ts";
import type { LocatedProblem, Target } from "../core/resource.ts";
import type { RuleInfo } from "../core/rule.ts";
import type { Changes } from "../git/changes.ts";
import type { Revision } from "../git/revision.ts";
import { shown } from "../load/paths.ts";
import type { Policy } from "../policy/define.ts";
import type { LevelOf } from "../policy/levels.ts";
import { applyWaivers } from "../policy/waivers.ts";
import type { Kustomize } from "../render/kustomize.ts";
import type { RenderedTarget } from "../render/render.ts";
import { type Report, summarize } from "../report/report.ts";
import type { Since } from "./base.ts";
import { bookOf, findingsOf, type Summarized, sorted, targetSummary, withWhole } from "./findings.ts";
import { targetName } from "./name.ts";
import { digestOfCrds, type Outcome, type Outcomes, type WholeOutcome } from "./outcome.ts";
import { together } from "./together.ts";
import { locateWaiver, type WaiverFile } from "./waiver-file.ts";

/** Everything a run of the gate depends on. */
export interface GateInput {
  readonly cwd: string;
  readonly config: LoadedConfig;
  readonly targets: readonly Target[];
  /** Targets that other shards of this run judge. */
  readonly others: readonly Target[];
  /** They are all that the configuration names, with those of other shards. */
  readonly whole: boolean;
  /** Undefined when no target is a kustomization. */
  readonly kustomize: Kustomize | undefined;
  /** Others that must render the same. */
  readonly renderers: readonly Kustomize[];
  readonly jobs: number | undefined;
  readonly versions: readonly string[];
  /** Asked for only where a target has to be judged. */
  readonly judging: () => Promise<Judging>;
  /** Among the policies are some that hold targets against each other. */
  readonly compares: boolean;
  readonly rules: ReadonlyMap<string, RuleInfo>;
  /** How grave a rule is in a target. */
  readonly levelOf: LevelOf;
  readonly waivers: WaiverFile;
  /** Those of what is judged, where another revision judges: of them only what a change may say for itself counts. */
  readonly ownWaivers?: WaiverFile | undefined;
  /** `2026-11-23`, in UTC: waivers end. */
  readonly today: string;
  /** Problems of the repository itself: generated files that differ. */
  readonly repository: readonly LocatedProblem[];
  /** What is applied now: adds the rules that need it, and tells what is new. */
  readonly base?: BaseRequest | undefined;
  /** What earlier runs came to. */
  readonly outcomes: Outcomes;
  /** What kustomize printed in them. */
  readonly renderings?: Renderings | undefined;
  /** The repository that the targets are of, where they are those of a revision in another folder. */
  readonly of?: string | undefined;
  /** Gets what is rendered. */
  readonly rendered?: (rendered: RenderedTarget) => void;
  /** Told after each target. */
  readonly progress: (done: number, last: Pick<RenderedTarget, "target" | "durationMs">) => void;
}

/** What judges, beside the gate's own rules. */
export interface Judging {
  readonly policies: readonly Policy[];
  readonly contracts: readonly Contract[];
  /** CustomResourceDefinitions that the configuration names. */
  readonly crds: readonly JsonObject[];
}

export interface BaseRequest {
  readonly revision: Revision;
  /** What has changed since; undefined where all is taken for changed. */
  readonly changes: Promise<Changes | undefined>;
  /** The targets that were asked for; nothing stands for those of the configuration, on each side its own. */
  readonly words: readonly string[];
  /** That of the base, where it has one of its own. */
  readonly kustomize: Kustomize | undefined;
  /** Finds one where the base has kustomizations, and the working tree none. */
  readonly findKustomize: () => Promise<Kustomize>;
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
  /** Of the targets, where no base was asked for. */
  readonly outcomes?: readonly Outcome[];
  /** What the targets mean for those of other shards, where there are some. */
  readonly facts?: readonly TargetFacts[];
}

/** What a run has found, before it is laid out. */
export interface Found {
  readonly targets: readonly Summarized[];
  /** With what is waived. */
  readonly findings: readonly Finding[];
  /** What was found at the base, and is no more. */
  readonly fixed?: readonly Finding[] | undefined;
  readonly crashed: boolean;
  readonly unknown: readonly string[];
  readonly outcomes?: readonly Outcome[];
  readonly facts?: readonly TargetFacts[];
}

/** Judges targets, each from its files or as an earlier run did, and says where what is wrong is mended. */
export async function gate(input: GateInput): Promise<GateResult> {
  const start = performance.now();
  const found = await (input.base === undefined
    ? foundNow(input)
    : (await import("./since.ts")).foundSince(input, input.base));
  return {
    ...reportOf(found, input, performance.now() - start),
    outcomes: found.outcomes ?? [],
    facts: found.facts ?? [],
  };
}

/** Lays out what was found. */
export function reportOf(
  { targets: judged, findings: found, fixed: gone, crashed, unknown }: Found,
  input: Pick<GateInput, "base" | "kustomize" | "versions" | "cwd">,
  durationMs: number,
): GateResult {
  const findings = together(found);
  const fixed = gone && together(gone);
  const ofTarget = groupBy(findings, ({ target }) => target);
  const targets = judged.map((one) => targetSummary(one, ofTarget.get(one.target.path) ?? []));
  const { revision } = input.base ?? {};
  const report: Report = {
    schemaVersion: 1,
    kustomize: input.kustomize ? shownKustomize(input.kustomize, input.cwd) : null,
    kubernetes: input.versions,
    ...(revision && { base: { ref: revision.ref, commit: revision.commit } }),
    targets,
    findings: sorted(findings),
    ...(fixed && { fixed: sorted(fixed) }),
    summary: summarize(targets, findings, Math.round(durationMs), fixed),
  };
  return { report, crashed, unknown };
}

async function foundNow(input: GateInput): Promise<Found> {
  const outcomes = await outcomesOf(input);
  // What needs all targets is found when the reports of the shards are put together.
  const whole = input.others.length > 0 ? noWhole : await wholeOf(outcomes, input);
  const findings = withWhole(
    outcomes.flatMap((outcome) => outcome.findings),
    whole,
  );
  append(findings, ofRepository(input.repository, input));
  return {
    targets: outcomes,
    findings: waive(findings, input.waivers, input, undefined),
    crashed: whole.crashed || outcomes.some(({ crashed }) => crashed),
    unknown: [],
    outcomes,
    facts: input.others.length > 0 ? await (await import("./whole.ts")).knownFacts(outcomes, input) : [],
  };
}

/** By the paths of their targets, what is known from earlier runs. */
export function knownOf(input: GateInput): Map<string, Outcome> {
  const known = new Map<string, Outcome>();
  for (const target of input.targets) {
    const outcome = input.outcomes.get(target);
    if (outcome !== undefined) known.set(target.path, outcome);
  }
  return known;
}

/** Outcomes in the order of the targets. What renders and judges is loaded only where something is not known. */
export async function outcomesOf(input: GateInput, known = knownOf(input)): Promise<readonly Outcome[]> {
  await forgetOutdated(known, input);
  if (known.size === input.targets.length && isConsistent(known)) return [...known.values()];
  const { judgeRest } = await import("./rest.ts");
  return judgeRest(input, known);
}

/** Forgets outcomes that were come to when components had other users. */
async function forgetOutdated(known: Map<string, Outcome>, { outcomes, cwd }: GateInput): Promise<void> {
  for (const [path, { components }] of known) {
    if (components === undefined) continue;
    const users = await outcomes.users(cwd);
    if ((await users.digestOf(components.folders)) !== components.users) known.delete(path);
  }
}

/** Whether outcomes that depend on the CustomResourceDefinitions of other targets depend on those of these. */
function isConsistent(known: ReadonlyMap<string, Outcome>): boolean {
  const needs = [...known.values()].flatMap((outcome) => outcome.needs ?? []);
  const now = needs.length === 0 ? "" : digestOfCrds(Array.from(known, ([path, { crds }]) => [path, crds]));
  return needs.every((need) => need === now);
}

/** Whether anything can be found when one target is held against another. */
export function needsWhole(outcomes: readonly Outcome[], { compares }: Pick<GateInput, "compares">): boolean {
  return outcomes.length > 0 && (compares || outcomes.some(({ syncs }) => syncs));
}

/** Where nothing says what is synced, the gate's own rules find nothing. */
export async function wholeOf(outcomes: readonly Outcome[], input: GateInput): Promise<WholeOutcome> {
  if (!needsWhole(outcomes, input)) return noWhole;
  return input.outcomes.whole(outcomes, input.whole, async () => {
    const { judgeWhole, knownFacts } = await import("./whole.ts");
    return judgeWhole(await knownFacts(outcomes, input), await input.judging(), input);
  });
}

export const noWhole: WholeOutcome = { findings: [], answered: [], crashed: false };

/** The repository as if it were a target, so that its own problems become findings like all others. */
export function ofRepository(problems: readonly LocatedProblem[], gate: GateInput): Finding[] {
  const issues = problems.map((problem) => ({ problem }));
  const target: Target = { path: ".", kind: "manifests" };
  return findingsOf({ target, issues }, [], bookOf(target, gate));
}

/** Rules that say something of the way from a base. */
const ofChanges = new Set(["apply/immutable-field", "gitops/deletion-budget"]);

export function waive(
  findings: readonly Finding[],
  file: WaiverFile,
  input: GateInput,
  since: Pick<Since, "gone"> | undefined,
): Finding[] {
  const { rules, today, targets, whole } = input;
  const { findings: marked, problems } = applyWaivers(findings, file.waivers, {
    rules: new Set(rules.keys()),
    targets: [...targets, ...(since?.gone ?? [])].map(({ path }) => path),
    nameOf: (target: string) => targetName(target, input.config.root, input.cwd),
    today,
    isComplete: whole,
    idle: since === undefined ? ofChanges : new Set(),
  });
  // Whether a waiver covers anything shows when the reports of the shards are put together.
  const told = input.others.length > 0 ? [] : problems;
  return [
    ...marked,
    ...ofRepository(
      told.map((problem) => locateWaiver(file, problem)),
      input,
    ),
  ];
}

function shownKustomize({ version, command }: Kustomize, cwd: string): NonNullable<Report["kustomize"]> {
  return { version, command: command.map((word) => (isAbsolute(word) ? shown(cwd, word) : word)).join(" ") };
}
