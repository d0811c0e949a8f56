import type { Finding, Problem } from "../core/finding.ts";
import { glob } from "../core/glob.ts";
import { didYouMean } from "../core/nearest.ts";

/** An exception from a rule: narrow, with a reason, somebody who answers for it, and an end. */
export interface Waiver {
  readonly rule: string;
  /** Path of the target, relative to the folder of gitops.yaml, `*` for any part of a name; every target when left out. */
  readonly target?: string;
  /** Id of the resource as reports show it, with `*`; every resource when left out. */
  readonly resource?: string;
  readonly reason: string;
  readonly owner: string;
  /** The last day on which it holds, `2027-01-31`, in UTC. */
  readonly expires: string;
}

export interface Waived {
  /** All of them; those that a waiver covers say so. */
  readonly findings: Finding[];
  /** Of the waivers themselves, with pointers into their file. */
  readonly problems: Problem[];
}

/** What waivers are held against. */
export interface WaiverContext {
  readonly rules: ReadonlySet<string>;
  /** The targets of this run, as findings name them. */
  readonly targets: readonly string[];
  /** They are all that there are: what is about none of them is about nothing. */
  readonly isComplete?: boolean;
  /** How a waiver names a target: a run may be started in any folder. */
  readonly nameOf: (target: string) => string;
  /** `2026-11-23`, in UTC. */
  readonly today: string;
  /** Rules that this run had no means to judge by: that nothing broke them says nothing. */
  readonly idle: ReadonlySet<string>;
}

/**
 * Marks the findings that a waiver covers, and finds the waivers that are expired, cover nothing, or name a rule that
 * does not exist. A waiver for a target or a rule that this run did not look at is left alone.
 */
export function applyWaivers(findings: readonly Finding[], waivers: readonly Waiver[], known: WaiverContext): Waived {
  const problems: Problem[] = [];
  const covered = new Set<Finding>();
  waivers.forEach((waiver, index) => {
    const say = (rule: string, message: string, help: string) => {
      problems.push({ rule, pointer: `/${index}`, message, help });
    };
    if (!known.rules.has(waiver.rule)) {
      say(
        "gitops/waiver-unknown",
        `there is no rule ${waiver.rule}${didYouMean(waiver.rule, known.rules)}`,
        "gitops policies list shows the rules there are.",
      );
      return;
    }
    if (waiver.expires < known.today) {
      const end = `the waiver of ${waiver.rule} expired on ${waiver.expires}`;
      say("gitops/waiver-expired", end, `Mend what it waives, or ask ${waiver.owner} for a new end.`);
      return;
    }
    const hits = findings.filter((finding) => covers(waiver, finding, known));
    for (const hit of hits) covered.add(hit);
    if (hits.length > 0 || known.idle.has(waiver.rule)) return;
    const names = known.targets.map(known.nameOf);
    if (names.some((name) => concerns(waiver, name))) {
      say("gitops/waiver-unused", `the waiver of ${waiver.rule} covers nothing`, "Remove it.");
    } else if (known.isComplete) {
      const message = `the waiver of ${waiver.rule} is for ${waiver.target}, and there is no such target`;
      const hint = didYouMean(waiver.target ?? "", names);
      say("gitops/waiver-unused", message + hint, "Correct the target, or remove the waiver.");
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
