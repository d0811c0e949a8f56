import type { Finding, Severity, TargetSummary } from "../core/finding.ts";
import type { TargetFacts } from "../core/repository.ts";
import type { RuleInfo } from "../core/rule.ts";

/** One of several runs that each check a part of the targets. */
export interface Shard {
  /** 1 to `of`. */
  readonly index: number;
  readonly of: number;
}

/** The data of a shard, besides its findings, that is needed to merge the reports. */
export interface ShardNotes extends Shard {
  /** Describes the distribution of all targets; it is the same in all shards of a run. */
  readonly plan: string;
  /** The commit that `--judged-by` names. */
  readonly judge?: string;
  /** Whether the shards together check all targets of the configuration. */
  readonly whole: boolean;
  /** The policies that match nothing in its targets; undefined if it has no targets. */
  readonly idle?: readonly string[];
  /** The milliseconds that rendering took, by target path. */
  readonly costs: Readonly<Record<string, number>>;
  /** The facts about its targets that matter to the other targets. */
  readonly facts: readonly TargetFacts[];
  /** Whether a policy threw. */
  readonly crashed: boolean;
}

/** The result of a run of the gate: the JSON report, and the data of all other formats. */
export interface Report {
  readonly schemaVersion: 1;
  readonly kustomize: { readonly version: string; readonly command: string } | null;
  readonly kubernetes: readonly string[];
  /** The revision that the run was compared with; findings then have a status. */
  readonly base?: { readonly ref: string; readonly commit: string };
  readonly targets: readonly TargetSummary[];
  readonly findings: readonly Finding[];
  /** The findings of the base that are gone now; without lines, as these may be gone too. */
  readonly fixed?: readonly Finding[];
  /** The policies of the configuration that match no resource in any target: they are mistaken or useless. */
  readonly unmatched?: readonly string[];
  /** The folders of Helm charts that the search for targets skipped: they are not rendered. */
  readonly charts?: readonly string[];
  /** The templates of manifests and the Jsonnet files that it skipped. */
  readonly templates?: readonly string[];
  /** The submodules that it skipped, since they are not checked out. */
  readonly submodules?: readonly string[];
  /** The links to folders that it did not follow, if their content is not checked otherwise. */
  readonly links?: readonly string[];
  readonly summary: Summary;
  /** In the report of a shard: the data needed to merge the reports. */
  readonly shard?: ShardNotes;
}

/** What a reporter needs besides the report. */
export interface ReportContext {
  /** Whether the report goes to standard output, and that is a terminal that shows colours. */
  readonly colours: boolean;
  /** Whether the exit status is not 0: the last line must not be green. */
  readonly failed: boolean;
  readonly failOn: FailOn;
  /** Every rule of the run by its id. */
  readonly rules: ReadonlyMap<string, RuleInfo>;
  /**
   * The working directory relative to the root of its repository, `""` for the root: code hosts resolve paths from
   * there.
   */
  readonly folder: string;
}

/** The lowest severity that makes the run fail. */
export type FailOn = "error" | "warning";

/** Formats a report. It makes no decisions, and depends on its two arguments alone. */
export type Reporter = (report: Report, context: ReportContext) => string;

export interface Summary {
  readonly targets: number;
  readonly resources: number;
  /** The number of resources whose kind has no schema, as the configuration allows: their shape was not checked. */
  readonly skipped: number;
  readonly errors: number;
  readonly warnings: number;
  readonly waived: number;
  /** Compared with the base, if there is one; without waived findings. */
  readonly new?: number;
  readonly old?: number;
  readonly fixed?: number;
  /** The number of waivers that are unused or expired. */
  readonly staleWaivers?: number;
  readonly durationMs: number;
}

const stale = ["gitops/waiver-unused", "gitops/waiver-expired"];

/**
 * Counts targets, resources and findings.
 *
 * @param durationMs the wall time of the run in milliseconds.
 * @param fixed the findings that are gone since the base, if there is one.
 */
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
 * The report without old findings, which `--new-only` shows, and which decides its exit status. A target that could not
 * be checked at the base either is not new.
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
 * The exit status: 0 if the run is clean, 1 if it is not. (2, for a run that failed, comes from thrown errors.) A
 * target that could not be checked is not clean, even if its findings are waived.
 */
export function exitCode({ summary, targets }: Report, failOn: FailOn): 0 | 1 {
  const judged = targets.every(({ status }) => status !== "error");
  return judged && summary.errors === 0 && (failOn === "error" || summary.warnings === 0) ? 0 : 1;
}

/** Whether the finding makes the run fail. */
export function isFailure({ severity, waived }: Finding, failOn: FailOn): boolean {
  return !waived && (severity === "error" || severity === failOn);
}
