import type { Problem } from "../core/finding.ts";
import { groupBy } from "../core/group.ts";
import { listed } from "../core/listed.ts";
import { groupOf, type Resource, resourceId } from "../core/resource.ts";

/** A problem of a resource that involves other resources of its target. */
interface ResourceProblem {
  readonly resource: Resource;
  readonly problem: Problem;
}

/**
 * The resources of a target that are the same object to the API server: the one applied last wins, and Argo CD rejects
 * the whole target. The versions of an API group share their objects; a resource with generateName is a new object each
 * time.
 *
 * @param isFound the target is a folder that was not named explicitly: it may hold alternatives, so each folder is
 * reported once, and many folders together
 */
export function duplicateResources(resources: readonly Resource[], isFound = false): ResourceProblem[] {
  const twice = duplicatesAmong(resources);
  if (!isFound) return twice.map(({ resource, first }) => ({ resource, problem: duplicate(first) }));
  const folders = groupBy(twice, ({ resource }) => folderOf(resource));
  if (folders.size > few) return [manyAlternatives(twice)];
  return Array.from(folders, ([folder, some]) => alternatives(folder, some));
}

/** A resource, and the earlier resource that is the same object. */
interface Duplicate {
  readonly resource: Resource;
  readonly first: Resource;
}

function duplicatesAmong(resources: readonly Resource[]): Duplicate[] {
  const seen = new Map<string, Resource>();
  const found: Duplicate[] = [];
  for (const resource of resources) {
    const { apiVersion, kind, namespace, name, object } = resource;
    const metadata = object.metadata as { name?: unknown } | undefined;
    if (typeof metadata?.name !== "string" || name === "") continue;
    const key = JSON.stringify([groupOf(apiVersion), kind, namespace ?? "", name]);
    const first = seen.get(key);
    if (first === undefined) seen.set(key, resource);
    else found.push({ resource, first });
  }
  return found;
}

function duplicate(first: Resource): Problem {
  const place = first.source ? ` in ${first.source.file}` : "";
  return {
    rule: "apply/duplicate-resource",
    reason: "Duplicate",
    pointer: "/metadata/name",
    message: `${resourceId(first)} already exists${place}: the one that is applied last wins`,
    help: "Remove one of the two or give it a different name or namespace.",
  };
}

function alternatives(folder: string, [one, ...others]: readonly Duplicate[]): ResourceProblem {
  const { resource, first } = one as Duplicate;
  const problem = duplicate(first);
  const help = `${problem.help} If the files of this folder are not all applied together, set targets in gitops.yaml to the folders or files to check.`;
  if (others.length === 0) return { resource, problem: { ...problem, help } };
  const all = [first, ...others.map((other) => other.first)];
  const names = [...new Set(all.map(resourceId))];
  const places = [...new Set(all.map(folderOf))].filter((place) => place !== folder);
  const where = places.length === 0 ? `more than once in ${folder}` : `in ${folder} and in ${listed(places, most)}`;
  return { resource, problem: { ...problem, message: severally(names, where), help } };
}

function manyAlternatives(twice: readonly Duplicate[]): ResourceProblem {
  const { resource, first } = twice[0] as Duplicate;
  const names = [...new Set(twice.map((one) => resourceId(one.first)))];
  const folders = [...new Set(twice.flatMap((one) => [folderOf(one.first), folderOf(one.resource)]))].sort();
  const message = severally(names, `in several of ${folders.length} folders`);
  const help = `If these folders are not all applied together, set targets in gitops.yaml to those to check: ${listed(folders, most)}.`;
  return { resource, problem: { ...duplicate(first), message, help } };
}

/** The message about objects that several manifests describe. */
function severally(names: readonly string[], where: string): string {
  const [name] = names;
  return names.length === 1
    ? `${name} is defined ${where}: the manifest that is applied last wins`
    : `${names.length} objects are defined ${where}: ${listed(names, most)}; for each of them, the manifest that is applied last wins`;
}

function folderOf({ source }: Resource): string {
  return source?.file.replace(/(?:^|\/)[^/]*$/, "") || ".";
}

/** More folders with duplicates are alternatives, such as a collection of examples. */
const few = 3;

/** Nobody reads more names than this. */
const most = 5;
