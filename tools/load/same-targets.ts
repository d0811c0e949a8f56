import { basename, dirname, join, relative, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Changes } from "../git/changes.ts";
import { realPath, tryKindOf } from "../system/disk.ts";
import { isGoneThrough, usesIn } from "./component-users.ts";
import { isEntered, saidBy } from "./discover.ts";
import { isManifestName, isTargetFile } from "./manifests.ts";
import { isInside, kustomizationIn, kustomizationNames } from "./paths.ts";

/** The top of a repository, and what stands for the working directory in it. */
interface Tree {
  readonly root: string;
  readonly cwd: string;
}

/**
 * Whether `discover` certainly finds the same targets in the working tree and in a revision, by what has changed alone:
 * no kustomization has come, gone, or names others than before, and no file became a manifest or ceased to be one.
 *
 * @param paths what is looked through, relative to `cwd`
 * @param past the files of the revision
 */
export function findsTheSame(paths: readonly string[], changes: Changes, past: Tree): boolean {
  const here = changes.revision.root;
  const places = paths.map((path) => join(here, relative(past.root, resolve(past.cwd, path))));
  const modified = changes.modified.filter((path) => places.some((place) => isInside(place, join(here, path))));
  return (
    !leadsElsewhere(places, changes) &&
    modified.every((path) => saysTheSame(path, past.root, here)) &&
    changes.others.every((path) => isNeutral(path, places, changes))
  );
}

/** Whether kustomizations certainly use the same components in the working tree and in a revision. */
export function usesTheSame(changes: Changes, past: Tree): boolean {
  const usesAt = (root: string, path: string) => usesIn(join(root, path));
  const isKept = (path: string) =>
    !isKustomization(path) || isDeepStrictEqual(usesAt(past.root, path), usesAt(changes.revision.root, path));
  return changes.modified.every(isKept) && changes.others.every((path) => isOfNoUse(path, changes));
}

/** What has come or gone is no kustomization, and none is in it or seen through it. */
function isOfNoUse(path: string, changes: Changes): boolean {
  if (!path.split("/").every(isGoneThrough)) return true;
  const { revision, listing } = changes;
  const isFolder = tryKindOf(join(revision.root, path)) === "folder" || listing.names(path).length > 0;
  return !isFolder && isPlain(path, changes) && !isKustomization(path);
}

/** It is a link on neither side, and none is on the way to it. */
function isPlain(path: string, { revision, listing }: Changes): boolean {
  const here = join(revision.root, path);
  return listing.file(path)?.isLink !== true && (tryKindOf(here) === undefined || realPath(here) === here);
}

/** There is a link in what is looked through, or on the way to it: what is changed elsewhere may be seen through it. */
function leadsElsewhere(places: readonly string[], { revision, listing }: Changes): boolean {
  const links = listing.links().map((path) => join(revision.root, path));
  return links.some((link) => places.some((place) => isInside(place, link) || isInside(link, place)));
}

/** A file with other content says the same of targets. */
function saysTheSame(path: string, past: string, here: string): boolean {
  const [before, after] = [join(past, path), join(here, path)];
  if (isKustomization(after)) return isDeepStrictEqual(saidBy(before), saidBy(after));
  return !isManifestName(after) || isTargetFile(before, path) === isTargetFile(after, path);
}

function isKustomization(path: string): boolean {
  return kustomizationNames.some((name) => name === basename(path));
}

/** What has come or gone is nothing that targets are found by. */
function isNeutral(path: string, places: readonly string[], changes: Changes): boolean {
  const here = join(changes.revision.root, path);
  const kind = tryKindOf(here);
  const above = places.filter((place) => isInside(place, here));
  if (!isPlain(path, changes) || places.some((place) => isInside(here, place))) return false;
  if (above.every((place) => !isSeen(relative(place, here)))) return true;
  if ((kind !== undefined && kind !== "file") || isKustomization(here) || basename(here) === "Chart.yaml") return false;
  return !isManifestName(here) || kustomizationIn(dirname(here)) !== undefined;
}

/** Whether a file comes into view, by the names of the folders that it is in. */
function isSeen(way: string): boolean {
  return way.split(/[/\\]/).every(isEntered);
}
