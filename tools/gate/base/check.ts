import { append } from "../../core/append.ts";
import type { Finding } from "../../core/finding.ts";
import type { Changes } from "../../git/changes.ts";
import type { RenderedTarget } from "../../render/rendering.ts";
import { aspects } from "../../system/observe.ts";
import { findingsOf, rulebookOf, sorted } from "../findings.ts";
import type { BaseRequest, GateInput, RunResult } from "../input.ts";
import { cachedOutcomes, outcomesOf } from "../outcomes/cached.ts";
import { repositoryOutcome } from "../repository/cached.ts";
import { sourcesOf } from "../sources.ts";
import { syncedOutcome } from "../synced/cached.ts";
import { asSynced, findingsOfAll, summarizedAs, variantsIn } from "../synced/combine.ts";
import { noWaivers } from "../waivers/file.ts";
import { repositoryFindings, waive } from "../waivers/waive.ts";
import type { AppliedRenderings } from "./applied.ts";
import { type BaseComparison, compareWithBase } from "./compare.ts";
import { markNew } from "./mark-new.ts";

/** Checks targets now and, if they have changed, at the base, and tells new findings from old ones. */
export async function checkAgainstBase(input: GateInput, base: BaseRequest): Promise<RunResult> {
  const known = cachedOutcomes(input);
  const changes = await base.changes;
  const rendered = new Map<string, RenderedTarget>();
  const keep = (one: RenderedTarget) => {
    if (mayHaveChanged(one, changes)) rendered.set(one.target.path, one);
  };
  const applied: AppliedRenderings = new WeakMap();
  const outcomes = await outcomesOf({ ...input, onRendered: keep }, known);
  const repository = await repositoryOutcome(outcomes, input);
  const onApplied: GateInput["onApplied"] = (outcome, one) => void applied.set(outcome, one);
  const synced = await syncedOutcome(outcomes, repository, { ...input, onApplied });
  const past = await compareWithBase({ outcomes, synced, rendered, applied, changes }, base, input);
  const own = outcomes.flatMap((outcome) => outcome.findings);
  const findings = [
    ...findingsOfAll(own, repository, synced),
    ...(await changeFindings(past, input)),
    ...repositoryFindings(input.drift, input),
  ];
  return {
    ...newAndFixed(findings, past, input),
    targets: summarizedAs(outcomes, synced),
    crashed: repository.crashed || [...outcomes, ...variantsIn(synced)].some(({ crashed }) => crashed),
    unknown: past.unknown,
  };
}

function mayHaveChanged({ closure }: RenderedTarget, changes: Changes | undefined): boolean {
  if (changes === undefined || closure === undefined || closure.unknownFields.length > 0) return true;
  return closure.files.some((file) => changes.touches(file, aspects.content));
}

/** The findings about the changes themselves. */
async function changeFindings({ issues, gone, synced }: BaseComparison, input: GateInput): Promise<readonly Finding[]> {
  const sources = await sourcesOf(input);
  const found: Finding[] = [];
  for (const target of [...input.targets, ...gone]) {
    const one = { target, issues: issues.get(target.path) ?? [] };
    if (one.issues.length > 0) append(found, findingsOf(one, sources.locate(one), rulebookOf(target, input)));
  }
  return asSynced(found, synced);
}

/** Applies waivers on both sides, and tells new findings from old ones. */
function newAndFixed(findings: readonly Finding[], past: BaseComparison, input: GateInput) {
  const before = waive(sorted(past.findings), past.waivers ?? input.waivers.inForce, input, past);
  return markNew(waiveByChange(waive(sorted(findings), input.waivers.inForce, input, past), past, input), before);
}

/** The rule that a change may waive itself, so that reviewers see that the deletions are intended. */
const ofChange = "gitops/deletion-budget";

/**
 * In CI, the waivers may be those of the base; but only the change itself can state that its deletions are intended.
 */
function waiveByChange(findings: readonly Finding[], past: BaseComparison, input: GateInput): readonly Finding[] {
  const own = input.waivers.ofChange?.waivers.filter(({ rule }) => rule === ofChange) ?? [];
  return own.reduce<readonly Finding[]>((all, waiver) => {
    const marked = waive(all, { ...noWaivers, waivers: [waiver] }, input, past);
    return all.map((finding, index) => {
      if (finding.waived || marked[index]?.waived !== true) return finding;
      return {
        ...finding,
        waived: true,
        help: `Waived by this change: ${waiver.reason} (${waiver.owner}, until ${waiver.expires})`,
      };
    });
  }, findings);
}
