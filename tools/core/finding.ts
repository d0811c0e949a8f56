/** How severe a finding is. Only errors make `check` fail, unless `--fail-on warning` says otherwise. */
export type Severity = "error" | "warning" | "info";

/** Lower is more severe. */
export const ranks: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 };

/** The API server's own names for why it rejects a field (`field.ErrorType` in k8s.io/apimachinery). */
export type Reason =
  | "Invalid"
  | "Required"
  | "Forbidden"
  | "NotSupported"
  | "Duplicate"
  | "TooLong"
  | "TooMany"
  | "TypeInvalid";

/** Something that does not exist: all findings of a target about it are reported as one. */
export interface Missing {
  /** Its identity: `Secret shop/db`. */
  readonly what: string;
  /** The resource that refers to it: `Deployment web`. */
  readonly by: string;
}

/**
 * What a validator or a policy reports about one resource, before the gate knows where it came from. Plain data: the engine
 * adds the rule's severity, the target and the source line, so that no rule has to know them.
 */
export interface Problem {
  /** Id of the rule, `family/name`. */
  readonly rule: string;
  /** RFC 6901 pointer into the resource, `""` for the whole resource. */
  readonly pointer: string;
  /** In a text of several lines, the number of characters before the problem. */
  readonly offset?: number;
  /** What is wrong, in one sentence that names the value. */
  readonly message: string;
  /** How to fix it, in one sentence. */
  readonly help?: string;
  /** The reason that an API server would give. */
  readonly reason?: Reason;
  /** Overrides the rule's severity if it depends on the circumstances. */
  readonly severity?: Severity;
  readonly missing?: Missing;
  /** The missing object, which another target of the repository may have. */
  readonly wants?: Wants;
  /** The field beside it that excludes it: the place to edit is the one of the two that a later layer sets. */
  readonly beside?: string;
}

/** An object that is not in a target, but may be in another target for the same cluster. */
export interface Wants {
  /** With its group, as `GroupKind.String` writes it: `Service`, `Issuer.cert-manager.io`. */
  readonly kind: string;
  readonly namespace: string | undefined;
  /** Undefined for any name: pods of any controller. */
  readonly name: string | undefined;
  /** The values of the labels that pods must have. */
  readonly labels?: readonly string[];
}

/** One entry of the report: a problem, and where to fix it. */
export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  readonly help?: string;
  readonly reason?: Reason;
  /** Path of the target, relative to the working directory. */
  readonly target: string;
  /** `group/version/Kind/namespace/name`; see {@link resourceId}. */
  readonly resource?: string;
  readonly pointer?: string;
  /** The file that a person edits, relative to the working directory. */
  readonly file?: string;
  /** 1-based. */
  readonly line?: number;
  /** 1-based. */
  readonly column?: number;
  /** The Helm template that made the resource, according to the `# Source:` comment in the file. */
  readonly template?: string;
  /**
   * If only the result of what controllers add to the target has the finding: the resources that add it, such as
   * `Kustomization web`.
   */
  readonly appliedBy?: readonly string[];
  readonly waived: boolean;
  /** Whether the base had this finding, if there is a base to compare with. */
  readonly status?: "new" | "old";
  /** Until findings about the same missing object are merged; not part of any report. */
  readonly missing?: Missing;
}

type TargetStatus = "valid" | "invalid" | "error";

/** The report's summary of one target. */
export interface TargetSummary {
  readonly path: string;
  readonly status: TargetStatus;
  readonly resources: number;
  readonly skipped: number;
  readonly cached: boolean;
  /** The version of kustomize that rendered it, if it differs from the report's. */
  readonly kustomize?: string;
}
