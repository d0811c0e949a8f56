/** How grave a finding is. Only errors make `check` fail, unless `--fail-on warning` says otherwise. */
export type Severity = "error" | "warning" | "info";

/** The API server's own words for why it refuses a field (`field.ErrorType` in k8s.io/apimachinery). */
export type Reason =
  | "Invalid"
  | "Required"
  | "Forbidden"
  | "NotSupported"
  | "Duplicate"
  | "TooLong"
  | "TooMany"
  | "TypeInvalid";

/** Something that is not there: whatever names it in a target is told as one. */
export interface Missing {
  /** What tells it apart: `Secret shop/db`. */
  readonly what: string;
  /** Who names it: `Deployment web`. */
  readonly by: string;
}

/**
 * What a validator or a policy says of one resource, before the gate knows where it came from. Plain data: the rule's
 * severity, the target and the source line are added by the engine, so that no rule has to know them.
 */
export interface Problem {
  /** Id of the rule, `family/name`. */
  readonly rule: string;
  /** RFC 6901 pointer into the resource, `""` for the whole of it. */
  readonly pointer: string;
  /** In a text of several lines, how many characters are before what is meant. */
  readonly offset?: number;
  /** What is wrong, in one sentence that names the value. */
  readonly message: string;
  /** How to put it right, in one sentence. */
  readonly help?: string;
  /** The reason that an API server would give. */
  readonly reason?: Reason;
  /** Overrides that of the rule, where the circumstances decide how grave it is. */
  readonly severity?: Severity;
  readonly missing?: Missing;
  /** What is missing: another target of the repository may have it. */
  readonly wants?: Wants;
}

/** What is not in a target, and may be in another one that goes to the same cluster. */
export interface Wants {
  /** With its group, as `GroupKind.String` writes it: `Service`, `Issuer.cert-manager.io`. */
  readonly kind: string;
  readonly namespace: string | undefined;
  /** Undefined for any: pods, whatever makes them. */
  readonly name: string | undefined;
}

/** One line of the report: a problem, and where the person who can mend it finds it. */
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
  readonly waived: boolean;
  /** Where there is a base to compare with: whether it had this finding. */
  readonly status?: "new" | "old";
  /** Until all that name the same are told as one: no report has it. */
  readonly missing?: Missing;
}

export type TargetStatus = "valid" | "invalid" | "error";

/** What is said of one target in the report. */
export interface TargetSummary {
  readonly path: string;
  readonly status: TargetStatus;
  readonly resources: number;
  readonly skipped: number;
  readonly cached: boolean;
  /** The version of kustomize that rendered it, where that is another than the report's. */
  readonly kustomize?: string;
}
