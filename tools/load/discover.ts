import { basename, dirname, join, resolve } from "node:path";
import { UserError } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import type { Target } from "../core/resource.ts";
import { brokenLinkAt, listFolder, realPath, tryKindOf } from "../system/disk.ts";
import { below, type Folder, scan } from "./folder-tree.ts";
import {
  chartsIn,
  kustomizationFiles,
  kustomizationsOf,
  type Outline,
  type OutlineOf,
  outlineAt,
  usedFiles,
} from "./kustomization-targets.ts";
import { manifestFolders, manifests } from "./manifest-targets.ts";
import { broken, unrendered } from "./messages.ts";
import { kustomizationIn, kustomizationNames, shown, type Workspace } from "./paths.ts";
import { emptySubmodules } from "./submodules.ts";

/**
 * The targets that command line arguments name, sorted by path, without duplicates:
 *
 * - `-`: standard input.
 * - a file: its manifests; a kustomization file: its folder.
 * - a folder with a kustomization: that kustomization; subfolders are not searched.
 * - any other folder: every kustomization in it that is not a Component and that no other kustomization in it uses; the
 *   manifests of each topmost folder without a kustomization in it or above it, except for one without anything of its
 *   own; and each manifest next to such folders.
 *   A folder without any kustomization is one target of manifests, but each folder in a folder `clusters` is its own.
 *   Files that a kustomization in it uses are parts of that target: each other manifest of their folder is its own.
 *   Files that were probably meant as manifests count too: see `isBrokenManifest`, and `isLoneBrokenManifest` where no
 *   manifests are next to them.
 *
 * Folders named `node_modules` or `vendor`, folders whose name begins with a dot, Helm charts, and links to folders are
 * not searched. Settings of programs (`skaffold.yaml`), templates, and files whose name begins with a dot are not
 * targets. The working directory and the top of a repository are searched for targets, but are not named as targets.
 *
 * @param paths relative to `workspace.cwd`, or absolute; a path that is named is searched even if `except` contains it.
 * @param outlineOf may answer from a cache
 * @throws UserError if a path does not exist, or a folder contains nothing to check.
 */
export function discover(paths: readonly string[], workspace: Workspace, outlineOf: OutlineOf = outlineAt): Target[] {
  return [...discoverAll(paths, workspace, outlineOf).targets];
}

/** The result of a search; each list is sorted by path and has no duplicates. */
export interface Discovered {
  readonly targets: readonly Target[];
  /** Helm charts next to the targets, which are not rendered: relative to the working directory. */
  readonly charts: readonly string[];
  /** Manifest templates and Jsonnet files next to the targets, relative to the working directory. */
  readonly templates: readonly string[];
  /** Submodules that are not checked out, relative to the working directory. */
  readonly submodules: readonly string[];
  /** Links to folders that were not reached in another way, relative to the working directory. */
  readonly links: readonly string[];
}

/** The result of a search for one path. */
interface Found extends Omit<Discovered, "links"> {
  readonly links: readonly Link[];
  /** The real paths of folders that were searched, or that a kustomization uses. */
  readonly seen: ReadonlySet<string>;
}

/** A link to a folder, relative to the working directory, and the real path of its target. */
interface Link {
  readonly path: string;
  readonly place: string;
}

/** Like {@link discover}, but also returns what was skipped. */
export function discoverAll(
  paths: readonly string[],
  workspace: Workspace,
  outlineOf: OutlineOf = outlineAt,
): Discovered {
  const known = new Map<string, Outline>();
  const outlineOnce = (file: string) => {
    const outline = known.get(file) ?? outlineOf(file);
    known.set(file, outline);
    return outline;
  };
  const found = paths.map((path) => foundAt(path, workspace, outlineOnce));
  const targets = new Map<string, Target>();
  for (const target of found.flatMap((one) => one.targets))
    if (targets.get(target.path)?.found ?? true) targets.set(target.path, target);
  return {
    targets: [...targets.values()].sort((a, b) => (a.path < b.path ? -1 : 1)),
    charts: [...new Set(found.flatMap(({ charts }) => charts))].sort(),
    templates: [...new Set(found.flatMap(({ templates }) => templates))].sort(),
    submodules: [...new Set(found.flatMap(({ submodules }) => submodules))].sort(),
    links: unseen(found),
  };
}

