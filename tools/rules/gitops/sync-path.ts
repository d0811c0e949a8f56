import { didYouMean } from "../../core/nearest.ts";
import type { RepositoryContext } from "../../core/repository.ts";
import { definePolicy, type RepositoryViolation } from "../../policy/define.ts";
import { ownSyncs } from "../lib/sync/covered.ts";
import { needsOf } from "../lib/sync/needs.ts";
import type { Sync } from "../lib/sync/sync.ts";

/** `app path does not exist` of Argo CD's repo server, `kustomization path not found` of Flux's kustomize-controller. */
export const syncPath = definePolicy({
  id: "gitops/sync-path",
  severity: "error",
  why: "A controller that is pointed at a folder without manifests applies nothing, and what it applied before stays as it was or is pruned; one that misses a file of values or a component fails. https://argo-cd.readthedocs.io/en/stable/user-guide/application-specification/ https://fluxcd.io/flux/components/kustomize/kustomizations/#path",
  fix: "Name a folder of this repository with a kustomization or with manifests, relative to its top.",
  *checkRepository(repository): Generator<RepositoryViolation> {
    const told = new Set<string>();
    for (const { target, resource, pointer, path, message, help } of [...ofSyncs(repository), ...ofNeeds(repository)]) {
      const place = [target.name, resource.kind, resource.namespace, resource.name, pointer, path].join("\n");
      if (told.has(place)) continue;
      told.add(place);
      yield { target: target.name, resource, pointer, message, ...(help !== undefined && { help }) };
    }
  },
});

interface Wrong extends Pick<Sync, "target" | "resource" | "pointer" | "path"> {
  readonly message: string;
  readonly help?: string;
}

function* ofSyncs(repository: RepositoryContext): Generator<Wrong> {
  for (const sync of ownSyncs(repository)) {
    const wrong = wrongWith(sync, repository);
    const message = `${sync.resource.kind} ${sync.name} syncs ${sync.path}, which ${wrong}`;
    if (wrong !== undefined) yield { ...sync, message };
  }
}

/** `no such file or directory` of helm and of kustomize. */
function* ofNeeds(repository: RepositoryContext): Generator<Wrong> {
  for (const need of needsOf(repository)) {
    const { as, of, is, help } = needed[need.what];
    const place = repository.placeAt(need.path);
    const wrong = place === undefined ? "is not there" : is;
    const message = `${need.resource.kind} ${need.name} takes ${of} ${need.path}, which ${wrong}`;
    if (place !== as) yield { ...need, message, help };
  }
}

/** What is meant to stand there, and what is said where something else does. */
const needed = {
  values: {
    as: "file",
    of: "values from",
    is: "is a folder, not a file",
    help: "Name a file of this repository, relative to the chart (behind a slash or a $ref, to the top), or set ignoreMissingValueFiles: true.",
  },
  component: {
    as: "component",
    of: "the component",
    is: "is no Component",
    help: "Name the folder of a Component, relative to the path that is synced, or set ignoreMissingComponents: true.",
  },
} as const;

function wrongWith(
  sync: Pick<Sync, "path" | "by" | "byPlugin" | "recursive">,
  repository: RepositoryContext,
): string | undefined {
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
