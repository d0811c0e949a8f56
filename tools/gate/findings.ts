import type { Finding } from "../core/finding.ts";
import { resourceId, type Target } from "../core/resource.ts";
import type { RuleInfo } from "../core/rule.ts";
import type { LevelOf } from "../policy/levels.ts";
import type { GateInput } from "./input.ts";
import type { CheckedTarget, Issue } from "./target/checked.ts";
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
  /** Better advice, which depends on the text of the file. */
  readonly help?: string;
}

/** What is needed to turn issues into findings: the rules, and their severity in a target. */
interface Rulebook {
  readonly rules: ReadonlyMap<string, RuleInfo>;
  readonly levelOf: (rule: RuleInfo) => ReturnType<LevelOf>;
}

/** The rulebook of a target. */
export function rulebookOf({ path }: Target, { rules, config, cwd }: RunSettings): Rulebook {
  const name = targetName(path, config.root, cwd);
  return { rules: rules.byId, levelOf: (rule) => rules.levelOf(rule, name) };
}

/** The part of a run's input that rulebooks are made from. */
interface RunSettings {
  readonly rules: Pick<GateInput["rules"], "byId" | "levelOf">;
  readonly config: Pick<GateInput["config"], "root">;
  readonly cwd: string;
}

/** A target and its issues. */
export interface TargetIssues extends Pick<CheckedTarget, "target"> {
  readonly issues: readonly Issue[];
}

/** Converts the issues of a target to findings of the report. `locations` are in the order of the issues. */
export function findingsOf(
  judged: TargetIssues,
  locations: readonly (Location | undefined)[],
  book: Rulebook,
): Finding[] {
  return withoutEchoes(
    judged.issues.flatMap((issue, index) => finding(judged.target.path, issue, locations[index], book)),
  );
}

/** Removes kustomize's message about an unknown field, if a finding at the same place says what to do about the field. */
function withoutEchoes(findings: Finding[]): Finding[] {
  const isEcho = ({ rule, message, file, line }: Finding) =>
    rule === "render/failed" &&
    message.startsWith("json: unknown field ") &&
    findings.some((one) => one.rule === "schema/unknown-field" && one.file === file && one.line === line);
  return findings.some(isEcho) ? findings.filter((one) => !isEcho(one)) : findings;
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

/** A key for the findings of one rule at one place of a resource. */
export function keyOf({
  target,
  rule,
  resource,
  pointer,
}: Pick<Finding, "target" | "rule" | "resource" | "pointer">): string {
  return JSON.stringify([target, rule, resource, pointer]);
}
