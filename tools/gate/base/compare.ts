import type { LoadedConfig } from "../../config/config.ts";
import { pastConfig } from "../../config/past.ts";
import type { Finding } from "../../core/finding.ts";
import type { Target } from "../../core/resource.ts";
import { type Compared, withRenames } from "../../diff/moves.ts";
import { driftBefore } from "../../generate/past.ts";
import { renderAll } from "../../render/render.ts";
import type { RenderedTarget } from "../../render/rendering.ts";
import type { BaseRequest, GateInput } from "../input.ts";
import { checkTargets } from "../outcomes/check-targets.ts";
import type { Outcome } from "../outcomes/outcomes.ts";
import { needsRepositoryCheck } from "../repository/cached.ts";
import { checkRepository, knownFacts } from "../repository/check.ts";
import { noRepositoryOutcome, type RepositoryOutcome } from "../repository/outcome.ts";
import { syncedOutcome } from "../synced/cached.ts";
import { findingsOfAll, nothingAdded, type Synced } from "../synced/combine.ts";
import type { Issue } from "../target/checked.ts";
import type { WaiverFile } from "../waivers/file.ts";
import { repositoryFindings } from "../waivers/waive.ts";
import type { AppliedRenderings, CheckedSide } from "./applied.ts";
import {
  inputAt,
  type Present,
  pastTargets,
  unchangedAmong,
  unchangedVariants,
  waiversOf,
  withBase,
} from "./checkout.ts";
import { changeIssues } from "./updates.ts";

/** How targets have changed since the base. */
export interface BaseComparison {
  /** Issues with the change of a target, by its path; including removed targets. */
  readonly issues: ReadonlyMap<string, readonly Issue[]>;
  /** The findings about the changes of targets as they are applied. */
  readonly synced: Synced;
  /** Targets that do not render at the base, so that their changes are unknown. */
  readonly unknown: readonly string[];
  /** Removed targets: they exist only at the base. */
  readonly gone: readonly Target[];
  /** The findings of the same rules at the base, with locations there. A moved target has its new path. */
  readonly findings: readonly Finding[];
  /** The waivers of the base; undefined if they cannot be read. */
  readonly waivers: WaiverFile | undefined;
}

/**
 * Compares targets with the base: changes that API servers reject, deleted objects, and findings that existed before.
 */
export function compareWithBase(present: Present, base: BaseRequest, input: GateInput): Promise<BaseComparison> {
  return withBase(present.changes, base, input, async (place) => {
    const here = { top: base.revision.root, cwd: input.cwd };
    const config = pastConfig(place, here, input.config);
    const targets = pastTargets(config, place, present, base, input);
    const unchanged = unchangedAmong(targets, place, present, base, input);
    const rendered = new Map<string, RenderedTarget>();
    const applied: AppliedRenderings = new WeakMap();
    const past = await inputAt(place, targets, { rendered, applied }, base, input);
    const outcomes = await checkTargets(past, new Map(unchanged));
    const compared = await changedTargets({ targets, rendered, unchanged }, present, input);
    const repository = await repositoryOutcomeAt(outcomes, past);
    const synced = await syncedOutcome(outcomes, repository, past, unchangedVariants(present, base, input));
    const own = outcomes.flatMap((outcome) => outcome.findings);
    const findings = [
      ...findingsOfAll(own, repository, synced),
      ...repositoryFindings(driftAt(config, past, input), input),
    ];
    const changes = await changesOf(
      compared,
      { base: { outcomes, synced, applied, input: past }, head: { ...present, input } },
      base,
    );
    const moved = new Map(compared.flatMap(({ path, from }) => (from === undefined ? [] : [[from, path]])));
    return {
      ...changes,
      unknown: compared.flatMap(({ path, base: was, head }) => (was?.failed && head && !head.failed ? [path] : [])),
      gone: compared.flatMap(({ base: was, head }) => (was && !head ? [was.target] : [])),
      findings: findings.map((one) => ({ ...one, target: moved.get(one.target) ?? one.target })),
      waivers: base.isWaivedAlike ? input.waivers.inForce : waiversOf(config, place.cwd),
    };
  });
}

/** What is found in the changes of targets as they are, and as they are applied. */
async function changesOf(
  compared: readonly Compared[],
  { base: was, head: is }: { readonly base: CheckedSide; readonly head: CheckedSide },
  base: BaseRequest,
): Promise<Pick<BaseComparison, "issues" | "synced">> {
  const isPlain = was.synced.judged.length === 0 && is.synced.judged.length === 0;
  const variants = isPlain ? undefined : await import("./applied.ts");
  const applied = (await variants?.changesAsApplied(was, is)) ?? [];
  const issues = await changeIssues([...compared, ...applied], is, base, is.input);
  return {
    issues: new Map(compared.map(({ path }, index) => [path, issues[index] ?? []])),
    synced: (await variants?.judgedChanges(is, applied, issues.slice(compared.length))) ?? nothingAdded,
  };
}

/** The findings that compare targets of the base with each other. */
async function repositoryOutcomeAt(outcomes: readonly Outcome[], past: GateInput): Promise<RepositoryOutcome> {
  if (!needsRepositoryCheck(outcomes, past)) return noRepositoryOutcome;
  return checkRepository(await knownFacts(outcomes, past), await past.rules.load(), past);
}

/** The problems with generated files at the base. */
function driftAt({ generate }: LoadedConfig, past: GateInput, { drift: repository, config }: GateInput) {
  const models = config.generate?.models;
  if (models === undefined || models !== generate?.models) return [];
  return driftBefore(repository, models, config.root, past.config.root);
}

/** The targets of the base, rendered if something in them has changed. */
interface PastTargets {
  readonly targets: readonly Target[];
  readonly rendered: ReadonlyMap<string, RenderedTarget>;
  readonly unchanged: ReadonlyMap<string, Outcome>;
}

/** The states of every changed target at the base and now. */
async function changedTargets(
  { targets, rendered, unchanged }: PastTargets,
  present: Present,
  { targets: all, cwd, rendering }: GateInput,
): Promise<Compared[]> {
  const changed = all.filter(({ path, kind }) => kind !== "stdin" && !unchanged.has(path));
  const missing = changed.filter(({ path }) => !present.rendered.has(path));
  const again = await renderAll(missing, { cwd, ...rendering });
  const heads = new Map(again.map((one) => [one.target.path, one]));
  const olds = targets.filter(({ path }) => !unchanged.has(path));
  const paths = new Set([...changed, ...olds].map(({ path }) => path));
  const headOf = (path: string) => present.rendered.get(path) ?? heads.get(path);
  const there = new Set(changed.map(({ path }) => path));
  return withRenames(
    [...paths].sort().map((path) => ({
      path,
      unchanged: false,
      base: rendered.get(path),
      head: there.has(path) ? headOf(path) : undefined,
    })),
  );
}
