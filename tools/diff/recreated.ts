import { objectAt, stringAt } from "../core/json.ts";
import type { Resource } from "../core/resource.ts";

/**
 * Annotations with which Argo CD or Flux do not update an object in place: they delete it and create it anew, or leave alone
 * what is there. By key, whether the value says so.
 *
 * https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/
 * https://argo-cd.readthedocs.io/en/stable/user-guide/resource_hooks/
 * https://fluxcd.io/flux/components/kustomize/kustomizations/#controlling-the-apply-behavior-of-resources
 */
const instead: Readonly<Record<string, (value: string) => boolean>> = {
  "argocd.argoproj.io/sync-options": (value) =>
    ["force=true", "replace=true"].every((option) => words(value).includes(option)),
  // Unless told otherwise, a hook of before is deleted first.
  "argocd.argoproj.io/hook": () => true,
  "kustomize.toolkit.fluxcd.io/force": (value) => value.toLowerCase() === "enabled",
  "kustomize.toolkit.fluxcd.io/ssa": (value) => ["ifnotpresent", "ignore"].includes(value.toLowerCase()),
  "kustomize.toolkit.fluxcd.io/reconcile": (value) => value.toLowerCase() === "disabled",
};

const words = (value: string) =>
  value
    .toLowerCase()
    .split(",")
    .map((word) => word.trim());

/** Whether the controller that applies the object was told not to update it in place. */
export function isNotUpdated({ object }: Resource): boolean {
  const annotations = objectAt(objectAt(object, "metadata"), "annotations");
  return Object.entries(instead).some(([key, says]) => {
    const value = annotations && Object.hasOwn(annotations, key) ? stringAt(annotations, key) : undefined;
    return value !== undefined && says(value);
  });
}
