import { dirname, isAbsolute, relative, resolve } from "node:path";
import { UserError } from "../core/errors.ts";
import { isInside, repositoryOfFolder } from "../load/paths.ts";
import { realPath } from "../system/disk.ts";

/** The settings of a gitops.yaml that name files and folders. */
interface Named {
  readonly targets?: readonly string[];
  readonly policies?: readonly string[];
  readonly schemas?: readonly string[];
  readonly waivers?: string;
  readonly contracts?: string;
}

/**
 * Checks that all paths in a gitops.yaml stay in its repository, also through links: a proposed change must not make the
 * gate read other files.
 *
 * @param folder absolute folder of gitops.yaml
 * @param shown path of gitops.yaml for messages
 * @param top root of the repository, if it is not the one around the folder
 * @throws UserError for the first path that leads out of it
 */
export function demandInside(config: Named, folder: string, shown: string, top = topOf(folder)): void {
  for (const [key, path] of pathsOf(config)) {
    if (isAbsolute(path)) throw new UserError(`${shown}: ${key}: ${path} is absolute; paths are relative to ${shown}`);
    if (leadsOut(top, resolve(folder, path)))
      throw new UserError(`${shown}: ${key}: ${path} leads out of the repository; only files in it are read`);
  }
}

/** Checks a gitops.yaml that was found, not named. @throws UserError if it is a link out of its repository */
export function demandOwn(path: string, top = topOf(dirname(path))): void {
  if (leadsOut(top, path))
    throw new UserError(`${relative(process.cwd(), path)} is a link that leads out of the repository`);
}

/** The root of the repository that a folder is in. */
export function topOf(folder: string): string {
  return repositoryOfFolder(process.cwd(), folder);
}

/** Whether a path is outside of a folder, itself or through links. */
export function leadsOut(top: string, path: string): boolean {
  const real = realPath(path);
  return !isInside(top, path) || (real !== undefined && !isInside(realPath(top) ?? top, real));
}

function pathsOf({ targets = [], policies = [], schemas = [], waivers, contracts }: Named): [string, string][] {
  const one = (key: string, path: string | undefined): [string, string][] => (path === undefined ? [] : [[key, path]]);
  const each = (key: string, paths: readonly string[]) => paths.flatMap((path) => one(key, path));
  return [
    ...each("targets", targets),
    ...each("policies", policies),
    ...each("schemas", schemas),
    ...one("waivers", waivers),
    ...one("contracts", contracts),
  ];
}
