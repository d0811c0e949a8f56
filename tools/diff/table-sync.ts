import { listAt, objectAt, stringAt } from "../core/json.ts";
import type { Resource } from "../core/resource.ts";
import type { FieldRow, RemovalRow } from "./effect.ts";

const flux = "https://fluxcd.io/flux/components/kustomize/kustomizations/";
const helm = "https://fluxcd.io/flux/components/helm/helmreleases/";
const argo = "https://argo-cd.readthedocs.io/en/stable/user-guide/app_deletion/";
const sets = "https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Application-Deletion/";

const specOf = ({ object }: Resource) => objectAt(object, "spec");

/** Without a policy of its own, a Kustomization that prunes takes all of it away. */
function prunes(resource: Resource): boolean {
  const policy = stringAt(specOf(resource), "deletionPolicy") ?? "MirrorPrune";
  return (
    policy === "Delete" ||
    policy === "WaitForTermination" ||
    (policy === "MirrorPrune" && specOf(resource)?.prune === true)
  );
}

/** Argo CD deletes what an Application has where its finalizer says so. */
function cascades({ object }: Resource): boolean {
  const finalizers = listAt(objectAt(object, "metadata"), "finalizers").map(String);
  return finalizers.some((one) => one.startsWith("resources-finalizer.argocd.argoproj.io"));
}

const isPreserved = (resource: Resource) =>
  objectAt(specOf(resource), "syncPolicy")?.preserveResourcesOnDeletion === true;

/** What changes of how controllers sync. */
export const syncRows: readonly FieldRow[] = [
  {
    kinds: ["Kustomization.kustomize.toolkit.fluxcd.io", "HelmRelease.helm.toolkit.fluxcd.io"],
    field: "spec.suspend",
    effect: "none",
    when: ({ after }) => after === true,
    says: "what Git has reaches the cluster no longer",
    source: `${flux}#suspend`,
  },
  {
    kinds: ["Kustomization.kustomize.toolkit.fluxcd.io", "HelmRelease.helm.toolkit.fluxcd.io"],
    field: "spec.suspend",
    effect: "none",
    when: ({ before, after }) => before === true && after !== true,
    says: "all that has changed in Git meanwhile is applied at once",
    source: `${flux}#suspend`,
  },
  {
    kinds: ["Kustomization.kustomize.toolkit.fluxcd.io"],
    field: "spec.path",
    effect: "data-loss",
    when: ({ next }) => specOf(next)?.prune === true,
    says: "what the new path does not have is pruned",
    source: `${flux}#prune`,
  },
];

/** What goes with what syncs it. */
export const syncRemovals: readonly RemovalRow[] = [
  {
    kinds: ["Kustomization.kustomize.toolkit.fluxcd.io"],
    effect: "data-loss",
    when: prunes,
    says: "all that it has applied is deleted with it",
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
    says: "all that it has synced is deleted with it, as its finalizer asks for",
    source: argo,
  },
  {
    kinds: ["ApplicationSet.argoproj.io"],
    effect: "data-loss",
    when: (resource) => !isPreserved(resource),
    says: "its Applications are deleted with it, and all that they have synced",
    source: sets,
  },
];
