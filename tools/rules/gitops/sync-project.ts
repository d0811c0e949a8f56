import { groupBy } from "../../core/group.ts";
import { type Json, objectAt } from "../../core/json.ts";
import { didYouMean } from "../../core/nearest.ts";
import type { TargetFacts } from "../../core/repository.ts";
import type { Resource } from "../../core/resource.ts";
import { definePolicy, type RepositoryViolation } from "../../policy/define.ts";
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
    const isUnsure = repository.targets.some(({ failed }) => failed);
    const projects = groupBy(
      repository.targets.flatMap((target) => target.projects ?? []),
      ({ name }) => name,
    );
    if (projects.size === 0) return;
    const told = new Set<string>();
    const all = repository.targets.flatMap((target) =>
      target.syncs.flatMap(({ resource }) =>
        applicationsIn(resource, repository).map((application) => ({ application, resource, target })),
      ),
    );
    const isHome = all.some(({ application }) => projects.has(projectOf(application) ?? ""));
    for (const one of all) {
      for (const violation of isHome ? violations(one, projects, isUnsure) : []) {
        const place = JSON.stringify([one.target.name, one.resource.namespace, one.resource.name, violation.pointer]);
        if (told.has(place)) continue;
        told.add(place);
        yield violation;
      }
    }
  },
});

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

function* violations(
  { application, resource, target }: Placed,
  projects: ReadonlyMap<string, readonly Resource[]>,
  isUnsure: boolean,
): Generator<RepositoryViolation> {
  const name = projectOf(application);
  if (name === undefined) return;
  const { at, object } = application;
  const own = objectAt(object, "metadata")?.name;
  const who = `Application ${isKnown(own) ? own : resource.name}`;
  const wrong = { target: target.name, resource };
  const named = projects.get(name);
  if (named === undefined) {
    if (name === "default" || isUnsure) return;
    const message = `${who} is of AppProject ${name}, which is not in this repository${didYouMean(name, projects.keys())}`;
    const help = "Add the AppProject, or correct the name.";
    yield { ...wrong, pointer: `${at}/spec/project`, message, help, severity: "warning" };
    return;
  }
  const severity = isUnsure || named.some(isLabelled) ? "warning" : "error";
  const lets = permitted(named[0] as Resource);
  for (const [pointer, { repoURL }] of sourcesIn(application)) {
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
