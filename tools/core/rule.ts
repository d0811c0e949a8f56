import type { Severity } from "./finding.ts";

/** What is known of a rule without running it: what `explain` teaches and `policies list` prints. */
export interface RuleInfo {
  /** `family/name`, stable: waivers and configurations of other repositories name it. */
  readonly id: string;
  readonly severity: Severity;
  /** What goes wrong when the rule is broken, and where Kubernetes says so. */
  readonly why: string;
  /** What to do about it. */
  readonly fix: string;
  /** It is in force only in this profile, and where the configuration gives it a severity: few can follow its advice. */
  readonly profile?: "strict";
  /** It is advice of the gate itself, which a profile may leave out. */
  readonly advises?: true;
}
