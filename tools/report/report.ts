import type { Finding, Severity, TargetSummary } from "../core/finding.ts";
import type { TargetFacts } from "../core/repository.ts";
import type { RuleInfo } from "../core/rule.ts";

/** One of several runs that judge a part of the targets each. */
export interface Shard {
  /** From 1 to `of`. */
  readonly index: number;
  readonly of: number;
}

/** What a shard tells whoever puts the reports together, beside what it found. */
export interface ShardNotes extends Shard {
  /** One text for how all targets were distributed: shards of one run agree on it. */
  readonly plan: string;
  /** The commit that `--judged-by` names. */
  readonly judge?: string;
  /** They are parts of all targets that the configuration names. */
  readonly whole: boolean;
  /** Policies that are about nothing in its targets; undefined where it has none. */
  readonly idle?: readonly string[];
  /** Milliseconds that rendering took, by the paths of its targets. */
  readonly costs: Readonly<Record<string, number>>;
  /** What its targets mean for those of the others. */
  readonly facts: readonly TargetFacts[];
  /** A policy threw. */
  readonly crashed: boolean;
}

/** What one run of the gate found: the JSON report, and what every other format is laid out from. */
export interface Report {
  readonly schemaVersion: 1;
  readonly kustomize: { readonly version: string; readonly command: string } | null;
  readonly kubernetes: readonly string[];
  /** What is applied now, where there is something to compare with: findings then have a status. */
  readonly base?: { readonly ref: string; readonly commit: string };
  readonly targets: readonly TargetSummary[];
  readonly findings: readonly Finding[];
  /** What was found at the base, and is found no longer; without the lines, which are gone too. */
  readonly fixed?: readonly Finding[];
  /** Policies of the configuration that were about no resource of any target: a slip in what they match, or of no use. */
  readonly unmatched?: readonly string[];
  /** Folders of Helm charts that a search for targets passed over: nothing is rendered of them. */
  readonly charts?: readonly string[];
  /** Templates of manifests that it passed over. */
  readonly templates?: readonly string[];
  /** Links to folders that it did not follow, and that lead to what it saw in no other way. */
  readonly links?: readonly string[];
  readonly summary: Summary;
  /** In the report of one of several shards: what it takes to put them together. */
  readonly shard?: ShardNotes;
}

/** What a report is laid out with, beside what was found. */
export interface ReportContext {
  /** Standard output is a terminal that shows colours, and this report goes there. */
  readonly colours: boolean;
  /** The run ends with another status than 0: the last line must not look green. */
  readonly failed: boolean;
  readonly failOn: FailOn;
  /** Every rule of the run by its id. */
  readonly rules: ReadonlyMap<string, RuleInfo>;
  /** The working directory relative to the top of its repository, `""` for the top: who shows code counts from there. */
  readonly folder: string;
}

/** The severity from which on a finding makes the run fail. */
export type FailOn = "error" | "warning";

/** Lays a report out. No decision is made here, and nothing but the two arguments is looked at. */
export type Reporter = (report: Report, context: ReportContext) => string;

export interface Summary {
  readonly targets: number;
  readonly resources: number;
  /** Resources whose kind has no schema, as the configuration allows: nothing was said of their shape. */
  readonly skipped: number;
  readonly errors: number;
  readonly warnings: number;
  readonly waived: number;
  /** Since the base, where there is one; what is waived counts nowhere here. */
  readonly new?: number;
  readonly old?: number;
  readonly fixed?: number;
  /** Waivers that cover nothing, or that are past their end. */
  readonly staleWaivers?: number;
  readonly durationMs: number;
}

const stale = ["gitops/waiver-unused", "gitops/waiver-expired"];

export function summarize(
  targets: readonly TargetSummary[],
  findings: readonly Finding[],
  durationMs: number,
  fixed?: readonly Finding[],
): Summary {
  const open = findings.filter((finding) => !finding.waived);
  const count = (severity: Severity) => open.filter((finding) => finding.severity === severity).length;
  const sum = (key: "resources" | "skipped") => targets.reduce((total, target) => total + target[key], 0);
  return {
    targets: targets.length,
    resources: sum("resources"),
    skipped: sum("skipped"),
    errors: count("error"),
    warnings: count("warning"),
    waived: findings.length - open.length,
    ...(fixed && {
      new: open.filter(({ status }) => status === "new").length,
      old: open.filter(({ status }) => status === "old").length,
      fixed: fixed.length,
      staleWaivers: open.filter(({ rule }) => stale.includes(rule)).length,
    }),
    durationMs,
  };
}

/**
 * The report of what is new alone, as if nothing else had been found: what `--new-only` shows, and fails on. What could
 * not be judged before either is no news.
 */
export function newOnly(report: Report): Report {
  const findings = report.findings.filter(({ status }) => status !== "old");
  const faulty = new Set(
    findings.filter(({ severity, waived }) => severity === "error" && !waived).map(({ target }) => target),
  );
  const targets = report.targets.map((target) =>
    faulty.has(target.path) ? target : { ...target, status: "valid" as const },
  );
  const { errors, warnings, waived } = summarize(targets, findings, 0);
  return { ...report, targets, findings, summary: { ...report.summary, errors, warnings, waived } };
}

/**
 * 0 clean, 1 findings; 2, could not run, is for what is thrown instead of reported. A target that could not be judged is
 * no clean one, whatever is waived.
 */
export function exitCode({ summary, targets }: Report, failOn: FailOn): 0 | 1 {
  const judged = targets.every(({ status }) => status !== "error");
  return judged && summary.errors === 0 && (failOn === "error" || summary.warnings === 0) ? 0 : 1;
}

/** Whether the finding by itself makes the run fail. */
export function isFailure({ severity, waived }: Finding, failOn: FailOn): boolean {
  return !waived && (severity === "error" || severity === failOn);
}
