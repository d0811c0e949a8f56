import { objectAt, stringAt } from "../core/json.ts";
import type { Resource } from "../core/resource.ts";

/**
 * What Argo CD or Flux do instead of an update in place: delete and recreate the object, always or only if the API server
 * rejects the update, or leave the existing object alone.
 */
type Instead = "recreated" | "recreated-if-refused" | "left";

/**
 * The annotations that request it, with a function that interprets the value.
 *
 * https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/
 * https://argo-cd.readthedocs.io/en/stable/user-guide/resource_hooks/
 * https://fluxcd.io/flux/components/kustomize/kustomizations/#controlling-the-apply-behavior-of-resources
 */
const annotations: Readonly<Record<string, (value: string) => Instead | undefined>> = {
  "argocd.argoproj.io/sync-options": (value) =>
    ["force=true", "replace=true"].every((option) => words(value).includes(option)) ? "recreated" : undefined,
  // By default, Argo CD deletes the previous hook first (BeforeHookCreation).
  "argocd.argoproj.io/hook": () => "recreated",
  "kustomize.toolkit.fluxcd.io/force": (value) =>
    value.toLowerCase() === "enabled" ? "recreated-if-refused" : undefined,
  "kustomize.toolkit.fluxcd.io/ssa": (value) =>
    ["ifnotpresent", "ignore"].includes(value.toLowerCase()) ? "left" : undefined,
  "kustomize.toolkit.fluxcd.io/reconcile": (value) => (value.toLowerCase() === "disabled" ? "left" : undefined),
};

/** The annotations that keep an object in the cluster after it is removed from the repository. */
const kept: Readonly<Record<string, (value: string) => boolean>> = {
  "argocd.argoproj.io/sync-options": (value) => words(value).includes("prune=false"),
  "kustomize.toolkit.fluxcd.io/prune": (value) => value.toLowerCase() === "disabled",
};

const words = (value: string) =>
  value
    .toLowerCase()
    .split(",")
    .map((word) => word.trim());

/** What happens to the object instead of an update in place; undefined if it is updated. */
export function insteadOfUpdate(resource: Resource): Instead | undefined {
  const found = meanings(resource, annotations);
  return found.find((instead) => instead === "left") ?? found.find((instead) => instead !== undefined);
}

/** Whether an annotation tells the controller not to update the object in place, or not if the update is rejected. */
export function isNotUpdated(resource: Resource): boolean {
  return insteadOfUpdate(resource) !== undefined;
}

/** Whether the object is deleted after it is removed from the repository. */
export function isPruned(resource: Resource): boolean {
  return !meanings(resource, kept).includes(true);
}

/** What the object's annotations in a table mean. */
function meanings<T>({ object }: Resource, table: Readonly<Record<string, (value: string) => T>>): T[] {
  const own = objectAt(objectAt(object, "metadata"), "annotations");
  return Object.entries(table).flatMap(([key, meaning]) => {
    const value = own && Object.hasOwn(own, key) ? stringAt(own, key) : undefined;
    return value === undefined ? [] : [meaning(value)];
  });
}
