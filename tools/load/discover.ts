import { basename, dirname, join, relative, resolve } from "node:path";
import { UserError } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import type { Target } from "../core/resource.ts";
import { type Entry, listFolder, realPath, tryKindOf } from "../system/disk.ts";
import { isBrokenManifest } from "./broken-manifest.ts";
import { inflated, isComponent, readKustomization, referencesOf } from "./kustomization.ts";
import { isManifestFile, isManifestName, isTargetFile, isTemplateFile } from "./manifests.ts";
import { unrendered } from "./messages.ts";
import { kustomizationIn, kustomizationNames, shown, type Workspace } from "./paths.ts";

/** Folders that never contain manifests of this repository. */
const ignored = new Set(["node_modules", "vendor"]);

/**
 * The targets that command line arguments name, sorted by path, without duplicates:
 *
 * - `-`: standard input.
 * - a file: its manifests; a kustomization file: its folder.
 * - a folder with a kustomization: that kustomization; subfolders are not searched.
 * - any other folder: every kustomization in it that is not a Component and that no other kustomization in it uses; the
 *   manifests of each topmost folder without a kustomization in it or above it; and each manifest next to such folders.
 *   A folder without any kustomization is one target of manifests. Files that were probably meant as manifests count
 *   next to manifests, and in a folder that is named: see {@link isBrokenManifest}.
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
  /** Manifest templates next to the targets, relative to the working directory. */
  readonly templates: readonly string[];
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
    links: unseen(found),
  };
}

/** The links whose targets were not reached in another way. */
function unseen(found: readonly Found[]): string[] {
  const isSeen = ({ place }: Link) => found.some(({ seen }) => seen.has(place));
  const links = found.flatMap((one) => one.links).filter((link) => !isSeen(link));
  return [...new Set(links.map(({ path }) => path))].sort();
}

/**
 * What discovery needs to know about a kustomization: whether it is a Component and thus not a target, the paths that
 * it uses, unresolved, and the folders of the charts that it would inflate.
 */
interface Outline {
  readonly isComponent: boolean;
  readonly uses: readonly string[];
  readonly charts: readonly string[];
}

/** Reads the outline of a kustomization file, given by its absolute path. */
type OutlineOf = (file: string) => Outline;

/** The outline of a kustomization file, read from disk. @param file absolute */
export function outlineAt(file: string): Outline {
  const kustomization = readKustomization(file, file);
  const used = referencesOf(kustomization).references.filter(({ reach }) => reach !== "file");
  return {
    isComponent: isComponent(kustomization),
    uses: used.map(({ path }) => path),
    charts: inflated(kustomization),
  };
}

/** The kustomizations that {@link discover} reads. They are found by name, without reading any of them. */
export function kustomizationsIn(paths: readonly string[], { cwd, except }: Workspace): string[] {
  const folders = paths.map((path) => resolve(cwd, path)).filter((path) => tryKindOf(path) === "folder");
  const trees = folders.filter((folder) => kustomizationIn(folder) === undefined).map((folder) => scan(folder, except));
  return trees.flatMap((tree) => [...below(tree)].flatMap(({ kustomization }) => kustomization ?? []));
}

function foundAt(path: string, workspace: Workspace, outlineOf: OutlineOf): Found {
  const { cwd } = workspace;
  if (path === "-") return only({ path: "-", kind: "stdin" });
  const place = resolve(cwd, path);
  const kind = tryKindOf(place);
  if (kind === undefined) throw new UserError(`${path} does not exist${hint(place, cwd)}`);
  if (kind === "folder") return foundIn(place, path, workspace, outlineOf);
  if (isKustomizationFile(place)) return onlyKustomization(dirname(place), cwd);
  return only(manifests(cwd, place));
}

function only(target: Target, ...seen: string[]): Found {
  return { targets: [target], charts: [], templates: [], links: [], seen: new Set(seen) };
}

