/** Something that already exists in the cluster, as declared by `cluster` in gitops.yaml. */
export interface Existing {
  readonly kind: string;
  /** With `*` for any characters; if omitted, every name. */
  readonly name?: string;
  /** If omitted, every namespace. */
  readonly namespace?: string;
  /** Labels of pods, for selectors that should match them. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Families of IP addresses. https://kubernetes.io/docs/concepts/services-networking/dual-stack/ */
export type IpFamily = "IPv4" | "IPv6";

/**
 * Feature gates that are off by default in some supported version, and that change what is valid.
 * https://kubernetes.io/docs/reference/command-line-tools-reference/feature-gates/
 */
export type FeatureGate = "HPAScaleToZero";
