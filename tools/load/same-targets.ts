import { basename, dirname, join, relative, resolve } from "node:path";
import { isDeepStrictEqual } from "node:util";
import type { Changes } from "../git/changes.ts";
import { realPath, tryKindOf } from "../system/disk.ts";
import { isBrokenManifest, isLoneBrokenManifest } from "./broken-manifest.ts";
import { isSearched, usesIn } from "./component-users.ts";
import { isEntered } from "./folder-tree.ts";
import { outlineAt } from "./kustomization-targets.ts";
import { isManifestName, isTargetFile } from "./manifests.ts";
import { isInside, kustomizationIn, kustomizationNames } from "./paths.ts";

/** The top of a checked-out repository, and the folder in it that corresponds to the working directory. */
interface Tree {
  readonly root: string;
  readonly cwd: string;
}

/**
 * Whether the changes alone prove that `discover` finds the same targets in the working tree and in a revision: no
 * kustomization was added, removed, or changed in what it references, and no file became a manifest or ceased to be
 * one.
 *
 * @param paths the paths to search, relative to `cwd`
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

/**
 * Whether the changes alone prove that kustomizations use the same components in the working tree and in a revision.
 */
export function usesTheSame(changes: Changes, past: Tree): boolean {
  const usesAt = (root: string, path: string) => usesIn(join(root, path));
  const isKept = (path: string) =>
    !isKustomization(path) || isDeepStrictEqual(usesAt(past.root, path), usesAt(changes.revision.root, path));
  return changes.modified.every(isKept) && changes.others.every((path) => isOfNoUse(path, changes));
}

/** Whether an added or removed path is not a kustomization, and does not contain or link to one. */
function isOfNoUse(path: string, changes: Changes): boolean {
  if (!path.split("/").every(isSearched)) return true;
  const { revision, listing } = changes;
  const isFolder = tryKindOf(join(revision.root, path)) === "folder" || listing.names(path).length > 0;
  return !isFolder && isPlain(path, changes) && !isKustomization(path);
}

/** Whether neither side has a link at the path, or above it. */
function isPlain(path: string, { revision, listing }: Changes): boolean {
  const here = join(revision.root, path);
  return listing.file(path)?.isLink !== true && (tryKindOf(here) === undefined || realPath(here) === here);
}

/** Whether there is a link in or above the searched paths: changes elsewhere may be visible through it. */
function leadsElsewhere(places: readonly string[], { revision, listing }: Changes): boolean {
  const links = listing.links().map((path) => join(revision.root, path));
  return links.some((link) => places.some((place) => isInside(place, link) || isInside(link, place)));
}

/** Whether a modified file still means the same for discovery. */
function saysTheSame(path: string, past: string, here: string): boolean {
  const [before, after] = [join(past, path), join(here, path)];
  if (isKustomization(after)) return isDeepStrictEqual(outlineAt(before), outlineAt(after));
  if (!isManifestName(after)) return true;
  return [isTargetFile, isBrokenManifest, isLoneBrokenManifest].every((is) => is(before, path) === is(after, path));
}

function isKustomization(path: string): boolean {
  return kustomizationNames.some((name) => name === basename(path));
}

/** Whether an added or removed path does not affect discovery. */
function isNeutral(path: string, places: readonly string[], changes: Changes): boolean {
  const here = join(changes.revision.root, path);
  const kind = tryKindOf(here);
  const above = places.filter((place) => isInside(place, here));
  if (!isPlain(path, changes) || places.some((place) => isInside(here, place))) return false;
  if (above.every((place) => !isSeen(relative(place, here)))) return true;
  if ((kind !== undefined && kind !== "file") || isKustomization(here) || basename(here) === "Chart.yaml") return false;
  return !isManifestName(here) || kustomizationIn(dirname(here)) !== undefined;
}

/** Whether a path is searched, by the names of its folders. */
function isSeen(way: string): boolean {
  return way.split(/[/\\]/).every(isEntered);
}
