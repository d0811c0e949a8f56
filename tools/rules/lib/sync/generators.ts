import { isObject, type Json, type JsonObject, listAt, objectAt, stringAt } from "../../../core/json.ts";
import type { RepositoryContext } from "../../../core/repository.ts";
import { filledIn, type Parameters } from "./template.ts";

/** More than any real generator yields; products of generators grow fast. */
const maxSets = 5000;

/**
 * The sets of values that the generators of an ApplicationSet yield: lists, folders and files of this repository, and products
 * of them. Other generators ask a cluster or a server: one unknown set stands for all of theirs.
 * https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Generators/
 */
export function generated(spec: JsonObject, repository: RepositoryContext): Parameters[] {
  return listAt(spec, "generators").flatMap((generator) => setsOf(generator, repository, {}));
}

function setsOf(generator: Json, repository: RepositoryContext, around: JsonObject): Parameters[] {
  if (!isObject(generator) || generator.selector !== undefined) return [undefined];
  const { list, git, matrix } = generator;
  if (isObject(list) && list.elementsYaml === undefined)
    return listAt(list, "elements").map((element) => (isObject(element) ? { ...around, ...element } : undefined));
  if (isObject(git)) return ofGit(filledIn(git, around) as JsonObject, repository, around);
  if (isObject(matrix)) return productOf(listAt(matrix, "generators"), repository, around);
  return [undefined];
}

/** Each set of the first generator with each of the second, which may use the values of the first. */
function productOf([first, ...rest]: readonly Json[], repository: RepositoryContext, around: JsonObject): Parameters[] {
  if (first === undefined) return [around];
  const sets = setsOf(first, repository, around).flatMap((set) =>
    set === undefined ? [undefined] : productOf(rest, repository, set),
  );
  return sets.slice(0, maxSets);
}

function ofGit(git: JsonObject, repository: RepositoryContext, around: JsonObject): Parameters[] {
  const url = stringAt(git, "repoURL");
  if (url === undefined || repository.owns(url) === "no") return [undefined];
  const patterns = (field: string) => listAt(git, field).filter(isObject);
  if (!isKnown([...patterns("directories"), ...patterns("files")])) return [undefined];
  const prefix = stringAt(git, "pathParamPrefix");
  const own = (path: string) => withValues(git, { ...around, ...pathValues(path, prefix) });
  const folders = chosen(patterns("directories"), repository.folders);
  const files = chosen(patterns("files"), (pattern) => repository.files(pattern).map(({ path }) => path)).flatMap(
    (path) =>
      documentsOf(path, repository).map((document) => ({
        ...document,
        ...own(path.replace(/(?:^|\/)[^/]*$/, "") || "."),
      })),
  );
  return [...folders.map(own), ...files].slice(0, maxSets);
}

function isKnown(patterns: readonly JsonObject[]): boolean {
  return patterns.every(({ path }) => typeof path === "string");
}

/** The paths that the patterns match, without those that an excluding pattern matches. */
function chosen(patterns: readonly JsonObject[], match: (pattern: string) => readonly string[]): string[] {
  const matched = (excluding: boolean) =>
    new Set(
      patterns.filter(({ exclude }) => (exclude === true) === excluding).flatMap(({ path }) => match(String(path))),
    );
  const excluded = matched(true);
  return [...matched(false)].filter((path) => !excluded.has(path)).sort();
}

function documentsOf(path: string, repository: RepositoryContext): JsonObject[] {
  const documents = repository.files(path).flatMap((file) => file.documents);
  return documents.flatMap((document) => (Array.isArray(document) ? document : [document])).filter(isObject);
}

function withValues(git: JsonObject, parameters: JsonObject): JsonObject {
  const values = objectAt(git, "values");
  return values === undefined ? parameters : { ...parameters, values };
}

/** `path.basename` and the like, in both notations. */
function pathValues(path: string, prefix: string | undefined): JsonObject {
  const segments = path.split("/");
  const basename = segments.at(-1) ?? "";
  const basenameNormalized = basename.replaceAll(/[^a-zA-Z0-9-]/g, "-").toLowerCase();
  const values = { path, basename, basenameNormalized, segments };
  const name = prefix === undefined ? "path" : `${prefix}.path`;
  const flat = {
    [`${name}.basename`]: basename,
    [`${name}.basenameNormalized`]: basenameNormalized,
    ...Object.fromEntries(segments.map((segment, index) => [`${name}[${index}]`, segment])),
  };
  const nested: JsonObject = prefix === undefined ? { path: values } : { [prefix]: { path: values } };
  return { ...nested, ...flat };
}

/** A generator of folders or files of a repository, and its pointer. */
export interface GitGenerator {
  readonly git: JsonObject;
  readonly pointer: string;
}

/** The git generators of an ApplicationSet, including those within `matrix` and `merge`. */
export function gitGenerators(spec: JsonObject, at = "/spec"): GitGenerator[] {
  return listAt(spec, "generators").flatMap((generator, index) => {
    if (!isObject(generator)) return [];
    const pointer = `${at}/generators/${index}`;
    const { git } = generator;
    return [
      ...(isObject(git) ? [{ git, pointer: `${pointer}/git` }] : []),
      ...["matrix", "merge"].flatMap((field) => gitGenerators(objectAt(generator, field) ?? {}, `${pointer}/${field}`)),
    ];
  });
}

/** The paths that the patterns of a generator's field match; undefined if the patterns are unknown. */
export function foundBy(
  git: JsonObject,
  field: "directories" | "files",
  repository: RepositoryContext,
): string[] | undefined {
  const patterns = listAt(git, field).filter(isObject);
  if (!isKnown(patterns)) return undefined;
  const match =
    field === "directories" ? repository.folders : (one: string) => repository.files(one).map(({ path }) => path);
  return chosen(patterns, match);
}
