import { isAbsolute } from "node:path";
import { append } from "../core/append.ts";
import { groupBy } from "../core/group.ts";
import type { TargetFacts } from "../core/repository.ts";
import { shown } from "../load/paths.ts";
import type { Kustomize } from "../render/kustomize.ts";
import { type Report, summarize } from "../report/report.ts";
import { sorted, targetSummary, withWhole } from "./findings.ts";
import type { Found, GateInput } from "./input.ts";
import { together } from "./missing-objects.ts";
import { noWhole, outcomesOf, wholeOf } from "./outcomes/known.ts";
import type { Outcome } from "./outcomes/outcomes.ts";
import { ofRepository, waive } from "./waivers/waive.ts";

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
  const start = performance.now();
  const found = await (input.base === undefined
    ? foundNow(input)
    : (await import("./base/findings.ts")).foundSince(input, input.base));
  return {
    ...reportOf(found, input, performance.now() - start),
    outcomes: found.outcomes ?? [],
    facts: found.facts ?? [],
  };
}

/** Builds the report from the findings. */
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
  // Findings that need all targets are made when the shards' reports are merged.
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
    facts: input.others.length > 0 ? await (await import("./repository/check.ts")).knownFacts(outcomes, input) : [],
  };
}

function shownKustomize({ version, command }: Kustomize, cwd: string): NonNullable<Report["kustomize"]> {
  return { version, command: command.map((word) => (isAbsolute(word) ? shown(cwd, word) : word)).join(" ") };
}
