/**
 * A number that sorts API versions by maturity: `v2` is above `v1`, `v1` above `v1beta2`, `v1beta2` above `v1alpha1`.
 * https://kubernetes.io/docs/tasks/extend-kubernetes/custom-resources/custom-resource-definition-versioning/#version-priority
 *
 * @param version with or without its group
 */
export function maturity(version: string): number {
  const [, major = "0", stage, minor = "0"] = /v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version) ?? [];
  const stages = { alpha: 0, beta: 1, stable: 2 };
  return stages[(stage as "alpha" | "beta") ?? "stable"] * 10_000 + Number(major) * 100 + Number(minor);
}
