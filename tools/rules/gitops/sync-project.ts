import { distinctBy, groupBy } from "../../core/group.ts";
import { type Json, objectAt } from "../../core/json.ts";
import { didYouMean } from "../../core/nearest.ts";
import type { ObjectFact, RepositoryContext, TargetFacts } from "../../core/repository.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type RepositoryViolation } from "../../policy/define.ts";
import { appliedBy, ownSyncs } from "../lib/sync/covered.ts";
import { neighbours } from "../lib/sync/neighbours.ts";
import { permitsDestination, permitsKind, permitsSource, permitted, placeIn } from "../lib/sync/projects.ts";
import { type Application, applicationsIn, sourcesIn } from "../lib/sync/sync.ts";

/**
 * Argo CD reports `application repo … is not permitted in project` or `… do not match any of the allowed destinations in
 * project`.
 */
export const syncProject = definePolicy({
  id: "gitops/sync-project",
  severity: "error",
  why: "Argo CD does not sync an Application whose repository, or whose cluster and namespace, its AppProject does not permit, nor an Application whose AppProject does not exist; and it does not apply kinds and namespaces that the AppProject does not permit. https://argo-cd.readthedocs.io/en/stable/user-guide/projects/",
  fix: "Add the repository to sourceRepos of the AppProject, or the cluster and the namespace to its destinations, or the kind to its lists, or use another project.",
  *checkRepository(repository): Generator<RepositoryViolation> {
    if (!repository.whole || !repository.targets.some(({ projects }) => projects)) return;
    yield* distinctBy(violationsIn(repository), ({ target, resource, pointer }) =>
      JSON.stringify([target, resource?.namespace, resource?.name, pointer]),
    );
  },
});

function* violationsIn(repository: RepositoryContext): Generator<RepositoryViolation> {
  const { targets } = repository;
  const all = targets.flatMap((target) => applicationsOf(target, repository));
  const beside = neighbours(repository);
  const projectsNear = new Map(all.map(({ target }) => [target, projectsOf(beside(target).all)]));
  const isOfRepository = ({ application, target }: Placed) =>
    projectsNear.get(target)?.has(projectOf(application) ?? "") === true;
  const users = new Set(all.filter(isOfRepository).map(({ target }) => target));
  const names = new Set(projectsOf(targets).keys());
  // A target that did not render may hold another project of that name, for the right cluster.
  const hasFailed = targets.some(({ failed }) => failed);
  for (const one of all) {
    const { sure, all: near } = beside(one.target);
    // If some Applications of a target use projects of this repository, all of them should.
    if (!hasFailed && near.some((target) => users.has(target))) yield* ofUnknown(one, names);
    const name = projectOf(one.application) ?? "";
    const isUnsure = hasFailed || !projectsOf(sure).has(name);
    const projects = projectsNear.get(one.target)?.get(name) ?? [];
    yield* ofForbidden(one, projects, isUnsure);
    yield* ofForbiddenObjects(one, projects, isUnsure, repository);
  }
}

/** An Application, with the resource that defines it, and its target. */
interface Placed {
  readonly application: Application;
  readonly resource: Resource;
  readonly target: TargetFacts;
}

function applicationsOf(target: TargetFacts, repository: RepositoryContext): Placed[] {
  return target.syncs.flatMap(({ resource }) =>
    applicationsIn(resource, repository).map((application) => ({ application, resource, target })),
  );
}

function projectsOf(targets: readonly TargetFacts[]): Map<string, Resource[]> {
  return groupBy(
    targets.flatMap((target) => target.projects ?? []),
    ({ name }) => name,
  );
}

/** The name of the project; undefined if it has a placeholder. */
function projectOf({ object }: Application): string | undefined {
  const project = objectAt(object, "spec")?.project;
  if (project === undefined || project === "") return "default";
  return isKnown(project) ? project : undefined;
}

/** Whether it is text without a placeholder. */
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
  // Argo CD creates the default project itself.
  if (name === undefined || name === "default" || names.has(name)) return [];
  const message = `${wordsOf(one)} uses AppProject ${name}, which is not in this repository${didYouMean(name, names)}`;
  const help = "Add the AppProject, or correct the name.";
  const pointer = `${application.at}/spec/project`;
  return [{ target: target.name, resource, pointer, message, help, severity: "warning" }];
}