function onlyKustomization(folder: string, cwd: string): Found {
  return only({ path: shown(cwd, folder), kind: "kustomization" }, realPath(folder) ?? folder);
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
  const { targets, templates } = manifestFolders(tree, cwd, isNamed);
  const found = {
    targets: [...kustomizations, ...targets],
    charts: chartsIn(tree, outlineOf).map((path) => shown(cwd, path)),
    templates: templates.map((path) => shown(cwd, path)),
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

/** The charts of a tree that none of its kustomizations inflates. Folders below a chart belong to it. */
function chartsIn(tree: Folder, outlineOf: OutlineOf): string[] {
  const folders = [...below(tree)];
  const used = folders.flatMap(({ path, kustomization }) =>
    kustomization === undefined ? [] : outlineOf(kustomization).charts.map((chart) => resolve(path, chart)),
  );
  return folders.flatMap(({ path, chart }) => (chart && !used.includes(path) ? [path] : []));
}

/** A folder and those of its entries that matter for discovery. */
interface Folder {
  readonly path: string;
  readonly kustomization: string | undefined;
  readonly chart: boolean;
  readonly folders: readonly Folder[];
  /** Absolute paths of links to folders. */
  readonly links: readonly string[];
  /** Absolute paths of files with the extension of a manifest. */
  readonly files: readonly string[];
}

function scan(path: string, except: string | undefined): Folder {
  const entries = listFolder(path);
  const chart = entries.some((entry) => entry.name === "Chart.yaml");
  const kustomization = kustomizationNames.find((name) => entries.some((e) => e.name === name && e.kind === "file"));
  const isSeen = ({ kind, name }: Entry) => kind === "folder" && isEntered(name) && join(path, name) !== except;
  const entered = chart ? [] : entries.filter(isSeen);
  const files = chart ? [] : entries.filter((e) => e.kind === "file" && isManifestName(e.name));
  return {
    path,
    kustomization: kustomization && join(path, kustomization),
    chart,
    folders: entered.filter(({ link }) => !link).map(({ name }) => scan(join(path, name), except)),
    links: entered.filter(({ link }) => link).map(({ name }) => join(path, name)),
    files: files.map((entry) => join(path, entry.name)),
  };
}

/** Whether a folder of this name is searched. Links are not followed: they would repeat targets, or form cycles. */
export function isEntered(name: string): boolean {
  return !name.startsWith(".") && !ignored.has(name);
}

function* below(folder: Folder): Generator<Folder> {
  yield folder;
  for (const child of folder.folders) yield* below(child);
}

/** The kustomizations of a tree that are targets, and the real paths of all folders that were searched or are used. */
function kustomizationsOf(
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
  const tops = unused(uses).filter((folder) => !components.has(folder));
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
function unused(uses: ReadonlyMap<string, readonly string[]>): string[] {
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
 * The topmost folders of manifests without a kustomization in them or above them, and, as separate targets, the
 * manifests next to folders with a kustomization: Flux's `clusters/production/apps.yaml` next to `flux-system/`.
 */
function manifestFolders(folder: Folder, cwd: string, isNamed: boolean): Pick<Discovered, "targets" | "templates"> {
  if (folder.kustomization !== undefined) return { targets: [], templates: [] };
  const all = [...below(folder)];
  const templatesAmong = (files: readonly string[]) => files.filter((path) => isTemplateFile(path, shown(cwd, path)));
  if (all.some((each) => each.kustomization !== undefined)) {
    const held = folder.files.filter((path) => isTarget(path, cwd));
    const loose = [...held, ...mistakenNextTo(held, folder.files, cwd)].map((path) => manifests(cwd, path));
    const inner = folder.folders.map((child) => manifestFolders(child, cwd, false));
    return {
      targets: [...loose, ...inner.flatMap(({ targets }) => targets)],
      templates: [...templatesAmong(folder.files), ...inner.flatMap(({ templates }) => templates)],
    };
  }
  const has = (is: typeof isTarget) => all.some(({ files }) => files.some((path) => is(path, cwd)));
  const holds = has(isTarget) || (isNamed && has((path) => isBrokenManifest(path, shown(cwd, path))));
  if (!holds) return { targets: [], templates: all.flatMap(({ files }) => templatesAmong(files)) };
  const target = manifests(cwd, folder.path);
  return { targets: [isNamed ? target : { ...target, found: true }], templates: [] };
}

function isTarget(path: string, cwd: string): boolean {
  return !basename(path).startsWith(".") && isTargetFile(path, shown(cwd, path));
}

/** The files in the same folders as these manifests that were probably meant as manifests too. */
function mistakenNextTo(held: readonly string[], files: readonly string[], cwd: string): string[] {
  const folders = new Set(held.map((path) => dirname(path)));
  return files.filter((path) => folders.has(dirname(path)) && isBrokenManifest(path, shown(cwd, path)));
}

function manifests(cwd: string, path: string): Target {
  return { path: shown(cwd, path), kind: "manifests" };
}

/** The files of a manifests target, absolute and sorted. */
export interface Files {
  readonly manifests: readonly string[];
  /** Files that look like manifests but are settings or templates, if the target was found and not named. */
  readonly others: readonly string[];
}

/**
 * The files of a target: a file itself, or the manifests in a folder that {@link discover} would search, with those that
 * {@link isBrokenManifest} takes for manifests: in a folder that was found, only next to other manifests.
 */
export function filesIn({ path, found }: Target, { cwd, except }: Workspace): Files {
  const place = resolve(cwd, path);
  if (tryKindOf(place) !== "folder") return { manifests: [place], others: [] };
  const all = [...below(scan(place, except))].flatMap(({ files }) => files).sort();
  const held = all.filter(found ? (file) => isTargetFile(file, shown(cwd, file)) : isManifestFile);
  const mistaken = found
    ? mistakenNextTo(held, all, cwd)
    : all.filter((file) => isBrokenManifest(file, shown(cwd, file)));
  const manifests = new Set([...held, ...mistaken].sort());
  return { manifests: [...manifests], others: all.filter((file) => !manifests.has(file) && isManifestFile(file)) };
}

/** The manifests of a target; see {@link filesIn}. */
export function manifestFiles(target: Target, workspace: Workspace): readonly string[] {
  return filesIn(target, workspace).manifests;
}
