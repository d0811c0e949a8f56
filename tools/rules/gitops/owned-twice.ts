import { distinctBy } from "../../core/group.ts";
import { objectAt } from "../../core/json.ts";
import { once } from "../../core/once.ts";
import type { RepositoryContext } from "../../core/repository.ts";
import { normalizedUrl, pathOfUrl } from "../../core/repository-url.ts";
import { definePolicy, type RepositoryViolation } from "../../policy/define.ts";
import { applied, controlPlanes, wordsOf } from "../lib/sync/control-planes.ts";
import { coveredBy, ownSyncs } from "../lib/sync/covered.ts";
import { itself } from "../lib/sync/itself.ts";
import type { Sync } from "../lib/sync/sync.ts";

/** Argo CD reports `SharedResourceWarning`; kustomize-controller silently takes the object over at each reconciliation. */
export const ownedTwice = definePolicy({
  id: "gitops/owned-twice",
  severity: "error",
  why: "Two Applications or Kustomizations that apply the same object undo each other's changes forever, and when either is deleted or drops the object, it is pruned while the other still needs it. https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#fail-the-sync-if-a-shared-resource-is-found",
  fix: "Apply it from one of them only: move what they share into its own folder, with its own Application or Kustomization.",
  *checkRepository(repository): Generator<RepositoryViolation> {
    const all = controlPlanes(ownSyncs(repository), repository).flatMap((syncs) => clashes(syncs, repository));
    for (const { first, second, namespaces, objects, isItself } of distinctBy(all, pairOf)) {
      const [object] = objects;
      const more = objects.length > 1 ? ` and ${objects.length - 1} more` : "";
      const [one, other] = [first, second].map((sync, index) => {
        return first.name === second.name ? `${wordsOf(sync)} in namespace ${namespaces[index]}` : wordsOf(sync);
      });
      const message = `${other} applies ${isItself ? "itself" : object?.shown}${more}, and so does ${one}`;
      const help = `Leave its own manifest out of ${second.path}.`;
      const { target, resource, pointer } = second;
      yield { target: target.name, resource, pointer, message, ...(isItself && { help }) };
    }
  },
});

function pairOf({ first, second }: Pick<Clash, "first" | "second">): string {
  return JSON.stringify([idOf(first), idOf(second)]);
}

function idOf({ target, resource, name, path }: Sync): string[] {
  return [target.name, resource.kind, resource.namespace ?? "", resource.name, name, path];
}

interface Clash {
  readonly first: Sync;
  readonly second: Sync;
  /** Those of the resources of both. */
  readonly namespaces: readonly string[];
  /** Whether the only object is the resource of the second sync. */
  readonly isItself?: boolean;
  readonly objects: Applied[];
}

function clashes(syncs: readonly Sync[], repository: RepositoryContext): Clash[] {
  const owners = new Map<string, Sync[]>();
  const found = new Map<string, Clash>();
  const themselves = once((sync: Sync) => itself(sync, syncs, repository));
  const isCalled = (sync: Sync, id: string) => themselves(sync).some((one) => one.id === id);
  const isSame = (one: Sync, other: Sync) =>
    one.name === other.name &&
    (one.resource.namespace === other.resource.namespace || themselves(one).some(({ id }) => isCalled(other, id)));
  for (const sync of syncs) {
    for (const object of objectsOf(sync, repository)) {
      const key = JSON.stringify([sync.cluster, object.id]);
      const others = owners.get(key) ?? [];
      const owner = others.find((one) => isOfSameSource(one, sync, repository));
      if (owner === undefined) owners.set(key, [...others, sync]);
      else if (!isSame(owner, sync)) add(object, owner, sync);
    }
  }
  return [...found.values()].map((clash) => {
    const isOwn = (sync: Sync) => sync.cluster === "" && clash.objects.every(({ id }) => isCalled(sync, id));
    if (isOwn(clash.second)) return { ...clash, isItself: true };
    if (!isOwn(clash.first)) return clash;
    const namespaces = clash.namespaces.toReversed();
    return { ...clash, first: clash.second, second: clash.first, namespaces, isItself: true };
  });

  function add(object: Applied, first: Sync, second: Sync): void {
    const key = pairOf({ first, second });
    const namespaces = [first, second].flatMap((one) => themselves(one)[0]?.namespace ?? []);
    const clash = found.get(key) ?? { first, second, namespaces, objects: [] };
    found.set(key, clash);
    clash.objects.push(object);
  }
}

/**
 * Whether two syncs certainly read the same repository: it is this one, or both name it alike. Another one may have the
 * same folders.
 */
function isOfSameSource(one: Sync, other: Sync, { owns }: RepositoryContext): boolean {
  if (one.url !== undefined && other.url !== undefined && owns(one.url) === "yes" && owns(other.url) === "yes")
    return true;
  return sourceOf(one) === sourceOf(other);
}

/** The repository without its host, which may be a mirror; if its URL is unknown, the name of the source. */
function sourceOf({ url, resource }: Sync): string {
  if (url !== undefined) return pathOfUrl(normalizedUrl(url));
  const { kind, name } = objectAt(objectAt(resource.object, "spec"), "sourceRef") ?? {};
  return JSON.stringify([kind, name]);
}

type Applied = ReturnType<typeof applied>;

/** The objects that a sync applies, under their names in the cluster. */
function objectsOf(sync: Sync, repository: RepositoryContext): Applied[] {
  if (sync.cluster === undefined) return [];
  return repository.targets.flatMap((target) =>
    coveredBy(sync, target, repository)
      .filter(({ shared }) => !shared)
      .map((object) => applied(object, sync)),
  );
}
