import { didYouMean } from "../../core/nearest.ts";
import type { RepositoryContext } from "../../core/repository.ts";
import { definePolicy, type RepositoryViolation } from "../../policy/define.ts";
import { ownSyncs } from "../lib/sync/covered.ts";
import type { Sync } from "../lib/sync/sync.ts";

/** `app path does not exist` of Argo CD's repo server, `kustomization path not found` of Flux's kustomize-controller. */
export const syncPath = definePolicy({
  id: "gitops/sync-path",
  severity: "error",
  why: "A controller that is pointed at a folder without manifests applies nothing, and what it applied before stays as it was or is pruned. https://argo-cd.readthedocs.io/en/stable/user-guide/application-specification/ https://fluxcd.io/flux/components/kustomize/kustomizations/#path",
  fix: "Name a folder of this repository with a kustomization or with manifests, relative to its top.",
  *checkRepository(repository): Generator<RepositoryViolation> {
    const told = new Set<string>();
    for (const sync of ownSyncs(repository)) {
      const wrong = wrongWith(sync, repository);
      const { resource, target, pointer, path } = sync;
      const place = [target.name, resource.kind, resource.namespace, resource.name, pointer, path].join("\n");
      if (wrong === undefined || told.has(place)) continue;
      told.add(place);
      yield {
        target: target.name,
        resource,
        pointer,
        message: `${resource.kind} ${sync.name} syncs ${path}, which ${wrong}`,
      };
    }
  },
});

function wrongWith(sync: Sync, repository: RepositoryContext): string | undefined {
  const { path, by, byPlugin } = sync;
  const place = repository.placeAt(path);
  // A plugin makes manifests of any folder.
  if (byPlugin && place !== undefined && place !== "file") return undefined;
  switch (place) {
    case undefined:
      return `is not there${didYouMean(
        path,
        repository.targets.map((target) => target.path),
      )}`;
    case "file":
      return "is a file, not a folder";
    case "folder":
      return "holds no kustomization and no manifests";
    case "component":
      return "is a Component, which only a kustomization can use";
    case "chart":
      return by === "flux" ? "is a Helm chart, which takes a HelmRelease" : undefined;
    case "nested":
      return sync.recursive ? undefined : "has manifests in folders below alone: directory.recurse is not set";
    default:
      return undefined;
  }
}
