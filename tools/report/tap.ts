import { amount } from "../core/amount.ts";
import type { Finding } from "../core/finding.ts";
import { isFailure, type Report, type ReportContext } from "./report.ts";
import { visible, visibleLines } from "./style.ts";
import { type Suite, suitesOf } from "./suites.ts";
import { sizeOf } from "./words.ts";

/**
 * TAP with a test per target. If all findings that would make it fail are waived, it is an expected failure (TODO); if
 * no resource has a schema, nothing was tested (SKIP).
 * https://testanything.org/tap-version-14-specification.html
 */
export function tap(report: Report, context: ReportContext): string {
  const suites = suitesOf(report);
  const tests = suites.flatMap((suite, index) => [line(suite, index + 1, context), ...diagnostics(suite)]);
  return `${["TAP version 14", `1..${suites.length}${suites.length === 0 ? " # SKIP no targets" : ""}`, ...tests].join("\n")}\n`;
}

function line({ target, findings }: Suite, number: number, { failOn }: ReportContext): string {
  const point = (verdict: string, directive = "") => `${verdict} ${number} - ${escapeTap(target.path)}${directive}`;
  if (target.status === "error" || findings.some((finding) => isFailure(finding, failOn))) return point("not ok");
  const waived = findings.filter((finding) => finding.waived && isFailure({ ...finding, waived: false }, failOn));
  if (waived.length > 0) return point("not ok", ` # TODO ${amount(waived.length, "finding")} waived`);
  const unknown = target.resources > 0 && target.skipped === target.resources;
  return unknown ? point("ok", ` # SKIP ${amount(target.skipped, "resource")} without a schema`) : point("ok");
}

function diagnostics({ target, findings }: Suite): string[] {
  const found = findings.length > 0 ? ["findings:", ...findings.flatMap(described)] : [];
  return ["---", `size: ${quoted(sizeOf(target, findings))}`, ...found, "..."].map((text) => `  ${text}`);
}

function described(finding: Finding): string[] {
  const { rule, severity, message, help, resource, pointer, file, line, column, appliedBy, waived } = finding;
  const at = file && [file, line, column].filter((part) => part !== undefined).join(":");
  const fields = Object.entries({ severity, message, help, at, resource, pointer, appliedBy })
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `    ${key}: ${quoted(`${value}`)}`);
  return [`  - rule: ${quoted(rule)}`, ...fields, ...(waived ? ["    waived: true"] : [])];
}

/** A double-quoted YAML scalar in one line. */
function quoted(text: string): string {
  return JSON.stringify(visibleLines(text));
}

/** Escapes a description, so that it neither ends its line nor starts a directive. */
export function escapeTap(text: string): string {
  return visible(text).replaceAll("\\", "\\\\").replaceAll("#", "\\#");
}
