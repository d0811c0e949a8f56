import { objectAt, stringAt } from "../core/json.ts";
import type { Resource } from "../core/resource.ts";

/**
 * What Argo CD or Flux do instead of an update in place: they delete the object and create it anew, always or only where the
 * API server refuses the update, or they leave what is there alone.
 */
export type Instead = "recreated" | "recreated-if-refused" | "left";

/**
 * The annotations that say so. By key, what a value asks for.
 *
 * https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/
 * https://argo-cd.readthedocs.io/en/stable/user-guide/resource_hooks/
 * https://fluxcd.io/flux/components/kustomize/kustomizations/#controlling-the-apply-behavior-of-resources
 */
const annotations: Readonly<Record<string, (value: string) => Instead | undefined>> = {
  "argocd.argoproj.io/sync-options": (value) =>
    ["force=true", "replace=true"].every((option) => words(value).includes(option)) ? "recreated" : undefined,
  // Unless told otherwise, a hook of before is deleted first.
  "argocd.argoproj.io/hook": () => "recreated",
  "kustomize.toolkit.fluxcd.io/force": (value) =>
    value.toLowerCase() === "enabled" ? "recreated-if-refused" : undefined,
  "kustomize.toolkit.fluxcd.io/ssa": (value) =>
    ["ifnotpresent", "ignore"].includes(value.toLowerCase()) ? "left" : undefined,
  "kustomize.toolkit.fluxcd.io/reconcile": (value) => (value.toLowerCase() === "disabled" ? "left" : undefined),
};

/** The annotations with which an object stays in the cluster when it is no longer in the repository. */
const kept: Readonly<Record<string, (value: string) => boolean>> = {
  "argocd.argoproj.io/sync-options": (value) => words(value).includes("prune=false"),
  "kustomize.toolkit.fluxcd.io/prune": (value) => value.toLowerCase() === "disabled",
};

const words = (value: string) =>
  value
    .toLowerCase()
    .split(",")
    .map((word) => word.trim());

/** What becomes of the object instead of an update in place; undefined where it is updated. */
export function insteadOfUpdate(resource: Resource): Instead | undefined {
  const found = said(resource, annotations);
  return found.find((instead) => instead === "left") ?? found.find((instead) => instead !== undefined);
}

/** Whether the controller that applies the object was told not to update it in place, or not where that is refused. */
export function isNotUpdated(resource: Resource): boolean {
  return insteadOfUpdate(resource) !== undefined;
}

/** Whether the object is deleted once the repository does not have it any more. */
export function isPruned(resource: Resource): boolean {
  return !said(resource, kept).includes(true);
}

/** What the annotations that stand in a table say. */
function said<T>({ object }: Resource, table: Readonly<Record<string, (value: string) => T>>): T[] {
  const own = objectAt(objectAt(object, "metadata"), "annotations");
  return Object.entries(table).flatMap(([key, says]) => {
    const value = own && Object.hasOwn(own, key) ? stringAt(own, key) : undefined;
    return value === undefined ? [] : [says(value)];
  });
}
