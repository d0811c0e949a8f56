import { type Finding, ranks } from "../core/finding.ts";
import { groupBy } from "../core/group.ts";
import { compare, sorted } from "./findings.ts";

/**
 * Combines all findings in a target about the same missing object into one, at the first reference, with the number of
 * the others. This is done last, so that waivers and old findings are matched individually. Waived findings stay
 * separate, since each has its own reason.
 */
export function onePerMissingObject(findings: readonly Finding[]): Finding[] {
  const groups = groupBy(findings, keyOf);
  return [...groups].flatMap(([key, group]) => (key === undefined ? group : [asOne(group)]).map(plain));
}

function keyOf({ missing, rule, target, status, waived }: Finding): string | undefined {
  return missing && !waived ? JSON.stringify([missing.what, rule, target, status]) : undefined;
}

/** Combines findings into the first of the most severe ones, by resource name and regardless of file names. */
function asOne(group: readonly Finding[]): Finding {
  const [first, ...others] = sorted(group).sort(
    (a, b) => ranks[a.severity] - ranks[b.severity] || compare(a.resource ?? "", b.resource ?? ""),
  ) as [Finding, ...Finding[]];
  if (others.length === 0) return first;
  const count = others.length === 1 ? "1 more reference" : `${others.length} more references`;
  return { ...first, message: `${first.message} (and ${count}${named(first, others)})` };
}

/** Maximum number of other resources to name. */
const most = 3;

/** The names of the other resources that reference the missing object. */
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
