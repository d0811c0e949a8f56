import { type JsonObject, listAt, objectAt, stringAt } from "../../../core/json.ts";
import { once } from "../../../core/once.ts";
import type { RepositoryContext, TargetFacts } from "../../../core/repository.ts";
import type { Resource } from "../../../core/resource.ts";
import { ownSources, ownSyncs } from "./covered.ts";
import { applicationsIn, normal, pathOf, type Sync, sourcesIn } from "./sync.ts";

/** A file or a folder of this repository without which a sync fails, apart from the synced path. */
interface Need extends Place, Pick<Sync, "resource" | "target" | "name"> {}

interface Place {
  readonly what: "values" | "component";
  readonly pointer: string;
  /** Relative to the root of the repository. */
  readonly path: string;
}

/** The value files and components that the syncs of this repository need. */
export const needsOf = once((repository: RepositoryContext): readonly Need[] => [
  ...repository.targets.flatMap((target) =>
    target.syncs.flatMap(({ resource }) => ofArgo(resource, target, repository)),
  ),
  ...ownSyncs(repository).flatMap((sync) => ofFlux(sync, repository)),
]);

type Sources = readonly (readonly [pointer: string, source: JsonObject])[];

function ofArgo(resource: Resource, target: TargetFacts, repository: RepositoryContext): Need[] {
  return applicationsIn(resource, repository).flatMap((application) => {
    const name = stringAt(objectAt(application.object, "metadata"), "name") ?? resource.name;
    const sources = sourcesIn(application);
    const places = sources.flatMap(([at, source]) => [
      ...valuesOf(source, at, sources, repository),
      ...componentsOf(source, at, repository),
    ]);
    return places.map((place) => ({ ...place, resource, target, name }));
  });
}

/** Paths that only a server or a cluster knows: URLs, variables, patterns. */
const open = /:\/\/|[$*?[]|^(?:git@|git::|gh:|github\.com[:/])/;

/** `getResolvedValueFiles` in reposerver/repository of Argo CD. */
function valuesOf(source: JsonObject, at: string, sources: Sources, repository: RepositoryContext): Place[] {
  const helm = objectAt(source, "helm");
  if (helm?.ignoreMissingValueFiles === true) return [];
  return listAt(helm, "valueFiles").flatMap((file, index) => {
    const path = typeof file === "string" ? valueFile(file, source, sources, repository) : undefined;
    return path === undefined ? [] : [{ what: "values", pointer: `${at}/helm/valueFiles/${index}`, path }];
  });
}

/** `$values/prod.yaml` belongs to the source with this `ref`; a leading slash stands for the root of the repository. */
function valueFile(
  file: string,
  source: JsonObject,
  sources: Sources,
  repository: RepositoryContext,
): string | undefined {
  const [first, ...rest] = file.split("/");
  const lender = sources.find(([, { ref }]) => typeof ref === "string" && first === `$${ref}`)?.[1];
  const within = lender === undefined ? file : `/${rest.join("/")}`;
  if (open.test(within)) return undefined;
  if (lender !== undefined) return isOwn(lender, repository) ? normal(within) : undefined;
  const path = pathOf(source);
  if (path === undefined || repository.placeAt(path) !== "chart" || !isOwn(source, repository)) return undefined;
  return normal(within.startsWith("/") ? within : `${path}/${within}`);
}

function componentsOf(source: JsonObject, at: string, repository: RepositoryContext): Place[] {
  const path = pathOf(source);
  const kustomize = objectAt(source, "kustomize");
  if (path === undefined || repository.placeAt(path) !== "kustomization" || !isOwn(source, repository)) return [];
  return componentsIn(kustomize, path, `${at}/kustomize`);
}

function ofFlux(sync: Sync, repository: RepositoryContext): Need[] {
  if (sync.by !== "flux" || repository.placeAt(sync.path) === undefined) return [];
  const places = componentsIn(objectAt(sync.resource.object, "spec"), sync.path, "/spec");
  return places.map((place) => ({ ...sync, ...place }));
}

/** Components are relative to the synced path. https://fluxcd.io/flux/components/kustomize/kustomizations/#components */
function componentsIn(object: JsonObject | undefined, path: string, at: string): Place[] {
  if (object?.ignoreMissingComponents === true) return [];
  return listAt(object, "components").flatMap((one, index) =>
    typeof one === "string" && !open.test(one)
      ? [{ what: "component", pointer: `${at}/components/${index}`, path: normal(`${path}/${one}`) }]
      : [],
  );
}

function isOwn(source: JsonObject, repository: RepositoryContext): boolean {
  const [url, revision] = [stringAt(source, "repoURL"), stringAt(source, "targetRevision")];
  return source.targetRevision !== null && url !== undefined && ownSources(repository)({ url, revision });
}
