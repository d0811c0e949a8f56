/** What overlays may change of what they are built on, as gitops.yaml declares it. */
export interface Scope {
  /** Paths of targets, relative to gitops.yaml, `*` for any part of a name. */
  readonly match: string | readonly string[];
  /** The kustomization that they are held against, relative to gitops.yaml. */
  readonly against: string;
  readonly allow: readonly Allowance[];
}

/** One thing that may differ. What is not said of the resource holds for all. */
export interface Allowance {
  readonly kind?: string | readonly string[];
  /** `*` for any part of a name. */
  readonly name?: string | readonly string[];
  /** Pointers to fields that may change with all below them, with `*` for any element of a list or map. */
  readonly fields?: readonly string[];
  /** Such a resource may be new. */
  readonly add?: boolean;
  /** Such a resource may be left out. */
  readonly remove?: boolean;
}
