import type { Finding, TargetSummary } from "../core/finding.ts";
import type { Report } from "./report.ts";

/** A target with its findings; test runners call it a suite or a test. */
export interface Suite {
  readonly target: TargetSummary;
  readonly findings: readonly Finding[];
}

/** A suite per target, and one for each other place with findings, such as `.` for the repository itself. */
export function suitesOf({ targets, findings }: Report): Suite[] {
  const byTarget = new Map<string, Finding[]>(targets.map(({ path }) => [path, []]));
  for (const finding of findings) {
    const own = byTarget.get(finding.target);
    if (own) own.push(finding);
    else byTarget.set(finding.target, [finding]);
  }
  const known = new Map(targets.map((target) => [target.path, target]));
  return [...byTarget].map(([path, own]) => ({ target: known.get(path) ?? repository(path, own), findings: own }));
}

function repository(path: string, findings: readonly Finding[]): TargetSummary {
  const bad = findings.some(({ severity, waived }) => severity === "error" && !waived);
  return { path, status: bad ? "invalid" : "valid", resources: 0, skipped: 0, cached: false };
}
