import { type Finding, ranks } from "../core/finding.ts";
import { groupBy } from "../core/group.ts";
import { listed } from "../core/listed.ts";
import { withoutIndices } from "../core/pointer.ts";
import { visible } from "./style.ts";
import { unknownKind } from "./unknown.ts";

/** A finding with the targets that have it: a mistake in a base occurs in all its overlays, but is shown once. */
export interface Distinct {
  readonly finding: Finding;
  /** One for each resource that has it. */
  readonly all: readonly Finding[];
}

/** The findings of a file, by line and column. */
export interface FileFindings {
  /** The file to fix, or the target if it is not known. */
  readonly file: string;
  readonly distinct: readonly Distinct[];
}

/** The findings by file, without repetitions. */
export function distinctByFile(findings: readonly Finding[]): FileFindings[] {
  const files = new Map<string, Map<string, { finding: Finding; all: Finding[] }>>();
  for (const finding of findings) {
    const file = finding.file ?? finding.target;
    const distinct = files.get(file) ?? new Map<string, { finding: Finding; all: Finding[] }>();
    files.set(file, distinct);
    const key = keyOf(finding);
    const same = distinct.get(key);
    if (same) same.all.push(finding);
    else distinct.set(key, { finding, all: [finding] });
  }
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  return sorted.map(([file, distinct]) => ({ file, distinct: [...distinct.values()].sort(byPlace) }));
}

/**
 * The findings without repetitions, the most severe first, then by file, for formats with room for some only. Errors
 * about unknown kinds come after all other errors.
 */
export function mostSevereFirst(findings: readonly Finding[]): Distinct[] {
  const rank = ({ finding: { rule, severity } }: Distinct) =>
    2 * ranks[severity] + (rule === unknownKind && severity === "error" ? 1 : 0);
  const distinct = distinctByFile(findings).flatMap((file) => file.distinct);
  return distinct.sort((a, b) => rank(a) - rank(b));
}

/** Identifies a mistake, without list indices: an overlay may add items before those of a base. */
function keyOf({ file, line, column, resource, pointer, rule, message, waived, status }: Finding): string {
  const place = file === undefined ? [resource] : [line, column];
  return JSON.stringify([...place, ...[pointer ?? "", message].map(withoutIndices), rule, waived, status]);
}

function byPlace({ finding: a }: Distinct, { finding: b }: Distinct): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

/**
 * The Helm template to edit, and the targets that have the finding, such as `in a and b`; empty if that is clear from the
 * context.
 *
 * @param known the paths of the report's targets.
 */
export function occurrences(distinct: Distinct, known: ReadonlySet<string>): string {
  return [origin(distinct), targetsOf(distinct, known)].filter(Boolean).join(", ");
}

function origin({ finding: { template } }: Distinct): string {
  return template === undefined ? "" : `from ${visible(template)}`;
}

function targetsOf({ finding: { file, target }, all }: Distinct, known: ReadonlySet<string>): string {
  const some = all.filter((one) => known.has(one.target));
  const names = [...groupBy(some, (one) => one.target)];
  const count = all.length > names.length && names.length > 0 ? `${all.length} resources` : "";
  const isHeading = names.length === 1 && (file === undefined || file === target) && count === "";
  if (known.size === 1 || isHeading) return [count && `in ${count}`, applied(some)].filter(Boolean).join(" ");
  if (names.length === 0) return "";
  const shown = names.map(([name, own]) => [visible(name), applied(own)].filter(Boolean).join(" "));
  return `in ${count && `${count} of `}${listed(shown)}`;
}

/** `as Kustomization web`, if the target has a finding only as it is applied. */
export function applied(findings: readonly Finding[]): string {
  const by = findings.flatMap(({ appliedBy }) => appliedBy ?? []);
  const isAlways = findings.every(({ appliedBy }) => appliedBy !== undefined);
  return isAlways && by.length > 0 ? `as ${listed([...new Set(by)].map(visible))}` : "";
}

/** As {@link occurrences}, in a few words: `in 3 targets`; empty if the path of the file begins with that of the only target. */
export function spread(distinct: Distinct, known: ReadonlySet<string>): string {
  return [origin(distinct), numberOfTargets(distinct, known)].filter(Boolean).join(", ");
}

function numberOfTargets({ finding: { file, target }, all }: Distinct, known: ReadonlySet<string>): string {
  const place = file ?? target;
  const [name = "", ...others] = new Set(all.map((one) => one.target).filter((one) => known.has(one)));
  if (others.length > 0) return `in ${others.length + 1} targets`;
  const isClear = known.size === 1 || place === name || place.startsWith(`${name}/`) || name === "";
  return [isClear ? "" : `in ${visible(name)}`, applied(all)].filter(Boolean).join(" ");
}
