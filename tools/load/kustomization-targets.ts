import { basename, dirname, join, relative, resolve } from "node:path";
import type { Target } from "../core/resource.ts";
import { realPath } from "../system/disk.ts";
import { below, type Folder } from "./folder-tree.ts";
import { inflated, isComponent, isEmpty, readKustomization, referencesOf } from "./kustomization.ts";
import { shown } from "./paths.ts";

/** What discovery needs to know about a kustomization; all paths are as it writes them. */
export interface Outline {
  /** Components are not targets. */
  readonly isComponent: boolean;
  /** Folders and files of resources, components and plugins. */
  readonly uses: readonly string[];
  /** Patches and other files outside of its folder. */
  readonly outside: readonly string[];
  /** Folders of the charts that it would inflate. */
  readonly charts: readonly string[];
  /** It has nothing of its own: `resources: []`. */
  readonly isEmpty: boolean;
}

/** Reads the outline of a kustomization file, given by its absolute path. */
export type OutlineOf = (file: string) => Outline;

/** The outline of a kustomization file, read from disk. @param file absolute */
export function outlineAt(file: string): Outline {
  const kustomization = readKustomization(file, file);
  const { references } = referencesOf(kustomization);
  const files = references.filter(({ reach }) => reach === "file").map(({ path }) => path);
  return {
    isComponent: isComponent(kustomization),
    uses: references.filter(({ reach }) => reach !== "file").map(({ path }) => path),
    outside: files.filter((path) => path.startsWith("..")),
    charts: inflated(kustomization),
    isEmpty: isEmpty(kustomization),
  };
}

/** The kustomizations of a tree that are targets, and the real paths of all folders that were searched or are used. */
export function kustomizationsOf(
  tree: Folder,
  cwd: string,
  outlineOf: OutlineOf,
): { kustomizations: Target[]; seen: Set<string> } {
  const uses = new Map<string, string[]>();
  const components = new Set<string>();
  const seen = new Set<string>();
  const placeOf = placesIn(tree);
  for (const { path, kustomization } of below(tree)) {
    const folder = placeOf(path) ?? path;
    seen.add(folder);
    if (kustomization === undefined) continue;
    const outline = outlineOf(kustomization);
    uses.set(
      folder,
      outline.uses.flatMap((use) => placeOf(resolve(folder, use)) ?? []),
    );
    if (outline.isComponent) components.add(folder);
  }
  for (const used of uses.values()) for (const place of used) seen.add(place);
  const tops = topmost(uses).filter((folder) => !components.has(folder));
  return { kustomizations: tops.map((folder) => ({ path: shown(cwd, folder), kind: "kustomization" })), seen };
}

/**
 * Resolves paths. Most need no system call: listed folders contain no links. Undefined for files, which do not matter.
 */
function placesIn(tree: Folder): (path: string) => string | undefined {
  const top = realPath(tree.path) ?? tree.path;
  const known = new Map<string, string | undefined>();
  for (const { path, files } of below(tree)) {
    const place = join(top, relative(tree.path, path));
    known.set(path, place).set(place, place);
    for (const file of files) known.set(file, undefined).set(join(place, basename(file)), undefined);
  }
  return (path) => {
    if (!known.has(path)) known.set(path, realPath(path) ?? path);
    return known.get(path);
  };
}

/**
 * The folders that no other folder uses, and one folder of each cycle that is not reached otherwise, so that it is
 * checked.
 */
function topmost(uses: ReadonlyMap<string, readonly string[]>): string[] {
  const used = new Set([...uses].flatMap(([folder, others]) => others.filter((other) => other !== folder)));
  const tops = [...uses.keys()].filter((folder) => !used.has(folder));
  const seen = new Set<string>();
  const visit = (folder: string) => {
    if (seen.has(folder)) return;
    seen.add(folder);
    for (const other of uses.get(folder) ?? []) visit(other);
  };
  tops.forEach(visit);
  for (const folder of uses.keys()) {
    if (seen.has(folder)) continue;
    tops.push(folder);
    visit(folder);
  }
  return tops;
}

/**
 * The files that the kustomizations of a tree use: they are parts of other targets. Usually they are below the kustomization,
 * but Flux allows them anywhere: https://fluxcd.io/flux/components/kustomize/kustomizations/#path
 */
export function usedFiles(tree: Folder, outlineOf: OutlineOf): ReadonlySet<string> {
  const files = kustomizationFiles(tree).flatMap((file) => {
    const { uses, outside } = outlineOf(file);
    return [...uses, ...outside].map((path) => resolve(dirname(file), path));
  });
  return new Set(files);
}

/** The kustomizations of a tree, found by name, without reading any of them. */
export function kustomizationFiles(tree: Folder): string[] {
  return [...below(tree)].flatMap(({ kustomization }) => kustomization ?? []);
}

/** The charts of a tree that none of its kustomizations inflates. Folders below a chart belong to it. */
export function chartsIn(tree: Folder, outlineOf: OutlineOf): string[] {
  const folders = [...below(tree)];
  const used = folders.flatMap(({ path, kustomization }) =>
    kustomization === undefined ? [] : outlineOf(kustomization).charts.map((chart) => resolve(path, chart)),
  );
  return folders.flatMap(({ path, chart }) => (chart && !used.includes(path) ? [path] : []));
}
