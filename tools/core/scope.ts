/** What overlays may change in what they build on, as declared in gitops.yaml. */
export interface Scope {
  /** Paths of targets, relative to gitops.yaml, `*` for any part of a name. */
  readonly match: string | readonly string[];
  /** The kustomization that they are compared with, relative to gitops.yaml. */
  readonly against: string;
  readonly allow: readonly Allowance[];
}

/** One permitted difference. Without `kind` or `name`, it applies to every kind or name. */
export interface Allowance {
  readonly kind?: string | readonly string[];
  /** `*` for any part of a name. */
  readonly name?: string | readonly string[];
  /** Pointers to fields that may change, including everything below, with `*` for any element of a list or map. */
  readonly fields?: readonly string[];
  /** Such a resource may be added. */
  readonly add?: boolean;
  /** Such a resource may be removed. */
  readonly remove?: boolean;
}
