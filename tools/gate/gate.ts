import { isAbsolute } from "node:path";
import { append } from "../core/append.ts";
import { groupBy } from "../core/group.ts";
import type { TargetFacts } from "../core/repository.ts";
import { shown } from "../load/paths.ts";
import type { Kustomize } from "../render/kustomize.ts";
import { type Report, summarize } from "../report/report.ts";
import { sorted, targetSummary, withWhole } from "./findings.ts";
import { noWhole, outcomesOf, wholeOf } from "./known.ts";
import type { Outcome } from "./outcome.ts";
import type { Found, GateInput } from "./run.ts";
import { together } from "./together.ts";
import { ofRepository, waive } from "./waive.ts";

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

function shownKustomize({ version, command }: Kustomize, cwd: string): NonNullable<Report["kustomize"]> {
  return { version, command: command.map((word) => (isAbsolute(word) ? shown(cwd, word) : word)).join(" ") };
}
