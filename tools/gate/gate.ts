import { isAbsolute } from "node:path";
import type { Finding, TargetSummary } from "../core/finding.ts";
import { groupBy } from "../core/group.ts";
import type { TargetFacts } from "../core/repository.ts";
import { shown } from "../load/paths.ts";
import type { Kustomize } from "../render/kustomize.ts";
import { type Report, summarize } from "../report/report.ts";
import { now } from "../system/clock.ts";
import { sorted } from "./findings.ts";
import type { GateInput, RunResult, Summarized } from "./input.ts";
import { onePerMissingObject } from "./missing-objects.ts";
import { outcomesOf } from "./outcomes/cached.ts";
import type { Outcome } from "./outcomes/outcomes.ts";
import { repositoryOutcome } from "./repository/cached.ts";
import { noRepositoryOutcome } from "./repository/outcome.ts";
import { syncedOutcome } from "./synced/cached.ts";
import { findingsOfAll, summarizedAs, variantsIn } from "./synced/combine.ts";
import { repositoryFindings, waive } from "./waivers/waive.ts";

export interface GateResult {
  readonly report: Report;
  /** Whether a rule threw, and so did not finish its checks. */
  readonly crashed: boolean;
  /** Targets that do not render at the base, so that their changes are unknown. */
  readonly unknown: readonly string[];
  /** The outcomes of the targets, unless they are compared with a base. */
  readonly outcomes?: readonly Outcome[];
  /** Facts about the targets for the other shards, if there are any. */
  readonly facts?: readonly TargetFacts[];
}

/** Checks targets, reusing cached outcomes, and locates where to fix each finding. */
export async function gate(input: GateInput): Promise<GateResult> {
  const start = now();
  const found = await (input.base === undefined
    ? checkNow(input)
    : (await import("./base/check.ts")).checkAgainstBase(input, input.base));
  return {
    ...reportOf(found, input, now() - start),
    outcomes: found.outcomes ?? [],
    facts: found.facts ?? [],
  };
}

/** Builds the report from the findings. */
export function reportOf(
  { targets: judged, findings: found, fixed: gone, crashed, unknown }: RunResult,
  input: Pick<GateInput, "base" | "rendering" | "versions" | "cwd">,
  durationMs: number,
): GateResult {
  const findings = onePerMissingObject(found);
  const fixed = gone && onePerMissingObject(gone);
  const ofTarget = groupBy(findings, ({ target }) => target);
  const targets = judged.map((one) => targetSummary(one, ofTarget.get(one.target.path) ?? []));
  const { revision } = input.base ?? {};
  const { kustomize } = input.rendering;
  const report: Report = {
    schemaVersion: 1,
    kustomize: kustomize ? shownKustomize(kustomize, input.cwd) : null,
    kubernetes: input.versions,
    ...(revision && { base: { ref: revision.ref, commit: revision.commit } }),
    targets,
    findings: sorted(findings),
    ...(fixed && { fixed: sorted(fixed) }),
    summary: summarize(targets, findings, Math.round(durationMs), fixed),
  };
  return { report, crashed, unknown };
}

/** The report's summary of a target, given its findings. */
function targetSummary(
  { target, failed, resources, skipped, cached, kustomize }: Summarized,
  findings: readonly Finding[],
): TargetSummary {
  const bad = findings.some((finding) => finding.severity === "error" && !finding.waived);
  const status = failed ? "error" : bad ? "invalid" : "valid";
  const other = kustomize === undefined ? {} : { kustomize };
  return { path: target.path, status, resources, skipped, cached, ...other };
}

async function checkNow(input: GateInput): Promise<RunResult> {
  const outcomes = await outcomesOf(input);
  const isShard = input.coverage.otherShards.length > 0;
  // Findings that need all targets are made when the shards' reports are merged.
  const repository = isShard ? noRepositoryOutcome : await repositoryOutcome(outcomes, input);
  const synced = await syncedOutcome(outcomes, repository, input);
  const own = outcomes.flatMap((outcome) => outcome.findings);
  const findings = [...findingsOfAll(own, repository, synced), ...repositoryFindings(input.drift, input)];
  return {
    targets: summarizedAs(outcomes, synced),
    findings: waive(findings, input.waivers.inForce, input, undefined),
    crashed: repository.crashed || [...outcomes, ...variantsIn(synced)].some(({ crashed }) => crashed),
    unknown: [],
    outcomes,
    facts: isShard ? await (await import("./repository/check.ts")).knownFacts(outcomes, input) : [],
  };
}

function shownKustomize({ version, command }: Kustomize, cwd: string): NonNullable<Report["kustomize"]> {
  return { version, command: command.map((word) => (isAbsolute(word) ? shown(cwd, word) : word)).join(" ") };
}