/** The links whose targets were not reached in another way. */
function unseen(found: readonly Found[]): string[] {
  const isSeen = ({ place }: Link) => found.some(({ seen }) => seen.has(place));
  const links = found.flatMap((one) => one.links).filter((link) => !isSeen(link));
  return [...new Set(links.map(({ path }) => path))].sort();
}

/** The kustomizations that {@link discover} reads. They are found by name, without reading any of them. */
export function kustomizationsIn(paths: readonly string[], { cwd, except }: Workspace): string[] {
  const folders = paths.map((path) => resolve(cwd, path)).filter((path) => tryKindOf(path) === "folder");
  const trees = folders.filter((folder) => kustomizationIn(folder) === undefined).map((folder) => scan(folder, except));
  return trees.flatMap(kustomizationFiles);
}

function foundAt(path: string, workspace: Workspace, outlineOf: OutlineOf): Found {
  const { cwd } = workspace;
  if (path === "-") return only({ path: "-", kind: "stdin" });
  const place = resolve(cwd, path);
  const kind = tryKindOf(place);
  if (kind === undefined) throw new UserError(isMissing(path, place, cwd));
  if (kind === "folder") return foundIn(place, path, workspace, outlineOf);
  if (isKustomizationFile(place)) return onlyKustomization(dirname(place), cwd);
  return only(manifests(cwd, place));
}

function only(target: Target, ...seen: string[]): Found {
  return { targets: [target], charts: [], templates: [], submodules: [], links: [], seen: new Set(seen) };
}

function onlyKustomization(folder: string, cwd: string): Found {
  return only({ path: shown(cwd, folder), kind: "kustomization" }, realPath(folder) ?? folder);
}

function isMissing(path: string, place: string, cwd: string): string {
  const link = brokenLinkAt(place);
  return link === undefined ? `${path} does not exist${hint(place, cwd)}` : broken(path, link).message;
}

function hint(place: string, cwd: string): string {
  const near = nearestPath(place);
  return near === undefined ? ": pass a folder, a YAML or JSON file, or -" : `, did you mean "${shown(cwd, near)}"?`;
}

/** The existing path that differs from the given one only by typos. */
export function nearestPath(place: string): string | undefined {
  if (tryKindOf(place) !== undefined || dirname(place) === place) return place;
  const folder = nearestPath(dirname(place));
  if (folder === undefined || tryKindOf(folder) !== "folder") return undefined;
  const names = listFolder(folder).map((entry) => entry.name);
  const name = names.includes(basename(place)) ? basename(place) : nearest(basename(place), names);
  return name && join(folder, name);
}

function isKustomizationFile(path: string): boolean {
  return kustomizationNames.some((name) => join(dirname(path), name) === path);
}

function foundIn(folder: string, given: string, { cwd, except }: Workspace, outlineOf: OutlineOf): Found {
  if (kustomizationIn(folder) !== undefined) return onlyKustomization(folder, cwd);
  const tree = scan(folder, except);
  const isNamed = folder !== cwd && tryKindOf(join(folder, ".git")) === undefined;
  const { kustomizations, seen } = kustomizationsOf(tree, cwd, outlineOf);
  const { targets, templates } = manifestFolders(tree, cwd, usedFiles(tree, outlineOf), outlineOf, isNamed);
  const found = {
    targets: [...kustomizations, ...targets],
    charts: chartsIn(tree, outlineOf).map((path) => shown(cwd, path)),
    templates: templates.map((path) => shown(cwd, path)),
    submodules: emptySubmodules(folder, cwd),
    links: [...below(tree)].flatMap(({ links }) => links.map((path) => linkAt(path, cwd))),
    seen,
  };
  if (found.targets.length > 0) return found;
  throw new UserError(nothingIn(tree, given, { ...found, links: unseen([found]) }));
}

function linkAt(path: string, cwd: string): Link {
  return { path: shown(cwd, path), place: realPath(path) ?? path };
}

function nothingIn(tree: Folder, given: string, passed: Discovered): string {
  if (tree.chart) return `${given} is a Helm chart: pipe the output of \`helm template\` into \`gitops check -\``;
  const components = [...below(tree)].some((folder) => folder.kustomization !== undefined);
  if (components) return `${given} contains only Components: pass an overlay that uses them`;
  const nothing = `${given || "."} contains no kustomization and no manifests`;
  const others = unrendered(passed).join("; ");
  return others === "" ? nothing : `${nothing}: ${others}`;
}
