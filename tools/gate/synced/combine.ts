import type { Finding } from "../../core/finding.ts";
import { groupBy } from "../../core/group.ts";
import { renders } from "../../core/resource.ts";
import { keyOf } from "../findings.ts";
import type { Summarized } from "../input.ts";
import { type RepositoryOutcome, withoutResolved } from "../repository/outcome.ts";
import { likenessOf } from "./likeness.ts";
import type { VariantOutcome } from "./outcome.ts";
import type { Variant } from "./variants.ts";

/** A variant with the path of its target, and its outcome. */
export interface JudgedVariant {
  readonly variant: Variant;
  /** See `Target.path`. */
  readonly path: string;
  /** Identifies what is added to the target; see `Outcomes.variant`. */
  readonly what: string;
  readonly outcome: VariantOutcome;
}

/** The targets as they are applied. */
export interface Synced {
  readonly judged: readonly JudgedVariant[];
  /** The keys of findings about them that other targets resolve. */
  readonly resolved: readonly string[];
}

/** If nothing is added to any target. */
export const nothingAdded: Synced = { judged: [], resolved: [] };

/** The outcomes of variants. */
export function variantsIn({ judged }: Synced): VariantOutcome[] {
  return judged.map(({ outcome }) => outcome);
}

/** The targets that render as they are applied, and are never applied as they are; by path. */
function replacedIn({ judged }: Synced): Map<string, Pick<Summarized, "failed" | "resources">> {
  const all = [...groupBy(judged, ({ path }) => path)];
  const some = all.filter(([, variants]) =>
    variants.every(({ variant, outcome }) => variant.isAlways && renders(outcome)),
  );
  return new Map(
    some.map(([path, variants]) => {
      const outcomes = variants.map(({ outcome }) => outcome);
      const resources = Math.max(...outcomes.map((one) => one.resources));
      return [path, { failed: outcomes.some(({ failed }) => failed), resources }];
    }),
  );
}

/** What reports say about targets. One that renders only with what is added to it is as it is applied. */
export function summarizedAs<T extends Pick<Summarized, "target" | "failed" | "resources">>(
  targets: readonly T[],
  synced: Synced,
): T[] {
  const replaced = replacedIn(synced);
  return targets.map((one) => {
    const applied = replaced.get(one.target.path);
    return applied === undefined || !one.failed ? one : { ...one, ...applied };
  });
}

/** The findings about single targets, and those that compare them. @param own about targets as they are */
export function findingsOfAll(own: readonly Finding[], repository: RepositoryOutcome, synced: Synced): Finding[] {
  return [...asSynced(withoutResolved(own, repository), synced), ...repository.findings];
}

/**
 * Adds what is found only in targets as they are applied, and removes what is found only in targets as they are never
 * applied.
 *
 * @param findings about single targets as they are, without those that other targets resolve
 */
export function asSynced(findings: readonly Finding[], synced: Synced): readonly Finding[] {
  const { judged } = synced;
  if (judged.length === 0) return findings;
  const resolved = new Set(synced.resolved);
  const byTarget = groupBy(judged, ({ path }) => path);
  const replaced = replacedIn(synced);
  const ofTarget = groupBy(findings, ({ target }) => target);
  const isKept = (finding: Finding) => {
    if (resolved.has(keyOf(finding))) return false;
    if (!replaced.has(finding.target)) return true;
    if (finding.resource === undefined) return !ofRendering.includes(finding.rule);
    return isIn(byTarget.get(finding.target) ?? [], likenessOf(finding));
  };
  const added = [...byTarget].flatMap(([path, variants]) => addedBy(variants, ofTarget.get(path) ?? [], resolved));
  return [...findings.filter(isKept), ...added];
}

/** That a target does not render, or to nothing. */
const ofRendering = ["render/failed", "schema/empty-render"];

function isIn(variants: readonly JudgedVariant[], like: string): boolean {
  return variants.some(({ outcome }) => outcome.findings.some((one) => one.like === like));
}

function addedBy(
  variants: readonly JudgedVariant[],
  findings: readonly Finding[],
  resolved: ReadonlySet<string>,
): Finding[] {
  const known = new Set(findings.map((finding) => likenessOf(finding)));
  const all = variants.flatMap(({ variant, outcome }) =>
    outcome.findings
      .filter(({ like, finding }) => !known.has(like) && !resolved.has(keyOf(finding)))
      .map(({ like, finding }) => ({ like, finding, by: variant.additions.by })),
  );
  return [...groupBy(all, ({ like }) => like).values()].flatMap(([first, ...others]) =>
    first === undefined
      ? []
      : [{ ...first.finding, appliedBy: [...new Set([first.by, ...others.map(({ by }) => by)])] }],
  );
}
