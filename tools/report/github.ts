import type { Severity } from "../core/finding.ts";
import { placeIn } from "./place.ts";
import type { Report, ReportContext } from "./report.ts";
import { visible, visibleLines } from "./style.ts";
import { gravestFirst, occurrences, type Told } from "./told.ts";
import { amount, shortened } from "./words.ts";

/**
 * What a step shows of each kind; of what comes after these GitHub shows nothing.
 * https://docs.github.com/en/rest/checks/runs, https://github.com/orgs/community/discussions/26680
 */
const most = 10;

/** An annotation has room for 64 KB; nobody reads that much beside a line of code. */
const longest = 4000;

const commands = { error: "error", warning: "warning", info: "notice" } as const satisfies Record<Severity, string>;

/**
 * Annotations on the lines of a pull request, as workflow commands: the gravest first, as many as GitHub shows, the rest
 * counted.
 * https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
 */
export function github(report: Report, context: ReportContext): string {
  const told = gravestFirst(report.findings.filter(({ waived }) => !waived));
  const known = new Set(report.targets.map(({ path }) => path));
  const shown = (["error", "warning", "info"] as const).flatMap((severity) => {
    const all = told.filter(({ finding }) => finding.severity === severity);
    // A notice is left for the count of the rest.
    return all.slice(0, severity === "info" ? most - 1 : most);
  });
  const left = told.length - shown.length;
  const lines = shown.map((one) => annotation(one, known, context));
  if (left > 0) lines.push(rest(left));
  return lines.map((line) => `${line}\n`).join("");
}

function annotation(told: Told, known: ReadonlySet<string>, context: ReportContext): string {
  const { severity, rule, message, help, line, column, resource, pointer } = told.finding;
  const position = line && { line: `${line}`, ...(column && { col: `${column}` }) };
  // Standard input has no lines that GitHub could show.
  const place = told.finding.file === "-" ? {} : { file: placeIn(told.finding, context), ...position };
  const properties = { ...place, title: rule };
  const words = [message, help && `→ ${help}`, [resource, pointer].filter(Boolean).join(" "), occurrences(told, known)];
  return command(commands[severity], properties, words.filter(Boolean).join("\n"));
}

function rest(count: number): string {
  const message = `${amount(count, "more finding")} not annotated: GitHub shows ${most} of a kind. The summary of the run and the log have them all.`;
  return command("notice", { title: "gitops check" }, message);
}

function command(name: string, properties: Readonly<Record<string, string>>, message: string): string {
  const pairs = Object.entries(properties).map(([key, value]) => `${key}=${escapeProperty(visible(value))}`);
  return `::${name} ${pairs.join(",")}::${escapeData(visibleLines(shortened(message, longest)))}`;
}

/** As `escapeData` of @actions/core: one line, whatever the text. */
export function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

/** As `escapeProperty` of @actions/core: neither ends the property nor the properties. */
export function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
