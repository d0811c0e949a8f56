import type { Severity } from "./finding.ts";

/** What is known about a rule without running it; `explain` and `policies list` print it. */
export interface RuleInfo {
  /** `family/name`, stable: waivers and configurations of other repositories refer to it. */
  readonly id: string;
  readonly severity: Severity;
  /** What goes wrong when the rule is broken, and where that is documented. */
  readonly why: string;
  /** What to do about it. */
  readonly fix: string;
  /** Applies only in this profile, or if the configuration gives it a severity: few can follow its advice. */
  readonly profile?: "strict";
  /** Advice of the gate itself, which a profile may leave out. */
  readonly advises?: true;
}
