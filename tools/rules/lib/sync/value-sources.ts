import { groupBy } from "../../../core/group.ts";
import { type JsonObject, stringAt } from "../../../core/json.ts";
import { once } from "../../../core/once.ts";
import type { ObjectFact, RepositoryContext, TargetFacts } from "../../../core/repository.ts";
import { mayBeSameNamespace } from "../target.ts";
import { controlPlanesOf } from "./control-planes.ts";
import { coveredBy, isBelow, ownSyncs } from "./covered.ts";
import type { Sync } from "./sync.ts";

/** A ConfigMap or a Secret, and the target that renders it. */
interface Found {
  readonly object: ObjectFact;
  readonly target: TargetFacts;
}

/**
 * The ConfigMaps or Secrets that a Kustomization may mean with an entry of substituteFrom: those that a sync of the same
 * control plane applies, or that are in the folder of the same cluster. Others of that name are for other clusters.
 */
export function valueSources(sync: Sync, reference: JsonObject, repository: RepositoryContext): ObjectFact[] {
  const named = sourcesIn(repository).get(stringAt(reference, "name") ?? "") ?? [];
  const planes = controlPlanesOf(repository).filter((plane) => plane.includes(sync));
  const appliers = appliersIn(repository);
  return named
    .filter(({ object }) => object.kind === reference.kind)
    .filter(({ object }) => mayBeSameNamespace(object.namespace, sync.resource.namespace))
    .filter(
      (found) => isBeside(found, sync) || appliers(found).some((one) => planes.some((plane) => plane.includes(one))),
    )
    .map(({ object }) => object);
}

/** The ConfigMaps and Secrets of a repository, by their names. */
const sourcesIn = once(({ targets }: RepositoryContext) => {
  const isSource = ({ group, kind }: ObjectFact) => group === "" && (kind === "ConfigMap" || kind === "Secret");
  const all = targets.flatMap((target) => target.objects.filter(isSource).map((object): Found => ({ object, target })));
  return groupBy(all, ({ object }) => object.name);
});

const appliersIn = once((repository: RepositoryContext) =>
  once(({ object, target }: Found): readonly Sync[] =>
    ownSyncs(repository).filter((sync) => coveredBy(sync, target, repository).includes(object)),
  ),
);

/** Whether an object is in the target of a sync, or in the folder of its cluster. */
function isBeside({ object, target }: Found, sync: Sync): boolean {
  return target === sync.target || isBelow(clusterOf(sync.folder), object.file ?? target.path);
}

/** `clusters/prod` of `clusters/prod/apps`; of other paths, the folder itself. */
function clusterOf(folder: string): string {
  return /^(?:.*\/)?clusters\/[^/]+/.exec(folder)?.[0] ?? folder;
}