/** Projects of the same name belong to different instances of Argo CD, so all of them must forbid it. */
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
    const message = `${who} syncs from ${repoURL}, which AppProject ${name} does not permit`;
    const help = `It permits ${lets.sources.join(", ") || "none"}: add the repository to its sourceRepos, or use another project.`;
    yield { ...wrong, pointer: `${pointer}/repoURL`, message, help, severity };
  }
  const { server = "", name: cluster = "", namespace = "" } = objectAt(objectAt(object, "spec"), "destination") ?? {};
  if (![server, cluster, namespace].every(isKnown) || (server === "") === (cluster === "")) return;
  const destination = { server, name: cluster, namespace } as { server: string; name: string; namespace: string };
  if (!named.every((project) => permitsDestination(project, destination) === false)) return;
  const message = `${who} deploys to ${placeIn(destination)}, which AppProject ${name} does not permit`;
  const help = `It permits ${lets.destinations.join(", ") || "none"}: add it to its destinations, or use another project.`;
  yield { ...wrong, pointer: `${at}/spec/destination`, message, help, severity };
}

/** Argo CD fails the sync: `resource … is not permitted in project`, `namespace … is not permitted in project`. */
function* ofForbiddenObjects(
  one: Placed,
  named: readonly Resource[],
  isUnsure: boolean,
  repository: RepositoryContext,
): Generator<RepositoryViolation> {
  const [first] = named;
  const { at, object } = one.application;
  const name = objectAt(object, "metadata")?.name;
  if (first === undefined || !isKnown(name)) return;
  const { server = "", name: cluster = "" } = objectAt(objectAt(object, "spec"), "destination") ?? {};
  const isThere = isKnown(server) && isKnown(cluster) && (server === "") !== (cluster === "");
  const isForbidden = (fact: ObjectFact) => named.every((project) => permitsKind(project, fact) === false);
  const isElsewhere = ({ namespace, namespaced }: ObjectFact) =>
    isThere &&
    namespaced === true &&
    namespace !== undefined &&
    named.every((project) => permitsDestination(project, { server, name: cluster, namespace }) === false);
  const objects = ownSyncs(repository)
    .filter((sync) => sync.resource === one.resource && sync.name === name && sync.rename.namespace === undefined)
    .flatMap((sync) => appliedBy(sync, repository));
  const wrong = objects.find(isForbidden) ?? objects.find(isElsewhere);
  if (wrong === undefined) return;
  const what = `${wordsOf(one)} applies ${wrong.kind} ${wrong.name}`;
  const where = isForbidden(wrong) ? "" : ` to namespace ${wrong.namespace}`;
  const list = `${wrong.namespaced ? "namespace" : "cluster"}Resource${wrong.namespaced && hasNoList(first) ? "Blacklist" : "Whitelist"}`;
  yield {
    target: one.target.name,
    resource: one.resource,
    pointer: `${at}/spec/project`,
    message: `${what}${where}, which AppProject ${first.name} does not permit`,
    help: isForbidden(wrong)
      ? `See ${list} of the AppProject: { group: "${wrong.group}", kind: ${wrong.kind} }.`
      : `It permits ${permitted(first).destinations.join(", ") || "none"}: add the namespace to its destinations.`,
    severity: isUnsure || named.some(isLabelled) ? "warning" : "error",
  };
}

function hasNoList({ object }: Resource): boolean {
  return (objectAt(object, "spec")?.namespaceResourceWhitelist ?? null) === null;
}

/** Whether a global project may add to it, by a selector for its labels. https://argo-cd.readthedocs.io/en/stable/user-guide/projects/#configuring-global-projects-v18 */
function isLabelled({ object }: Resource): boolean {
  const labels = objectAt(objectAt(object, "metadata"), "labels") ?? {};
  return Object.keys(labels).some((key) => !/^(?:app\.kubernetes\.io|argocd\.argoproj\.io)\//.test(key));
}
