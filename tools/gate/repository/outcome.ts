import type { Finding, Severity } from "../../core/finding.ts";
import { keyOf } from "../findings.ts";
import type { Variant } from "../synced/variants.ts";

/** The result of comparing targets with each other; plain data, so that it can be cached. */
export interface RepositoryOutcome {
  readonly findings: readonly Finding[];
  /** Keys of findings about one target that other targets resolve. */
  readonly resolved: readonly string[];
  /** Changes to findings about missing objects that another target renders, perhaps for another cluster. */
  readonly maybeResolved: readonly FindingChange[];
  /** The targets as they are applied, where something is added to them. */
  readonly variants: readonly Variant[];
  readonly crashed: boolean;
}

/** A change to a finding that another target may resolve. */
export interface FindingChange {
  /** See {@link keyOf}. */
  readonly key: string;
  readonly help: string;
  /** The new severity; undefined to keep the current one. */
  readonly severity?: Severity | "off";
}

/** The outcome if there is nothing to compare. */
export const noRepositoryOutcome: RepositoryOutcome = {
  findings: [],
  resolved: [],
  maybeResolved: [],
  variants: [],
  crashed: false,
};

/** Removes the findings about single targets that other targets resolve. */
export function withoutResolved(findings: readonly Finding[], outcome: RepositoryOutcome): readonly Finding[] {
  return changed(without(findings, outcome.resolved), outcome.maybeResolved);
}

function without(findings: readonly Finding[], keys: readonly string[]): readonly Finding[] {
  if (keys.length === 0) return findings;
  const resolved = new Set(keys);
  return findings.filter((finding) => !resolved.has(keyOf(finding)));
}

function changed(findings: readonly Finding[], changes: readonly FindingChange[]): readonly Finding[] {
  if (changes.length === 0) return findings;
  const byKey = new Map(changes.map((change) => [change.key, change]));
  return findings.flatMap((finding) => {
    const { help, severity = finding.severity } = byKey.get(keyOf(finding)) ?? finding;
    return severity === "off" ? [] : [{ ...finding, severity, ...(help !== undefined && { help }) }];
  });
}
