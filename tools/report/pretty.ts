import { amount } from "../core/amount.ts";
import type { Finding, TargetSummary } from "../core/finding.ts";
import { groupBy } from "../core/group.ts";
import { unrendered } from "../load/messages.ts";
import { type Advice, readsOutside } from "./advice.ts";
import { type Distinct, distinctByFile, occurrences, spread } from "./distinct.ts";
import { type Repeated, withoutRepeated } from "./repeated.ts";
import type { Report, ReportContext } from "./report.ts";
import { type Style, style, visible, visibleLines } from "./style.ts";
import { type Unknown, unknownKind, withoutUnknown } from "./unknown.ts";
import { conditions, counted, counts, sizeOf } from "./words.ts";

/** The report for people: the targets, the findings by the file to fix, and the totals. */
export function pretty(report: Report, { colours, failed, rules }: ReportContext): string {
  const paint = style(colours);
  const { rest, unknown } = withoutUnknown(report.findings, rules);
  const unread = readsOutside(report.findings);
  const known = new Set(report.targets.map(({ path }) => path));
  const blocks = [
    targets(report, paint),
    ...findings(rest, false, known, paint),
    ...findings(rest, true, known, paint),
    unread === undefined ? "" : [paint.bold(unread.size), ...advised(unread.advice)].join("\n"),
    unknown === undefined ? "" : unknownKinds(unknown, paint),
    notes(report, paint),
    last(report, failed, paint),
  ];
  return `${blocks.filter(Boolean).join("\n\n")}\n`;
}

/** With more lines than this, it is hard to find the red one. */
const most = 100;

/** A line per target; if there are many, clean targets are only counted. */
function targets({ targets: all, findings, summary }: Report, paint: Style): string {
  const own = groupBy(findings, ({ target }) => target);
  const isOpen = ({ waived }: Finding) => !waived;
  const isNotable = ({ path, status, skipped }: TargetSummary) =>
    status !== "valid" || skipped > 0 || own.get(path)?.some(isOpen) === true;
  const listed = all.length > most ? all.filter(isNotable) : all;
  if (listed.length === 0) return "";
  const others = all.length > listed.length ? amount(all.length - listed.length, "other") : "";
  const width = listed.reduce((widest, { path }) => Math.max(widest, visible(path).length), others.length);
  const lines = listed.map((target) => targetLine(target, own.get(target.path) ?? [], width, paint));
  const rest = listed.reduce((count, { resources }) => count - resources, summary.resources);
  const size = amount(rest, "resource");
  return [...lines, ...(others ? [`${paint.green("✓")} ${others.padEnd(width)}  ${paint.dim(size)}`] : [])].join("\n");
}

function targetLine(target: TargetSummary, own: readonly Finding[], width: number, paint: Style): string {
  const verdict = counts(own.filter(({ waived }) => !waived));
  const mark = { valid: paint.green("✓"), invalid: paint.red("✗"), error: paint.red("✗") }[target.status];
  return `${mark} ${visible(target.path).padEnd(width)}  ${paint.dim(sizeOf(target, own))}${verdict && `  ${verdict}`}`;
}

/**
 * The blocks of the errors, or of all other findings. Errors come last, next to the totals: a terminal and the log of a
 * build are read from their end.
 *
 * @param known the paths of the report's targets
 */
function findings(all: readonly Finding[], areErrors: boolean, known: ReadonlySet<string>, paint: Style): string[] {
  const isError = ({ severity, waived }: Finding) => severity === "error" && !waived;
  const { rest, repeated } = withoutRepeated(all.filter((one) => isError(one) === areErrors));
  return [...files(rest, known, paint), ...repeated.map((one) => list(one, known, paint))];
}

function files(findings: readonly Finding[], known: ReadonlySet<string>, paint: Style): string[] {
  return distinctByFile(findings).map(({ file, distinct }) => {
    const lines = distinct.map((one) => findingBlock(one, known, paint));
    return [paint.bold(visible(file)), ...lines].join("\n");
  });
}

/** Findings that give the same advice: the rule and the advice once, then a line per finding, which terminals make a link. */
function list({ finding, distinct }: Repeated, known: ReadonlySet<string>, paint: Style): string {
  const status = finding.status === "new" ? `  ${paint.bold("new")}` : "";
  const head = `${paint.bold(finding.rule)}  ${colourOf(finding, paint)(amount(distinct.length, finding.severity))}${status}`;
  const places = distinct.map(({ finding: { file, target, line, column } }) =>
    visible([file ?? target, ...(line === undefined ? [] : [line, column ?? 1])].join(":")),
  );
  const width = places.reduce((least, { length }) => Math.min(widest, Math.max(least, length)), 0);
  const lines = distinct.map((one, index) => {
    const { message, resource = "" } = one.finding;
    const isNamed = message.includes(resource.split("/").at(-1) ?? "");
    const more = [isNamed ? "" : visible(resource), spread(one, known)].filter(Boolean).join(" ");
    return `  ${(places[index] ?? "").padEnd(width)}  ${visible(message)}${more && `  ${paint.dim(more)}`}`;
  });
  return [head, ...(finding.help ? [`  → ${visible(finding.help)}`] : []), ...lines].join("\n");
}

/** Longer paths do not move the messages of the other lines. */
const widest = 60;

function colourOf({ severity }: Pick<Finding, "severity">, paint: Style): (text: string) => string {
  return { error: paint.red, warning: paint.yellow, info: paint.dim }[severity];
}

function unknownKinds({ size, severity, lines, advice }: Unknown, paint: Style): string {
  const head = `  ${"-".padEnd(7)} ${colourOf({ severity }, paint)(severity.padEnd(7))}  ${unknownKind}`;
  const words = [...lines.flatMap(indented), ...advice.flatMap(advised)];
  return [paint.bold(size), head, ...words].join("\n");
}

function advised({ help, setting }: Advice): string[] {
  return [`→ ${help}`, ...setting.split("\n").map((line) => `  ${line}`)].flatMap(indented);
}

function findingBlock(distinct: Distinct, known: ReadonlySet<string>, paint: Style): string {
  const { finding } = distinct;
  const colour = colourOf(finding, paint);
  const status = finding.status === "new" ? `  ${paint.bold("new")}` : "";
  const place = finding.line === undefined ? "-" : `${finding.line}:${finding.column ?? 1}`;
  const severity = (finding.waived ? paint.dim : colour)((finding.waived ? "waived" : finding.severity).padEnd(7));
  const head = `  ${place.padEnd(7)} ${severity}  ${finding.rule}${status}  ${paint.dim(where(finding))}`.trimEnd();
  const elsewhere = occurrences(distinct, known);
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

/** What is not a finding, but must be mentioned. */
function notes(report: Report, paint: Style): string {
  const idle = (report.unmatched ?? []).map((id) => `${id} matches no resource in any target`);
  return [...idle, ...unrendered(report)].map((note) => `${paint.yellow("!")} ${visible(note)}`).join("\n");
}

function last(report: Report, failed: boolean, paint: Style): string {
  return `${failed ? paint.red("✗") : paint.green("✓")} ${counted(report)}${places(report)} (${conditions(report)})`;
}

/** `, at 2 places`, if some findings are the same mistake in several targets. */
function places({ findings: all }: Report): string {
  const open = all.filter(({ waived }) => !waived);
  const count = distinctByFile(open).reduce((sum, { distinct }) => sum + distinct.length, 0);
  return count < open.length ? `, at ${amount(count, "place")}` : "";
}
