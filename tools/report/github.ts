import { amount } from "../core/amount.ts";
import type { Severity } from "../core/finding.ts";
import { type Distinct, mostSevereFirst, occurrences } from "./distinct.ts";
import { placeIn } from "./place.ts";
import type { Report, ReportContext } from "./report.ts";
import { visible, visibleLines } from "./style.ts";
import { shortened } from "./words.ts";

/**
 * The most annotations of each severity in a step; GitHub drops the others.
 * https://docs.github.com/en/rest/checks/runs, https://github.com/orgs/community/discussions/26680
 */
const most = 10;

/** In characters. An annotation may have 64 KB, but nobody reads that much next to a line of code. */
const longest = 4000;

const commands = { error: "error", warning: "warning", info: "notice" } as const satisfies Record<Severity, string>;

/**
 * Annotations on the lines of a pull request, as workflow commands: the most severe first, as many as GitHub shows, and
 * then the number of the others.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
export function github(report: Report, context: ReportContext): string {
  const distinct = mostSevereFirst(report.findings.filter(({ waived }) => !waived));
  const known = new Set(report.targets.map(({ path }) => path));
  const shown = (["error", "warning", "info"] as const).flatMap((severity) => {
    const all = distinct.filter(({ finding }) => finding.severity === severity);
    // One notice is reserved for the number of the others.
    return all.slice(0, severity === "info" ? most - 1 : most);
  });
  const left = distinct.length - shown.length;
  const lines = shown.map((one) => annotation(one, known, context));
  if (left > 0) lines.push(rest(left));
  return lines.map((line) => `${line}\n`).join("");
}

function annotation(distinct: Distinct, known: ReadonlySet<string>, context: ReportContext): string {
  const { severity, rule, message, help, line, column, resource, pointer } = distinct.finding;
  const position = line && { line: `${line}`, ...(column && { col: `${column}` }) };
  // GitHub cannot show the lines of standard input.
  const place = distinct.finding.file === "-" ? {} : { file: placeIn(distinct.finding, context), ...position };
  const properties = { ...place, title: rule };
  const words = [
    message,
    help && `→ ${help}`,
    [resource, pointer].filter(Boolean).join(" "),
    occurrences(distinct, known),
  ];
  return command(commands[severity], properties, words.filter(Boolean).join("\n"));
}

function rest(count: number): string {
  const message = `${amount(count, "more finding")} not annotated: GitHub shows ${most} per severity. The run summary and the log list all of them.`;
  return command("notice", { title: "gitops check" }, message);
}

function command(name: string, properties: Readonly<Record<string, string>>, message: string): string {
  const pairs = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(visible(value))}`);
  return `::${name} ${pairs.join(",")}::${escapeData(visibleLines(shortened(message, longest)))}`;
}

/** As `escapeData` in @actions/core: makes any text a single line. */
export function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

/** As `escapeProperty` in @actions/core: the text ends neither the property nor the list of properties. */
export function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
