import { groupBy } from "../../../core/group.ts";
import { isObject, type Json, type JsonObject, listAt, objectAt, stringAt } from "../../../core/json.ts";
import type { RepositoryContext } from "../../../core/repository.ts";
import { parseDocuments } from "../../../parse/documents.ts";
import { combined, flattened, namedPlace, placeOf, withValues } from "./parameters.ts";
import { filledIn, type Parameters, textOf, valueAt } from "./template.ts";

/** More than any real generator yields; products of generators grow fast. */
const maxSets = 5000;

/** What git generators see of a repository. */
export type Files = Pick<RepositoryContext, "owns" | "folders" | "files">;

/** What the parameters of an ApplicationSet depend on, apart from its generators. */
interface Surroundings {
  readonly repository: Files;
  /** Go templates get objects, older ones a flat list of names. */
  readonly inGo: boolean;
}

/**
 * The sets of values that the generators of an ApplicationSet yield: lists, folders and files of this repository, and products
 * and unions of them. Other generators ask a cluster or a server: one unknown set stands for all of theirs.
 * https://argo-cd.readthedocs.io/en/stable/operator-manual/applicationset/Generators/
 */
export function generated(spec: JsonObject, repository: Files): Parameters[] {
  const inGo = spec.goTemplate === true;
  return listAt(spec, "generators").flatMap((generator) => setsOf(generator, { repository, inGo }));
}

/** @param around the values of the first generator of a product, which the second may use */
function setsOf(generator: Json, surroundings: Surroundings, around?: JsonObject): Parameters[] {
  if (!isObject(generator) || generator.selector !== undefined) return [undefined];
  const { list, git, matrix, merge } = generator;
  if (isObject(list)) return ofList(around ? (filledIn(list, around) as JsonObject) : list, surroundings);
  if (isObject(git)) return ofGit(git, surroundings, around ?? {});
  if (isObject(matrix)) return productOf(listAt(matrix, "generators"), surroundings, around);
  if (isObject(merge)) {
    const [base = [], ...others] = listAt(merge, "generators").map((one) => setsOf(one, surroundings, around));
    return mergedBy(listAt(merge, "mergeKeys"), base, others.flat());
  }
  return [undefined];
}

/** Each set of the first generator with each of the second, which may use the values of the first. */
function productOf([first, ...rest]: readonly Json[], surroundings: Surroundings, around?: JsonObject): Parameters[] {
  if (first === undefined) return [around];
  const sets = setsOf(first, surroundings, around).flatMap((set) =>
    set === undefined ? [undefined] : productOf(rest, surroundings, around ? combined(around, set) : set),
  );
  return sets.slice(0, maxSets);
}

/** Each set of the first generator with the values of those of the others that agree with it in some keys. */
function mergedBy(keys: readonly Json[], base: readonly Parameters[], others: readonly Parameters[]): Parameters[] {
  const idOf = (set: JsonObject) => textOf(keys.map((key) => valueAt(String(key), set) ?? null));
  const byId = groupBy(
    others.filter((set) => set !== undefined),
    idOf,
  );
  // Those that only a cluster knows may override anything.
  if (others.includes(undefined)) return [undefined];
  return base.map(
    (set) => set && (byId.get(idOf(set)) ?? []).reduce((merged, override) => combined(override, merged), set),
  );
}

function ofList(list: JsonObject, { inGo }: Surroundings): Parameters[] {
  const text = list.elementsYaml;
  const [written] = typeof text === "string" ? parseDocuments(text, "").documents : [];
  const elements = [...listAt(list, "elements"), ...(Array.isArray(written?.value) ? written.value : [])];
  const known = elements.map((one) => (isObject(one) ? (inGo ? one : flattened(one)) : undefined));
  // It depends on functions, or on values of a cluster.
  return text === null || (typeof text === "string" && text.includes("{{")) ? [...known, undefined] : known;
}

function ofGit(git: JsonObject, { repository, inGo }: Surroundings, around: JsonObject): Parameters[] {
  const [directories, files] = [patternsOf(git, "directories", around), patternsOf(git, "files", around)];
  const url = filledIn(git.repoURL ?? null, around);
  if (typeof url !== "string" || repository.owns(url) === "no") return [undefined];
  if (!isKnown([...directories, ...files])) return [undefined];
  const prefix = stringAt(git, "pathParamPrefix");
  const setOf = (place: JsonObject, document: JsonObject = {}) => {
    const named = prefix === undefined ? "path" : `${prefix}.path`;
    const inObjects = prefix === undefined ? { path: place } : { [prefix]: { path: place } };
    const own = inGo ? { ...document, ...inObjects } : { ...flattened(document), ...namedPlace(place, named) };
    const all = withValues(own, objectAt(git, "values"), around);
    return inGo ? all : flattened(all);
  };
  // With folders, Argo CD ignores files.
  const sets =
    directories.length > 0
      ? foldersOf(directories, repository).map((path) => setOf(placeOf(path)))
      : filesOf(files, repository).flatMap((path) => {
          const [, folder = ".", name = path] = /^(.*)\/([^/]*)$/.exec(path) ?? [];
          return documentsOf(path, repository).map((document) => setOf(placeOf(folder, name), document));
        });
  return sets.slice(0, maxSets);
}

function patternsOf(git: JsonObject, field: "directories" | "files", around: JsonObject): JsonObject[] {
  return listAt(git, field)
    .map((one) => filledIn(one, around))
    .filter(isObject);
}

function isKnown(patterns: readonly JsonObject[]): boolean {
  return patterns.every(({ path }) => typeof path === "string");
}

/** `path.Match` knows no `**`, and Argo CD leaves out hidden folders. */
function foldersOf(patterns: readonly JsonObject[], repository: Files): string[] {
  const found = chosen(patterns, (pattern) => repository.folders(pattern.replaceAll(/\*{2,}/g, "*")));
  return found.filter((path) => !/(?:^|\/)\./.test(path));
}

function filesOf(patterns: readonly JsonObject[], repository: Files): string[] {
  return chosen(patterns, (pattern) => repository.files(pattern).map(({ path }) => path));
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

/** An object, or each of a list of objects; an empty file counts as an empty object. */
function documentsOf(path: string, repository: Files): JsonObject[] {
  const documents = repository.files(path).flatMap((file) => file.documents);
  if (documents.length === 0) return [{}];
  return documents.flatMap((document) => (Array.isArray(document) ? document : [document])).filter(isObject);
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
  return field === "directories" ? foldersOf(patterns, repository) : filesOf(patterns, repository);
}
