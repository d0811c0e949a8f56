import type { Finding, TargetSummary } from "../core/finding.ts";
import type { Report, Summary } from "./report.ts";
import { type Style, style, visible, visibleLines } from "./style.ts";

export interface PrettyOptions {
  readonly colours: boolean;
  /** The run ends with another status than 0: the last line must not look green. */
  readonly failed: boolean;
}

/** The report for a person: a line a target, the findings grouped by the file that mends them, what was counted. */
export function pretty(report: Report, { colours, failed }: PrettyOptions): string {
  const paint = style(colours);
  const blocks = [targets(report, paint), ...files(report, paint), last(report, failed, paint)];
  return `${blocks.filter(Boolean).join("\n\n")}\n`;
}

function targets({ targets, findings }: Report, paint: Style): string {
  const width = Math.max(...targets.map((target) => visible(target.path).length));
  return targets.map((target) => targetLine(target, findings, width, paint)).join("\n");
}

function targetLine(target: TargetSummary, findings: readonly Finding[], width: number, paint: Style): string {
  const own = findings.filter((finding) => finding.target === target.path && !finding.waived);
  const verdict = own.length === 0 ? "" : counts(own);
  const mark = { valid: paint.green("✓"), invalid: paint.red("✗"), error: paint.red("✗") }[target.status];
  const size = target.status === "error" ? failure(target, own) : amount(target.resources, "resource");
  const skipped = target.skipped > 0 ? `, ${target.skipped} without a schema skipped` : "";
  return `${mark} ${visible(target.path).padEnd(width)}  ${paint.dim(size + skipped)}${verdict && `  ${verdict}`}`;
}

function counts(findings: readonly Finding[]): string {
  return (["error", "warning", "info"] as const)
    .map((severity) => [findings.filter((finding) => finding.severity === severity).length, severity] as const)
    .filter(([count]) => count > 0)
    .map(([count, severity]) => amount(count, severity))
    .join(", ");
}

/** Files of manifests may be read in part; what kustomize does not render is not there at all. */
function failure({ resources }: TargetSummary, findings: readonly Finding[]): string {
  if (resources > 0) return `${amount(resources, "resource")}, not all of them readable`;
  if (findings.some(({ rule }) => rule === "schema/parse-error")) return "not readable";
  return findings.some(({ rule }) => rule === "schema/empty-render") ? "empty" : "not rendered";
}

/** The same mistake in a base shows in every overlay of it: it is told once, with the targets that it shows in. */
interface Told {
  readonly finding: Finding;
  /** A target stands here once for each of its resources that has it. */
  readonly targets: string[];
}

function files({ findings, targets }: Report, paint: Style): string[] {
  const byFile = new Map<string, Map<string, Told>>();
  for (const finding of findings) {
    const file = finding.file ?? finding.target;
    const told = byFile.get(file) ?? new Map<string, Told>();
    byFile.set(file, told);
    const key = keyOf(finding);
    const same = told.get(key);
    if (same) same.targets.push(finding.target);
    else told.set(key, { finding, targets: [finding.target] });
  }
  const sorted = [...byFile].sort(([a], [b]) => (a < b ? -1 : 1));
  const known = new Set(targets.map(({ path }) => path));
  return sorted.map(([file, told]) => {
    const lines = [...told.values()].sort(byPlace).map((one) => tell(one, known, paint));
    return [paint.bold(visible(file)), ...lines].join("\n");
  });
}

/** An overlay may have put something in front of what a base has in a list: indices do not tell mistakes apart. */
function keyOf({ file, line, column, resource, pointer, rule, message, waived }: Finding): string {
  const place = file === undefined ? [resource] : [line, column];
  const words = [pointer ?? "", message].map((text) => text.replace(/\/\d+|\[\d+\]/g, "/*"));
  return JSON.stringify([...place, ...words, rule, waived]);
}

function byPlace({ finding: a }: Told, { finding: b }: Told): number {
  return (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0);
}

function tell({ finding, targets }: Told, known: ReadonlySet<string>, paint: Style): string {
  const colour = { error: paint.red, warning: paint.yellow, info: paint.dim }[finding.severity];
  const place = finding.line === undefined ? "-" : `${finding.line}:${finding.column ?? 1}`;
  const severity = (finding.waived ? paint.dim : colour)((finding.waived ? "waived" : finding.severity).padEnd(7));
  const head = `  ${place.padEnd(7)} ${severity}  ${finding.rule}  ${paint.dim(where(finding))}`.trimEnd();
  const elsewhere = occurrences(finding, targets, known);
  const lines = [head, ...indented(finding.message), ...(finding.help ? indented(`→ ${finding.help}`) : [])];
  return [...lines, ...(elsewhere ? indented(elsewhere).map(paint.dim) : [])].join("\n");
}

function indented(text: string): string[] {
  return visibleLines(text)
    .split("\n")
    .map((line) => `          ${line}`);
}

function where({ resource, pointer }: Finding): string {
  return visible([resource, pointer].filter(Boolean).join(" "));
}

/** Where all the same edit mends the same thing; nothing where the lines above say it already. */
function occurrences({ file, target }: Finding, targets: readonly string[], known: ReadonlySet<string>): string {
  const names = [...new Set(targets)].filter((name) => known.has(name));
  const count = targets.length > names.length && names.length > 0 ? `${targets.length} resources` : "";
  if (known.size === 1) return count && `in ${count}`;
  const isTold = names.length === 1 && (file === undefined || file === target);
  if (names.length === 0 || (isTold && count === "")) return "";
  return `in ${count && `${count} of `}${some(names)}`;
}

const most = 10;

function some(names: readonly string[]): string {
  const shown = names.slice(0, most).map(visible).join(", ");
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

function last({ kubernetes, kustomize, summary }: Report, failed: boolean, paint: Style): string {
  const verdict = failed ? paint.red("✗") : paint.green("✓");
  const renderer = kustomize ? `, kustomize ${kustomize.version}` : "";
  return `${verdict} ${counted(summary)} (Kubernetes ${kubernetes.join(", ")}${renderer}, ${summary.durationMs} ms)`;
}

function counted({ targets, resources, skipped, errors, warnings, waived }: Summary): string {
  const checked = `${amount(targets, "target")}, ${amount(resources, "resource")} checked, ${skipped} skipped`;
  return `${checked}: ${amount(errors, "error")}, ${amount(warnings, "warning")}, ${waived} waived`;
}

function amount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 || noun === "info" ? "" : "s"}`;
}
