import { groupBy } from "../../core/group.ts";
import { type Json, objectAt } from "../../core/json.ts";
import { didYouMean } from "../../core/nearest.ts";
import type { RepositoryContext, TargetFacts } from "../../core/repository.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type RepositoryViolation } from "../../policy/define.ts";
import { controllers } from "../lib/sync/controllers.ts";
import { coveredBy, folderOf, isBelow, ownSyncs } from "../lib/sync/covered.ts";
import { permitsDestination, permitsSource, permitted, placeIn } from "../lib/sync/projects.ts";
import { type Application, applicationsIn, sourcesIn } from "../lib/sync/sync.ts";

/** `application repo … is not permitted in project` and `… do not match any of the allowed destinations in project` of Argo CD. */
export const syncProject = definePolicy({
  id: "gitops/sync-project",
  severity: "error",
  why: "Argo CD does not sync an Application that takes from a repository, or goes to a cluster and a namespace, which its AppProject does not permit, nor one whose AppProject is not there. https://argo-cd.readthedocs.io/en/stable/user-guide/projects/",
  fix: "Add the repository to sourceRepos of the AppProject, or the cluster and the namespace to its destinations, or name another project.",
  *checkRepository(repository): Generator<RepositoryViolation> {
    if (!repository.whole) return;
    // Another one of the same name, for the cluster that is meant, may be in what did not render.
    const isDark = repository.targets.some(({ failed }) => failed);
    if (!repository.targets.some(({ projects }) => projects)) return;
    const beside = neighbours(repository);
    const told = new Set<string>();
    const all = repository.targets.flatMap((target) =>
      target.syncs.flatMap(({ resource }) =>
        applicationsIn(resource, repository).map((application) => ({ application, resource, target })),
      ),
    );
    const here = new Map(all.map(({ target }) => [target, projectsOf(beside(target).all)]));
    const isOfOne = ({ application, target }: Placed) => here.get(target)?.has(projectOf(application) ?? "") === true;
    // Where some are of projects that are here, all are meant to be.
    const homes = new Set(all.filter(isOfOne).map(({ target }) => target));
    const names = new Set(projectsOf(repository.targets).keys());
    for (const one of all) {
      const { sure, all: near } = beside(one.target);
      const isWhole = !isDark && near.some((target) => homes.has(target));
      const name = projectOf(one.application) ?? "";
      const isUnsure = isDark || !projectsOf(sure).has(name);
      for (const violation of [
        ...(isWhole ? ofUnknown(one, names) : []),
        ...ofForbidden(one, here.get(one.target)?.get(name) ?? [], isUnsure),
      ]) {
        const place = JSON.stringify([one.target.name, one.resource.namespace, one.resource.name, violation.pointer]);
        if (told.has(place)) continue;
        told.add(place);
        yield violation;
      }
    }
  },
});

function projectsOf(targets: readonly TargetFacts[]): Map<string, Resource[]> {
  return groupBy(
    targets.flatMap((target) => target.projects ?? []),
    ({ name }) => name,
  );
}

interface Neighbours {
  /** What goes to the control plane that a target goes to, as this repository says; it itself in any case. */
  readonly sure: readonly TargetFacts[];
  /** And what has projects in a folder beside it, or beside one above it. */
  readonly all: readonly TargetFacts[];
}

function neighbours(repository: RepositoryContext): (target: TargetFacts) => Neighbours {
  const planes = controllers(ownSyncs(repository), repository).map((syncs) =>
    repository.targets.filter((target) =>
      syncs.some((sync) => sync.target === target || coveredBy(sync, target, repository).length > 0),
    ),
  );
  const known = new Map<TargetFacts, Neighbours>();
  return (target) => {
    const found = known.get(target);
    if (found !== undefined) return found;
    const sure = [...new Set([target, ...planes.filter((plane) => plane.includes(target)).flat()])];
    const near = repository.targets.filter(({ projects, path }) => projects && isNear(folderOf(path), target.path));
    const made = { sure, all: [...new Set([...sure, ...near])] };
    known.set(target, made);
    return made;
  };
}

/** The top of a repository holds all sorts of things. */
function isNear(folder: string, path: string): boolean {
  return folder !== "." && isBelow(folder, path);
}

interface Placed {
  readonly application: Application;
  readonly resource: Resource;
  readonly target: TargetFacts;
}

/** Undefined where it is not known. */
function projectOf({ object }: Application): string | undefined {
  const project = objectAt(object, "spec")?.project;
  if (project === undefined || project === "") return "default";
  return isKnown(project) ? project : undefined;
}

/** No placeholder stands in it. */
function isKnown(value: Json | undefined): value is string {
  return typeof value === "string" && !/[{}$<>]/.test(value);
}

function wordsOf({ application, resource }: Placed): string {
  const name = objectAt(application.object, "metadata")?.name;
  return `Application ${isKnown(name) ? name : resource.name}`;
}

function ofUnknown(one: Placed, names: ReadonlySet<string>): RepositoryViolation[] {
  const { application, resource, target } = one;
  const name = projectOf(application);
  // Argo CD makes that one itself.
  if (name === undefined || name === "default" || names.has(name)) return [];
  const message = `${wordsOf(one)} is of AppProject ${name}, which is not in this repository${didYouMean(name, names)}`;
  const help = "Add the AppProject, or correct the name.";
  const pointer = `${application.at}/spec/project`;
  return [{ target: target.name, resource, pointer, message, help, severity: "warning" }];
}

/** Several of one name are for several instances of Argo CD. */
function* ofForbidden(one: Placed, named: readonly Resource[], isUnsure: boolean): Generator<RepositoryViolation> {
  const [first] = named;
  if (first === undefined) return;
  const { at, object } = one.application;
  const [who, { name }] = [wordsOf(one), first];
  const wrong = { target: one.target.name, resource: one.resource };
  const severity = isUnsure || named.some(isLabelled) ? "warning" : "error";
  const lets = permitted(first);
  for (const [pointer, { repoURL }] of sourcesIn(one.application)) {
    if (!isKnown(repoURL) || !named.every((project) => permitsSource(project, repoURL) === false)) continue;
    const message = `${who} takes from ${repoURL}, which AppProject ${name} does not permit`;
    const help = `It permits ${lets.sources.join(", ") || "none"}: add the repository to its sourceRepos, or name another project.`;
    yield { ...wrong, pointer: `${pointer}/repoURL`, message, help, severity };
  }
  const { server = "", name: cluster = "", namespace = "" } = objectAt(objectAt(object, "spec"), "destination") ?? {};
  if (![server, cluster, namespace].every(isKnown) || (server === "") === (cluster === "")) return;
  const destination = { server, name: cluster, namespace } as { server: string; name: string; namespace: string };
  if (!named.every((project) => permitsDestination(project, destination) === false)) return;
  const message = `${who} goes to ${placeIn(destination)}, which AppProject ${name} does not permit`;
  const help = `It permits ${lets.destinations.join(", ") || "none"}: add it to its destinations, or name another project.`;
  yield { ...wrong, pointer: `${at}/spec/destination`, message, help, severity };
}

/** A global project may add to one that its selector matches. https://argo-cd.readthedocs.io/en/stable/user-guide/projects/#configuring-global-projects-v18 */
function isLabelled({ object }: Resource): boolean {
  const labels = objectAt(objectAt(object, "metadata"), "labels") ?? {};
  return Object.keys(labels).some((key) => !/^(?:app\.kubernetes\.io|argocd\.argoproj\.io)\//.test(key));
}
