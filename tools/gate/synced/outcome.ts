import type { Finding } from "../../core/finding.ts";

/** The result of checking a target as something applies it; plain data, so that it can be cached. */
export interface VariantOutcome {
  /** It does not render, or only in part. */
  readonly failed: boolean;
  /** It was rendered without what is not evaluated: charts, plugins and remote entries. */
  readonly isPartial?: true;
  readonly resources: number;
  readonly findings: readonly VariantFinding[];
  /** Name of its facts for other targets; see `Outcomes.factsOf`. */
  readonly facts: string;
  readonly crashed: boolean;
  /** Whether it may be different next time: kustomize was stopped, or definitions in charts may change without notice. */
  readonly isPassing: boolean;
}

export interface VariantFinding {
  /** See `likenessOf`. */
  readonly like: string;
  readonly finding: Finding;
}
