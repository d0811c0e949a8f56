/** Something that the cluster has already, as `cluster` in gitops.yaml declares it. */
export interface Existing {
  readonly kind: string;
  /** `*` stands for any characters; every one of the kind when left out. */
  readonly name?: string;
  /** Where it is; in every namespace when left out. */
  readonly namespace?: string;
  /** Of pods, for the selectors that are meant to select them. */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Of which family addresses are. https://kubernetes.io/docs/concepts/services-networking/dual-stack/ */
export type IpFamily = "IPv4" | "IPv6";
