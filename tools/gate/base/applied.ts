import type { Compared } from "../../diff/moves.ts";
import { type RenderedAs, renderAs } from "../../render/additions.ts";
import { renderTarget } from "../../render/render.ts";
import type { RenderedTarget } from "../../render/rendering.ts";
import { defaultJobs, pooled } from "../../system/pooled.ts";
import { findingsOf, rulebookOf } from "../findings.ts";
import type { GateInput } from "../input.ts";
import type { Outcome } from "../outcomes/outcomes.ts";
import { knownFacts } from "../repository/check.ts";
import { sourcesOf } from "../sources.ts";
import type { JudgedVariant, Synced } from "../synced/combine.ts";
import { contextAsApplied } from "../synced/consequences.ts";
import { findingsIn } from "../synced/judge.ts";
import { likenessOf } from "../synced/likeness.ts";
import type { VariantFinding, VariantOutcome } from "../synced/outcome.ts";
import { applicationOf, applicationsIn } from "../synced/variants.ts";
import type { Issue } from "../target/checked.ts";
import { byTargetName } from "../target/name.ts";

/** The targets of one side of a change, and the input of its check. */
export interface CheckedSide {
  readonly outcomes: readonly Outcome[];
  readonly synced: Synced;
  /** What has been rendered of it. */
  readonly applied: AppliedRenderings;
  readonly input: GateInput;
}

/** Targets as they are rendered with what is added to them, by their outcomes; others have cached outcomes. */
export type AppliedRenderings = WeakMap<VariantOutcome, RenderedAs>;

/** A target as one Application or Kustomization applies it on both sides: with what this adds, if it adds something. */
export interface AppliedChange extends Compared {
  readonly base: RenderedTarget;
  readonly head: RenderedTarget;
  readonly application: string;
  /** The variant of the current side; of the base, if nothing is added any more. */
  readonly judged: JudgedVariant;
}

/** The targets with additions on one side or both that are applied on both sides, unless nothing in them has changed. */
export async function changesAsApplied(base: CheckedSide, head: CheckedSide): Promise<AppliedChange[]> {
  const [before, after] = [byApplication(base.synced), byApplication(head.synced)];
  const all = [...new Map([...before, ...after])];
  const changed = all.filter(([key]) => before.get(key)?.outcome !== after.get(key)?.outcome);
  const [was, is] = [rendererOf(base, before), rendererOf(head, after)];
  const both = await pooled(changed, head.input.rendering.jobs ?? defaultJobs(), async ([application, judged]) => {
    const sides = { base: await was(application), head: await is(application) };
    return { path: judged.path, unchanged: false, ...sides, application, judged };
  });
  return both.filter((one): one is AppliedChange => one.base !== undefined && one.head !== undefined);
}

function byApplication({ judged }: Synced): Map<string, JudgedVariant> {
  return new Map(judged.map((one) => [applicationOf(one.variant), one]));
}

/** Renders what is applied on one side; undefined if it is not applied there. */
function rendererOf(side: CheckedSide, variants: ReadonlyMap<string, JudgedVariant>) {
  const { targets, config, cwd, rendering } = side.input;
  const byName = byTargetName(targets, ({ path }) => path, config.root, cwd);
  const options = { cwd, ...rendering };
  let names: Promise<Map<string, string>> | undefined;
  return async (application: string): Promise<RenderedTarget | undefined> => {
    const { variant, outcome } = variants.get(application) ?? {};
    const known = outcome && side.applied.get(outcome);
    if (known !== undefined) return known;
    if (variant === undefined) names ??= namesIn(side);
    const target = byName.get(variant?.target ?? (await names)?.get(application) ?? "");
    if (target === undefined) return undefined;
    return variant ? renderAs(target, variant.additions, options) : renderTarget(target, options);
  };
}

async function namesIn({ outcomes, synced, input }: CheckedSide): Promise<Map<string, string>> {
  return applicationsIn(await contextAsApplied(synced.judged, await knownFacts(outcomes, input), input));
}

/** The variants of the current side with findings about their changes. @param issues in the order of the changes */
export async function judgedChanges(
  { synced, input }: CheckedSide,
  changes: readonly AppliedChange[],
  issues: readonly (readonly Issue[])[],
): Promise<Synced> {
  const found = new Map<string, readonly VariantFinding[]>();
  for (const [index, change] of changes.entries())
    found.set(change.application, await findingsAbout(change, issues[index] ?? [], input));
  const current = new Set(synced.judged.map(({ variant }) => applicationOf(variant)));
  const others = changes.filter(({ application }) => !current.has(application)).map(({ judged }) => judged);
  const now = others.map((one) => ({ ...one, variant: { ...one.variant, isAlways: false } }));
  const judged = [...synced.judged, ...now].map((one) => {
    const findings = found.get(applicationOf(one.variant)) ?? [];
    return { ...one, outcome: { ...one.outcome, findings } };
  });
  return { judged, resolved: [] };
}

async function findingsAbout(
  { head, judged: { variant } }: AppliedChange,
  issues: readonly Issue[],
  input: GateInput,
): Promise<readonly VariantFinding[]> {
  if (issues.length === 0) return [];
  const { target } = head;
  const { targets, config, cwd } = input;
  const adding = byTargetName(targets, ({ path }) => path, config.root, cwd).get(variant.by.target);
  if (isRenderedAs(head) && adding !== undefined) return findingsIn(issues, head, { variant, target, adding }, input);
  const locations = (await sourcesOf(input)).locate({ target, issues });
  return findingsOf({ target, issues }, locations, rulebookOf(target, input)).map((finding) => ({
    like: likenessOf(finding),
    finding,
  }));
}

function isRenderedAs(rendered: RenderedTarget): rendered is RenderedAs {
  return "written" in rendered;
}
