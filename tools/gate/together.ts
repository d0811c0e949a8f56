import type { Finding } from "../core/finding.ts";
import { groupBy } from "../core/group.ts";
import { compare, sorted } from "./findings.ts";

/**
 * Of what is missing, all that name it in a target as one finding: at the first of them, which counts the others. Only at the end, so
 * that waivers and what was there before are held against each. What is waived stays as it is: each has a reason of its own.
 */
export function together(findings: readonly Finding[]): Finding[] {
  const groups = groupBy(findings, keyOf);
  return [...groups].flatMap(([key, group]) => (key === undefined ? group : [asOne(group)]).map(plain));
}

function keyOf({ missing, rule, target, status, waived }: Finding): string | undefined {
  return missing && !waived ? JSON.stringify([missing.what, rule, target, status]) : undefined;
}

const ranks = { error: 0, warning: 1, info: 2 };

/** The first by name, whatever the files are called, among the gravest. */
function asOne(group: readonly Finding[]): Finding {
  const [first, ...others] = sorted(group).sort(
    (a, b) => ranks[a.severity] - ranks[b.severity] || compare(a.resource ?? "", b.resource ?? ""),
  ) as [Finding, ...Finding[]];
  if (others.length === 0) return first;
  const count = others.length === 1 ? "1 more reference" : `${others.length} more references`;
  return { ...first, message: `${first.message} (and ${count}${named(first, others)})` };
}

/** More names than a person reads. */
const most = 3;

/** Who else names it. */
function named(first: Finding, others: readonly Finding[]): string {
  const names = [...new Set(others.flatMap(({ missing }) => missing?.by ?? []))];
  const foreign = names.filter((name) => name !== first.missing?.by);
  if (foreign.length === 0) return "";
  const rest = foreign.length > most ? ` and ${foreign.length - most} others` : "";
  return `: ${foreign.slice(0, most).join(", ")}${rest}`;
}

function plain({ missing: _, ...finding }: Finding): Finding {
  return finding;
}
