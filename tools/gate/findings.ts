import type { LoadedConfig } from "../config/config.ts";
import type { Finding, TargetSummary } from "../core/finding.ts";
import { resourceId, type Target } from "../core/resource.ts";
import type { RuleInfo } from "../core/rule.ts";
import type { LevelOf } from "../policy/levels.ts";
import type { BesideFinding, Outcome, WholeOutcome } from "./outcomes/outcomes.ts";
import type { Issue, Judged } from "./target/checked.ts";
import { targetName } from "./target/name.ts";

/** The place in a file to edit to fix an issue. */
export interface Location {
  /** Relative to the working directory. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
  readonly template?: string;
}

/** What is needed to turn issues into findings: the rules, and their severity in a target. */
interface Rulebook {
  readonly rules: ReadonlyMap<string, RuleInfo>;
  readonly levelOf: (rule: RuleInfo) => ReturnType<LevelOf>;
}

/** The rules of a run, from which the rulebook of a target is made. */
export interface Rules {
  readonly rules: ReadonlyMap<string, RuleInfo>;
  readonly levelOf: LevelOf;
  readonly config: Pick<LoadedConfig, "root">;
  readonly cwd: string;
}

/** The rulebook of a target. */
export function bookOf({ path }: Target, { rules, levelOf, config, cwd }: Rules): Rulebook {
  const name = targetName(path, config.root, cwd);
  return { rules, levelOf: (rule) => levelOf(rule, name) };
}

/** A target and its issues. */
export type Faulty = Pick<Judged, "target" | "issues">;

/** Converts the issues of a target to findings of the report. `locations` are in the order of the issues. */
export function findingsOf(judged: Faulty, locations: readonly (Location | undefined)[], book: Rulebook): Finding[] {
  return judged.issues.flatMap((issue, index) => finding(judged.target.path, issue, locations[index], book));
}

function finding(
  target: string,
  { problem, resource, crash, waived }: Issue,
  location: Location | undefined,
  { rules, levelOf }: Rulebook,
): Finding[] {
  const rule = rules.get(problem.rule);
  if (rule === undefined) throw new Error(`a problem names the rule ${problem.rule}, which does not exist`);
  const severity = crash ? "error" : levelOf(problem.severity ? { ...rule, severity: problem.severity } : rule);
  if (severity === "off") return [];
  const { message, help = rule.fix, reason, pointer, file, line, column, missing } = problem;
  return [
    {
      rule: rule.id,
      severity,
      message,
      help,
      ...(reason && { reason }),
      target,
      ...(resource && { resource: resourceId(resource), pointer }),
      ...(file !== undefined && { file, ...(line && { line }), ...(column && { column }) }),
      ...location,
      waived: waived === true,
      ...(missing && { missing }),
    },
  ];
}

/**
 * Sorts by target, file, line and column, resource, pointer, and rule, so that the order does not depend on scheduling.
 */
export function sorted(findings: readonly Finding[]): Finding[] {
  return [...findings].sort(
    (a, b) =>
      compare(a.target, b.target) ||
      compare(a.file ?? "", b.file ?? "") ||
      (a.line ?? 0) - (b.line ?? 0) ||
      (a.column ?? 0) - (b.column ?? 0) ||
      compare(a.resource ?? "", b.resource ?? "") ||
      compare(a.pointer ?? "", b.pointer ?? "") ||
      compare(a.rule, b.rule) ||
      compare(a.message, b.message),
  );
}

/** Compares strings by code units, for `sort`. */
export function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The fields of an outcome that the report's summary of a target needs. */
export type Summarized = Pick<Outcome, "target" | "failed" | "resources" | "skipped" | "cached" | "kustomize">;

/** The report's summary of a target, given its findings. */
export function targetSummary(
  { target, failed, resources, skipped, cached, kustomize }: Summarized,
  findings: readonly Finding[],
): TargetSummary {
  const bad = findings.some((finding) => finding.severity === "error" && !finding.waived);
  const status = failed ? "error" : bad ? "invalid" : "valid";
  const other = kustomize === undefined ? {} : { kustomize };
  return { path: target.path, status, resources, skipped, cached, ...other };
}

/** Removes the findings that other targets resolve, and adds those that compare targets with each other. */
export function withWhole(
  findings: readonly Finding[],
  whole: Pick<WholeOutcome, "findings" | "answered" | "beside">,
): Finding[] {
  return [...withBeside(unanswered(findings, whole.answered), whole.beside ?? []), ...whole.findings];
}

/** Changes the help and severity of findings that another target may resolve. */
function withBeside(findings: readonly Finding[], beside: readonly BesideFinding[]): readonly Finding[] {
  if (beside.length === 0) return findings;
  const known = new Map(beside.map((one) => [one.key, one]));
  return findings.flatMap((finding) => {
    const { help, severity = finding.severity } = known.get(keyOf(finding)) ?? finding;
    return severity === "off" ? [] : [{ ...finding, severity, ...(help !== undefined && { help }) }];
  });
}

/** Removes findings that other targets resolve. @param answered by {@link keyOf} */
function unanswered(findings: readonly Finding[], answered: readonly string[]): readonly Finding[] {
  if (answered.length === 0) return findings;
  const keys = new Set(answered);
  return findings.filter((finding) => !keys.has(keyOf(finding)));
}

/** A key for the findings of one rule at one place of a resource. */
export function keyOf({
  target,
  rule,
  resource,
  pointer,
}: Pick<Finding, "target" | "rule" | "resource" | "pointer">): string {
  return JSON.stringify([target, rule, resource, pointer]);
}
