import { listAt, objectAt, stringAt } from "../core/json.ts";
import type { Resource } from "../core/resource.ts";
import type { FieldRow, RemovalRow } from "./effect.ts";

const flux = "https://fluxcd.io/flux/components/kustomize/kustomizations/";
const helm = "https://fluxcd.io/flux/components/helm/helmreleases/";
const argo = "https://argo-cd.readthedocs.io/en/stable/user-guide/app_deletion/";
const sets = "https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Application-Deletion/";

const specOf = ({ object }: Resource) => objectAt(object, "spec");

/** Whether deleting a Kustomization deletes its objects; the default policy follows `prune`. */
function prunes(resource: Resource): boolean {
  const policy = stringAt(specOf(resource), "deletionPolicy") ?? "MirrorPrune";
  return (
    policy === "Delete" ||
    policy === "WaitForTermination" ||
    (policy === "MirrorPrune" && specOf(resource)?.prune === true)
  );
}

/** Whether Argo CD deletes the objects of an Application, which depends on its finalizer. */
function cascades({ object }: Resource): boolean {
  const finalizers = listAt(objectAt(object, "metadata"), "finalizers").map(String);
  return finalizers.some((one) => one.startsWith("resources-finalizer.argocd.argoproj.io"));
}

const isPreserved = (resource: Resource) =>
  objectAt(specOf(resource), "syncPolicy")?.preserveResourcesOnDeletion === true;

/** Changes in how controllers sync. */
export const syncRows: readonly FieldRow[] = [
  {
    kinds: ["Kustomization.kustomize.toolkit.fluxcd.io", "HelmRelease.helm.toolkit.fluxcd.io"],
    field: "spec.suspend",
    effect: "none",
    when: ({ after }) => after === true,
    says: "changes in Git no longer reach the cluster",
    source: `${flux}#suspend`,
  },
  {
    kinds: ["Kustomization.kustomize.toolkit.fluxcd.io", "HelmRelease.helm.toolkit.fluxcd.io"],
    field: "spec.suspend",
    effect: "none",
    when: ({ before, after }) => before === true && after !== true,
    says: "everything that changed in Git in the meantime is applied at once",
    source: `${flux}#suspend`,
  },
  {
    kinds: ["Kustomization.kustomize.toolkit.fluxcd.io"],
    field: "spec.path",
    effect: "data-loss",
    when: ({ next }) => specOf(next)?.prune === true,
    says: "objects that the new path does not contain are pruned",
    source: `${flux}#prune`,
  },
];

/** What is deleted along with an object that syncs others. */
export const syncRemovals: readonly RemovalRow[] = [
  {
    kinds: ["Kustomization.kustomize.toolkit.fluxcd.io"],
    effect: "data-loss",
    when: prunes,
    says: "everything it applied is deleted with it",
    source: `${flux}#deletion-policy`,
  },
  {
    kinds: ["HelmRelease.helm.toolkit.fluxcd.io"],
    effect: "data-loss",
    says: "the release is uninstalled",
    source: `${helm}#uninstall-configuration`,
  },
  {
    kinds: ["Application.argoproj.io"],
    effect: "data-loss",
    when: cascades,
    says: "everything it synced is deleted with it, because of its finalizer",
    source: argo,
  },
  {
    kinds: ["ApplicationSet.argoproj.io"],
    effect: "data-loss",
    when: (resource) => !isPreserved(resource),
    says: "its Applications are deleted with it, along with everything they synced",
    source: sets,
  },
];
