import type { Finding, Severity } from "../../core/finding.ts";
import { keyOf } from "../findings.ts";

/** The result of comparing targets with each other; plain data, so that it can be cached. */
export interface RepositoryOutcome {
  readonly findings: readonly Finding[];
  /** Keys of findings about one target that other targets resolve. */
  readonly resolved: readonly string[];
  /** Changes to findings about missing objects that another target renders, perhaps for another cluster. */
  readonly maybeResolved: readonly FindingChange[];
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
export const noRepositoryOutcome: RepositoryOutcome = { findings: [], resolved: [], maybeResolved: [], crashed: false };

/** Removes the findings that other targets resolve, and adds those that compare targets with each other. */
export function withRepositoryOutcome(
  findings: readonly Finding[],
  { resolved, maybeResolved, findings: added }: RepositoryOutcome,
): Finding[] {
  return [...changed(without(findings, resolved), maybeResolved), ...added];
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
