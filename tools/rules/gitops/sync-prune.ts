import { objectAt } from "../../core/json.ts";
import { groupOf, type Resource } from "../../core/resource.ts";
import { definePolicy, type Violation } from "../../policy/define.ts";
import { placeIn } from "../lib/containers.ts";

/** Only for automated sync: a person who syncs by hand chooses each time whether to prune. */
export const syncPrune = definePolicy({
  id: "gitops/sync-prune",
  severity: "warning",
  why: "Without prune, what is removed from Git stays in the cluster and keeps running, where no review sees it. https://argo-cd.readthedocs.io/en/stable/user-guide/auto_sync/#automatic-pruning https://fluxcd.io/flux/components/kustomize/kustomizations/#prune",
  fix: "Set prune: true; annotate what must outlive its manifest (argocd.argoproj.io/sync-options: Prune=false, kustomize.toolkit.fluxcd.io/prune: disabled).",
  match: { kind: ["Application", "ApplicationSet", "Kustomization"] },
  *check(resource): Generator<Violation> {
    const { kind, name, object } = resource;
    const at = placeOf(resource);
    const settings = at?.path.reduce(objectAt, object);
    if (at === undefined || settings === undefined || settings.enabled === false || settings.prune === true) return;
    // Flux requires the field: without it, nothing is applied at all.
    if (kind === "Kustomization" && settings.prune === undefined) return;
    const message = `${kind} ${name} does not prune: what is removed from Git stays in the cluster`;
    yield { pointer: placeIn(`/${at.path.join("/")}`, settings, "prune"), message };
  },
});

/** The path of the object with the field `prune`. */
function placeOf({ apiVersion, kind, object }: Resource): { path: string[] } | undefined {
  const group = groupOf(apiVersion);
  if (group === "kustomize.toolkit.fluxcd.io") return { path: ["spec"] };
  if (group !== "argoproj.io") return undefined;
  if (kind === "Application") return { path: ["spec", "syncPolicy", "automated"] };
  // A template patch may set it for each Application.
  if (objectAt(object, "spec")?.templatePatch !== undefined) return undefined;
  return { path: ["spec", "template", "spec", "syncPolicy", "automated"] };
}
