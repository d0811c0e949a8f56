import { type Finding, ranks } from "../core/finding.ts";
import { groupBy } from "../core/group.ts";
import { type Distinct, distinctByFile } from "./distinct.ts";

/** Findings of one rule with the same help. */
export interface Repeated {
  /** One of them: rule, severity, help and status are those of all. */
  readonly finding: Finding;
  /** By file and line. */
  readonly distinct: readonly Distinct[];
}

/** More findings than this, of one rule and with the same help, are shown as a list below a single help text. */
const most = 5;

/** Separates findings that repeat the same advice from the others. The most severe lists come first, then the longest. */
export function withoutRepeated(findings: readonly Finding[]): { rest: Finding[]; repeated: Repeated[] } {
  const lists = [
    ...groupBy(
      distinctByFile(findings).flatMap(({ distinct }) => distinct),
      adviceOf,
    ).values(),
  ];
  const repeated = lists.flatMap((distinct): Repeated[] => {
    const [first] = distinct;
    return first === undefined || first.finding.waived || distinct.length <= most
      ? []
      : [{ finding: first.finding, distinct }];
  });
  const known = new Set(repeated.map(adviceOf));
  const rest = findings.filter((finding) => !known.has(adviceOf({ finding })));
  return { rest, repeated: repeated.sort(bySeverity) };
}

function adviceOf({ finding: { rule, severity, help, status, waived } }: { readonly finding: Finding }): string {
  return JSON.stringify([rule, severity, help, status, waived]);
}

function bySeverity(one: Repeated, other: Repeated): number {
  return ranks[one.finding.severity] - ranks[other.finding.severity] || other.distinct.length - one.distinct.length;
}
