import { isObject, type JsonObject, listAt, objectAt, stringAt } from "../../../core/json.ts";
import { once } from "../../../core/once.ts";
import type { RepositoryContext, TargetFacts } from "../../../core/repository.ts";
import { groupOf } from "../../../core/resource.ts";
import { folderOf, reaches } from "./covered.ts";
import { normal } from "./sync.ts";

/** A Flux Kustomization that nothing applies, as far as this repository shows. */
export interface Unapplied {
  readonly name: string;
  /** Its file, relative to the root, which no kustomization lists; undefined if it is suspended. */
  readonly file: string | undefined;
  readonly spec: JsonObject;
}

/**
 * The Kustomization that would apply a target that nothing syncs: one that is suspended, or one in a file in the folder of the
 * target or above it that is part of no target. Only for repositories with other Kustomizations.
 */
export const unappliedIn = once((repository: RepositoryContext) => {
  const applied = repository.targets.flatMap(({ syncs }) => syncs.flatMap(({ resource }) => kustomizationIn(resource)));
  const listed = new Set(applied.map(keyOf));
  const suspended = applied.filter(({ spec }) => spec.suspend === true);
  const inFolder = new Map<string, Unapplied[]>();
  const unlistedIn = (folder: string): Unapplied[] => {
    const known = inFolder.get(folder) ?? kustomizationsIn(folder, repository).filter((one) => !listed.has(keyOf(one)));
    inFolder.set(folder, known);
    return known;
  };
  return once(({ kind, path }: TargetFacts): Unapplied | undefined => {
    if (kind !== "kustomization" || applied.length === 0) return undefined;
    const isOfTarget = ({ spec }: Unapplied) => applies(spec, path, repository);
    const unlisted = foldersOf(path).flatMap(unlistedIn).find(isOfTarget);
    return unlisted ?? suspended.find(isOfTarget);
  });
});

/** The Kustomizations in the files of a folder. Other files are not parsed. */
function kustomizationsIn(folder: string, { files }: RepositoryContext): Unapplied[] {
  return files(`${folder}/*.y*ml`, group).flatMap(({ path, documents }) =>
    documents.filter(isObject).flatMap((object) =>
      kustomizationIn({ apiVersion: stringAt(object, "apiVersion") ?? "", object }).map((one) => ({
        ...one,
        file: path,
      })),
    ),
  );
}

const group = "kustomize.toolkit.fluxcd.io";

function kustomizationIn({ apiVersion, object }: { apiVersion: string; object: JsonObject }): Unapplied[] {
  const [spec, metadata] = [objectAt(object, "spec"), objectAt(object, "metadata")];
  if (groupOf(apiVersion) !== group || object.kind !== "Kustomization" || spec === undefined) return [];
  return [{ name: stringAt(metadata, "name") ?? "", file: undefined, spec }];
}

function keyOf({ name, spec }: Unapplied): string {
  return `${name}\n${normal(stringAt(spec, "path") ?? ".")}`;
}

/** The path of an artifact, which may have been made of any folder, and one with variables say nothing. */
function applies(spec: JsonObject, target: string, repository: RepositoryContext): boolean {
  const kind = objectAt(spec, "sourceRef")?.kind ?? "GitRepository";
  const path = stringAt(spec, "path");
  if (kind !== "GitRepository" || path === undefined || path.includes("${")) return false;
  return reaches({ path: normal(path), by: "flux", recursive: true }, target, [], repository);
}

/** A folder and those above it, without the root. */
function foldersOf(path: string): string[] {
  return path === "." ? [] : [path, ...foldersOf(folderOf(path))];
}

/** Whether a Kustomization sets substitutions, for itself or for those that it patches. */
export function substitutes(spec: unknown): boolean {
  if (!isObject(spec)) return false;
  if (objectAt(spec, "postBuild") !== undefined) return true;
  return listAt(spec, "patches").some((one) => isObject(one) && String(one.patch).includes("postBuild"));
}
