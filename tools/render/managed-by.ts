import { field, type Kustomization, objectOf } from "../load/kustomization.ts";
import type { Kustomize } from "./kustomize.ts";

/** The version in programs that are built with kustomize as a library, such as kubectl and Flux. */
export const unversioned = "kustomize-(devel)";

/** The field that makes kustomize write its version into the labels of all resources; undefined without it. */
export function managedByField(kustomization: Kustomization): string | undefined {
  return field(objectOf(kustomization), "buildmetadata").find(
    ({ value }) => Array.isArray(value) && value.includes("managedByLabel"),
  )?.key;
}

/** The label, at the depth of `metadata.labels`. */
const label = /^( {4}app\.kubernetes\.io\/managed-by: )kustomize-\(devel\)$/gm;

/**
 * The output with the version of kustomize in its labels, also if it is that of kubectl, which does not know it: what is
 * rendered should not depend on the program.
 */
export function withVersion(text: string, { version }: Kustomize, kustomizations: readonly Kustomization[]): string {
  const isWritten = text.includes(unversioned) && kustomizations.some((one) => managedByField(one) !== undefined);
  return isWritten ? text.replace(label, `$1kustomize-${version}`) : text;
}
