import type { Finding } from "../core/finding.ts";
import { listed } from "../core/listed.ts";
import { withoutIndices } from "../core/pointer.ts";
import { visible } from "./style.ts";
import { unknownKind } from "./unknown.ts";

/** The same mistake in a base shows in every overlay of it: it is told once, with the targets that it shows in. */
export interface Told {
  readonly finding: Finding;
  /** A target stands here once for each of its resources that has it. */
  readonly targets: readonly string[];
}

/** What there is to tell of one file, by line and column. */
export interface ToldFile {
  /** The file that mends them; the target where none is known. */
  readonly file: string;
  readonly told: readonly Told[];
}

/** The findings by file, each told once. */
export function toldByFile(findings: readonly Finding[]): ToldFile[] {
  const files = new Map<string, Map<string, { finding: Finding; targets: string[] }>>();
  for (const finding of findings) {
    const file = finding.file ?? finding.target;
    const told = files.get(file) ?? new Map<string, { finding: Finding; targets: string[] }>();
    files.set(file, told);
    const key = keyOf(finding);
    const same = told.get(key);
    if (same) same.targets.push(finding.target);
    else told.set(key, { finding, targets: [finding.target] });
  }
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([file, told]) => ({ file, told: [...told.values()].sort(byPlace) }));
}

/**
 * The findings each told once, the gravest first, then by file: where there is room for some only, it is for these. Of errors, those
 * that only say that nothing is known come last.
 */
export function gravestFirst(findings: readonly Finding[]): Told[] {
  const ranks = { error: 0, warning: 2, info: 3 };
  const rank = ({ finding: { rule, severity } }: Told) =>
    ranks[severity] + (rule === unknownKind && severity === "error" ? 1 : 0);
  const told = toldByFile(findings).flatMap((file) => file.told);
  return told.sort((a, b) => rank(a) - rank(b));
}

/** An overlay may have put something in front of what a base has in a list: indices do not tell mistakes apart. */
function keyOf({ file, line, column, resource, pointer, rule, message, waived, status }: Finding): string {
  const place = file === undefined ? [resource] : [line, column];
  return JSON.stringify([...place, ...[pointer ?? "", message].map(withoutIndices), rule, waived, status]);
}

function byPlace({ finding: a }: Told, { finding: b }: Told): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

/**
 * Where all the same edit mends the same thing; nothing where the lines above say it already.
 *
 * @param known the paths of the report's targets
 */
export function occurrences({ finding: { file, target }, targets }: Told, known: ReadonlySet<string>): string {
  const names = [...new Set(targets)].filter((name) => known.has(name));
  const count = targets.length > names.length && names.length > 0 ? `${targets.length} resources` : "";
  if (known.size === 1) return count && `in ${count}`;
  const isTold = names.length === 1 && (file === undefined || file === target);
  if (names.length === 0 || (isTold && count === "")) return "";
  return `in ${count && `${count} of `}${listed(names.map(visible))}`;
}
