import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { Report } from "../../tools/report/report.ts";
import { check, repository } from "../run.ts";

// Manifests in the styles of well-known charts. cluster.mjs confirms that a real API server accepts each of them, and every
// Pod that they create, without a warning.
const folder = join(import.meta.dirname, "charts");
const files = readdirSync(folder);

/** The rules that speak for the API server. */
const isVerdict = (rule: string): boolean => /^(?:schema|api|apply)\//.test(rule);

describe("manifests in the styles of well-known charts cause no false findings", () => {
  let report: Report;
  beforeAll(async () => {
    ({ report } = await check(files, { cwd: repository({}, folder) }));
  });

  test("there are enough of them", () => {
    expect(files.length).toBeGreaterThanOrEqual(45);
    expect(report.summary.resources).toBeGreaterThan(5 * files.length);
    expect(report.summary.skipped).toBe(0);
  });

  test.each(files)("%s", (file) => {
    const target = report.targets.find(({ path }) => path === file);
    expect(target?.resources).toBeGreaterThan(0);
    const findings = report.findings.filter((finding) => finding.target === file && isVerdict(finding.rule));
    expect(findings.map(({ rule, line, message }) => `${rule} ${line} ${message}`)).toEqual([]);
  });

  test("other rules, except advice, find exactly what they should", () => {
    const deserved = readFileSync(join(import.meta.dirname, "deserved.txt"), "utf8").split("\n");
    const isAdvice = (rule: string) => /^(?:security|reliability)\//.test(rule);
    const found = report.findings
      .filter(({ rule, severity }) => severity === "error" || !isAdvice(rule))
      .map(({ file, line, rule }) => `${file}:${line} ${rule}`);
    expect(found.sort()).toEqual(deserved.filter((line) => line !== "" && !line.startsWith("#")));
  });
});
