import type { Existing } from "../core/existing.ts";
import { isNear } from "../core/nearest.ts";
import { errorAt } from "./schema-errors.ts";

/** The kinds that other objects reference most often. */
const common = [
  "ClusterIssuer",
  "ClusterRole",
  "ConfigMap",
  "CronJob",
  "DaemonSet",
  "Deployment",
  "Gateway",
  "IngressClass",
  "Namespace",
  "PersistentVolume",
  "PersistentVolumeClaim",
  "PriorityClass",
  "ReferenceGrant",
  "RuntimeClass",
  "Secret",
  "Service",
  "ServiceAccount",
  "StatefulSet",
  "StorageClass",
];

/**
 * Checks the kinds of what `cluster` declares: any kind may exist there, but one that differs from a common kind in a
 * single letter, or in its case, is a typo that would declare nothing. A kind with its group (`Secret.example.com`) is meant.
 *
 * @throws UserError for the first typo
 */
export function demandKinds(cluster: readonly Existing[], shown: string, text: string): void {
  for (const [index, { kind }] of cluster.entries()) {
    const meant = common.includes(kind) ? undefined : common.find((one) => isNear(kind, one, 1));
    if (meant !== undefined)
      throw errorAt(
        { pointer: `/cluster/${index}/kind`, message: `"${kind}" is not a known kind, did you mean "${meant}"?` },
        shown,
        text,
      );
  }
}
