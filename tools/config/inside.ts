import { dirname, isAbsolute, relative, resolve } from "node:path";
import { UserError } from "../core/errors.ts";
import { isInside, repositoryOfFolder } from "../load/paths.ts";
import { realPath } from "../system/disk.ts";

/** What of a gitops.yaml names files and folders. */
interface Named {
  readonly targets?: readonly string[];
  readonly policies?: readonly string[];
  readonly schemas?: readonly string[];
  readonly waivers?: string;
  readonly contracts?: string;
}

/**
 * Holds what a gitops.yaml names to its repository, links and all: whoever proposes a change to it may not have files read
 * that the change does not bring along.
 *
 * @param folder absolute, of gitops.yaml
 * @param shown how messages name gitops.yaml
 * @param top of the repository, where it is not the one around the folder
 * @throws UserError for the first path that leads out
 */
export function demandInside(config: Named, folder: string, shown: string, top = topOf(folder)): void {
  for (const [key, path] of pathsOf(config)) {
    if (isAbsolute(path)) throw new UserError(`${shown}: ${key}: ${path} is absolute; paths are relative to ${shown}`);
    if (leadsOut(top, resolve(folder, path)))
      throw new UserError(`${shown}: ${key}: ${path} leads out of the repository, of which alone files are read`);
  }
}

/** A gitops.yaml that was found, and not named. @throws UserError where it is a link that leads out of its repository */
export function demandOwn(path: string, top = topOf(dirname(path))): void {
  if (leadsOut(top, path))
    throw new UserError(`${relative(process.cwd(), path)} is a link that leads out of the repository`);
}

/** The top of the repository that a folder is in. */
export function topOf(folder: string): string {
  return repositoryOfFolder(process.cwd(), folder);
}

/** Whether a path lies outside of a folder, or links lead there from it. */
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
