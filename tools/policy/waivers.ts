import type { Finding, Problem } from "../core/finding.ts";
import { glob } from "../core/glob.ts";
import { didYouMean, didYouMeanPath } from "../core/nearest.ts";

/** An exception from a rule: narrow, with a reason, an owner and an end. */
export interface Waiver {
  readonly rule: string;
  /** Path of the target, relative to the folder of gitops.yaml, `*` for any part of a name; if omitted, every target. */
  readonly target?: string;
  /** Id of the resource as shown in reports, may contain `*`; if omitted, every resource. */
  readonly resource?: string;
  readonly reason: string;
  readonly owner: string;
  /** The last day on which it applies, `2027-01-31`, in UTC. */
  readonly expires: string;
}

export interface Waived {
  /** All findings; those that a waiver covers are marked as waived. */
  readonly findings: Finding[];
  /** Problems of the waivers themselves, with pointers into their file. */
  readonly problems: Problem[];
}

/** What waivers are checked against. */
interface WaiverContext {
  readonly rules: ReadonlySet<string>;
  /** The targets of this run, as named in findings. */
  readonly targets: readonly string[];
  /** They are all targets, so that a waiver for any other target is unused. */
  readonly isComplete?: boolean;
  /** The name of a target in waivers, whatever the working directory of the run. */
  readonly nameOf: (target: string) => string;
  /** `2026-11-23`, in UTC. */
  readonly today: string;
  /** Rules that this run could not check, so that their waivers are not unused. */
  readonly idle: ReadonlySet<string>;
}

/**
 * Marks the findings that a waiver covers, and finds the waivers that are expired, cover nothing, or name a rule that
 * does not exist. A waiver for a target or a rule that this run did not check is left alone.
 */
export function applyWaivers(findings: readonly Finding[], waivers: readonly Waiver[], known: WaiverContext): Waived {
  const problems: Problem[] = [];
  const covered = new Set<Finding>();
  waivers.forEach((waiver, index) => {
    const report = (rule: string, message: string, help: string) => {
      problems.push({ rule, pointer: `/${index}`, message, help });
    };
    if (!known.rules.has(waiver.rule)) {
      report(
        "gitops/waiver-unknown",
        `rule ${waiver.rule} does not exist${didYouMean(waiver.rule, known.rules)}`,
        "gitops policies list shows all rules.",
      );
      return;
    }
    if (waiver.expires < known.today) {
      const end = `the waiver for ${waiver.rule} expired on ${waiver.expires}`;
      report("gitops/waiver-expired", end, `Fix what it waives, or ask ${waiver.owner} for a new date.`);
      return;
    }
    const hits = findings.filter((finding) => covers(waiver, finding, known));
    for (const hit of hits) covered.add(hit);
    if (hits.length > 0 || known.idle.has(waiver.rule)) return;
    const names = known.targets.map(known.nameOf);
    if (names.some((name) => concerns(waiver, name))) {
      report("gitops/waiver-unused", `the waiver for ${waiver.rule} covers nothing`, "Remove it.");
    } else if (known.isComplete) {
      const message = `the waiver for ${waiver.rule} names target ${waiver.target}, which does not exist`;
      const hint = didYouMeanPath(waiver.target ?? "", names);
      report("gitops/waiver-unused", message + hint, "Correct the target, or remove the waiver.");
    }
  });
  return {
    findings: findings.map((finding) => (covered.has(finding) ? { ...finding, waived: true } : finding)),
    problems,
  };
}

function covers(waiver: Waiver, finding: Finding, { nameOf }: WaiverContext): boolean {
  return (
    waiver.rule === finding.rule &&
    concerns(waiver, nameOf(finding.target)) &&
    (waiver.resource === undefined || glob(waiver.resource).test(finding.resource ?? ""))
  );
}

function concerns(waiver: Waiver, target: string): boolean {
  return waiver.target === undefined || glob(waiver.target, "[^/]*").test(target);
}
