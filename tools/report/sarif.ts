import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import manifest from "../../package.json" with { type: "json" };
import { amount } from "../core/amount.ts";
import type { Severity } from "../core/finding.ts";
import { withoutIndices } from "../core/pointer.ts";
import type { RuleInfo } from "../core/rule.ts";
import { type Distinct, mostSevereFirst, occurrences } from "./distinct.ts";
import { printed } from "./json.ts";
import { literal } from "./markdown.ts";
import { placeIn, uriOf } from "./place.ts";
import type { Report, ReportContext } from "./report.ts";
import { visible, visibleLines } from "./style.ts";
import { shortened } from "./words.ts";

/**
 * The limits of GitHub: results of a run, bytes of a compressed file, characters of texts.
 * https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
 */
const limits = { results: 25_000, bytes: 10_000_000, description: 1024, message: 4000, name: 1024 };

const levels = { error: "error", warning: "warning", info: "note" } satisfies Record<Severity, string>;
const problems = { error: "error", warning: "warning", info: "recommendation" } satisfies Record<Severity, string>;

/**
 * SARIF 2.1.0, for GitHub code scanning, Azure DevOps and editors. A mistake that occurs in several targets is one
 * result.
 * https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
 */
export function sarif(report: Report, context: ReportContext): string {
  const all = mostSevereFirst(report.findings);
  let count = Math.min(all.length, limits.results);
  for (;;) {
    const text = logOf(all, count, report, context);
    const size = text.length < limits.bytes ? 0 : gzipSync(text, { level: 1 }).length;
    if (size <= limits.bytes || count === 0) return text;
    count = Math.floor(count * Math.min(0.9, (0.95 * limits.bytes) / size));
  }
}

function logOf(all: readonly Distinct[], count: number, report: Report, context: ReportContext): string {
  const distinct = all.slice(0, count);
  const rules = [...new Set(distinct.map(({ finding }) => finding.rule))].sort();
  const known = new Set(report.targets.map(({ path }) => path));
  const fingerprint = fingerprints();
  return printed({
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: { driver: driver(rules, context) },
        invocations: [invocation(report, all.length - distinct.length)],
        originalUriBaseIds: { SRCROOT: { description: { text: "The root of the repository." } } },
        columnKind: "utf16CodeUnits",
        results: distinct.map((one) => ({
          ruleId: one.finding.rule,
          ruleIndex: rules.indexOf(one.finding.rule),
          ...result(one, known, context),
          partialFingerprints: { "gitops/v1": fingerprint(one, context) },
        })),
      },
    ],
  });
}

function driver(rules: readonly string[], context: ReportContext) {
  return {
    name: "gitops",
    version: manifest.version,
    semanticVersion: manifest.version,
    rules: rules.map((id) => describe(id, context.rules.get(id))),
  };
}

function describe(id: string, rule: RuleInfo | undefined) {
  if (rule === undefined) return { id };
  const [why, fix] = [rule.why, rule.fix].map((text) => visibleLines(text)) as [string, string];
  return {
    id,
    shortDescription: { text: shortened(why.split(/(?<=\.)\s/)[0] ?? why, limits.description) },
    fullDescription: { text: shortened(why, limits.description) },
    help: { text: `${why}\n\nFix: ${fix}`, markdown: `${literal(why)}\n\n**Fix:** ${literal(fix)}` },
    defaultConfiguration: { level: levels[rule.severity] },
    properties: {
      tags: ["kubernetes", id.split("/")[0]],
      precision: "very-high",
      "problem.severity": problems[rule.severity],
    },
  };
}

function invocation({ targets }: Report, cut: number) {
  const text = `${amount(cut, "more result")} omitted: GitHub accepts ${limits.results} results and ${limits.bytes / 1e6} MB compressed`;
  return {
    executionSuccessful: targets.every(({ status }) => status !== "error"),
    ...(cut > 0 && { toolExecutionNotifications: [{ level: "warning", message: { text } }] }),
  };
}

function result(distinct: Distinct, known: ReadonlySet<string>, context: ReportContext) {
  const { severity, message, help, waived, status } = distinct.finding;
  const words = [message, help && `→ ${help}`, occurrences(distinct, known)].filter(Boolean).join("\n");
  return {
    level: levels[severity],
    message: { text: plain(shortened(visibleLines(words), limits.message)) },
    locations: [location(distinct, context)],
    ...(status && { baselineState: status === "new" ? "new" : "unchanged" }),
    ...(waived && { suppressions: [{ kind: "external", status: "accepted" }] }),
    properties: { targets: [...new Set(distinct.all.map(({ target }) => target))].map(visible) },
  };
}

function location({ finding }: Distinct, context: ReportContext) {
  const { line, column, resource, pointer = "" } = finding;
  return {
    physicalLocation: {
      artifactLocation: { uri: uriOf(placeIn(finding, context)), uriBaseId: "SRCROOT" },
      ...(line && { region: { startLine: line, ...(column && { startColumn: column }) } }),
    },
    ...(resource && {
      logicalLocations: [{ fullyQualifiedName: visible(shortened(resource + pointer, limits.name)), kind: "object" }],
    }),
  };
}

/** Escapes links, `[text](address)`: text from a manifest must not become a link. SARIF 3.11.6 */
function plain(text: string): string {
  return text.replaceAll("](", "\\](");
}

/**
 * Identifies a result, independent of changes to lines, items and targets around it; equal results are numbered. The
 * fingerprint has the gate's own name, since GitHub's action adds the hash of the lines under the name that GitHub
 * reads. SARIF 3.27.17
 */
function fingerprints(): (distinct: Distinct, context: ReportContext) => string {
  const seen = new Map<string, number>();
  return ({ finding }, context) => {
    const { rule, resource = "", pointer = "", message } = finding;
    const name = resource.slice(resource.lastIndexOf("/") + 1);
    const parts = [rule, placeIn(finding, context), name, ...[pointer, message].map(withoutIndices)];
    const hash = createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 32);
    const count = (seen.get(hash) ?? 0) + 1;
    seen.set(hash, count);
    return `${hash}:${count}`;
  };
}
