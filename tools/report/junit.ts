import type { Finding } from "../core/finding.ts";
import { applied } from "./distinct.ts";
import { escapeMarkup } from "./markup.ts";
import { isFailure, type Report, type ReportContext } from "./report.ts";
import { visible } from "./style.ts";
import { type Suite, suitesOf } from "./suites.ts";
import { sizeOf } from "./words.ts";

type Attributes = Readonly<Record<string, string | number>>;
type Verdict = "failure" | "error" | "skipped" | "system-out" | undefined;

/** A test case and its result. */
interface Case {
  readonly name: string;
  readonly verdict: Verdict;
  readonly message: string;
  readonly type: string;
  readonly text: string;
}

/**
 * JUnit XML for build servers: a suite per target, and a test case per finding, or one passed test case if there are
 * none. Findings that make the run fail are failures, waived findings are skipped, others are output. It follows the
 * schema that Jenkins uses, which has neither file nor line: the text contains them.
 * https://github.com/jenkinsci/xunit-plugin/blob/master/src/main/resources/org/jenkinsci/plugins/xunit/types/model/xsd/junit-10.xsd
 */
export function junit(report: Report, context: ReportContext): string {
  const suites = suitesOf(report).map((suite) => ({ suite, cases: casesOf(suite, context) }));
  const totalsOfAll = totals(suites.flatMap(({ cases }) => cases));
  const time = (report.summary.durationMs / 1000).toFixed(3);
  const inner = suites.map(({ suite, cases }) => suiteElement(suite, cases));
  const root = element("testsuites", { name: "gitops check", time, ...totalsOfAll }, nested(inner, ""));
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
}

function suiteElement({ target }: Suite, cases: readonly Case[]): string {
  const skipped = cases.filter(({ verdict }) => verdict === "skipped").length;
  const inner = cases.map((one) => caseElement(one, target.path));
  return element("testsuite", { name: target.path, ...totals(cases), skipped }, nested(inner, "  "));
}

function totals(cases: readonly Case[]): Attributes {
  const count = (wanted: Verdict) => cases.filter(({ verdict }) => verdict === wanted).length;
  return { tests: cases.length, failures: count("failure"), errors: count("error") };
}

function casesOf({ target, findings }: Suite, { failOn }: ReportContext): Case[] {
  const cases = findings.map((finding) => caseOf(finding, isFailure(finding, failOn)));
  const size = sizeOf(target, findings);
  const whole = { name: size, message: size, type: "gitops", text: "" };
  if (target.status === "error") return [{ ...whole, verdict: "error" }, ...cases];
  return cases.length > 0 ? cases : [{ ...whole, verdict: undefined }];
}

function caseOf(finding: Finding, fails: boolean): Case {
  const { rule, resource, pointer, file, line, column, message, help, waived } = finding;
  const place = file && [file, line, column].filter((part) => part !== undefined).join(":");
  const text = [place, message, help && `→ ${help}`, applied([finding])].filter(Boolean).join("\n");
  const verdict = waived ? "skipped" : fails ? "failure" : "system-out";
  return { name: [rule, resource, pointer].filter(Boolean).join(" "), verdict, message, type: rule, text };
}

function caseElement({ name, verdict, message, type, text }: Case, target: string): string {
  const attributes = verdict === "system-out" ? {} : { type, message };
  const inner = verdict ? [element(verdict, attributes, escapeMarkup(text))] : [];
  return element("testcase", { name, classname: target }, nested(inner, "    "));
}

function element(name: string, attributes: Attributes, content: string): string {
  const pairs = Object.entries(attributes).map(([key, value]) => ` ${key}="${attribute(`${value}`)}"`);
  return `<${name}${pairs.join("")}${content === "" ? "/>" : `>${content}</${name}>`}`;
}

function nested(elements: readonly string[], indent: string): string {
  return elements.length === 0 ? "" : `\n${elements.map((one) => `${indent}  ${one}\n`).join("")}${indent}`;
}

/** In one line: XML parsers turn line breaks in attributes into spaces anyway. */
function attribute(text: string): string {
  return escapeMarkup(visible(text.replaceAll("\n", " ")));
}
