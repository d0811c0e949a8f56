import { basename, dirname, join, relative, resolve } from "node:path";
import { UserError } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import type { Target } from "../core/resource.ts";
import { type Entry, listFolder, realPath, tryKindOf } from "../system/disk.ts";
import { inflated, isComponent, readKustomization, referencesOf } from "./kustomization.ts";
import { isManifestFile, isManifestName, isTargetFile, isTemplateFile } from "./manifests.ts";
import { kustomizationIn, kustomizationNames, shown, type Workspace } from "./paths.ts";
import { unrendered } from "./words.ts";

/** Folders that hold no manifests of this repository. */
const ignored = new Set(["node_modules", "vendor"]);

/**
 * The targets that arguments name, sorted by path, each once:
 *
 * - `-`: standard input.
 * - a file: its manifests; a kustomization file: its folder.
 * - a folder with a kustomization: that one, and nothing below it is looked at.
 * - any other folder: every kustomization in it that no other one in it uses and that is no Component; each topmost
 *   folder that neither holds a kustomization nor lies below one, with its manifests; and each manifest that lies beside
 *   such folders. A folder without any kustomization is one target of manifests.
 *
 * Folders named `node_modules` or `vendor`, folders whose name begins with a dot, Helm charts, and links to folders are not
 * entered. What a program reads as its settings (`skaffold.yaml`) makes no target, nor does a template, nor a file whose name begins with a
 * dot. The working directory and the top of a repository are where one looks for targets, and not named as one.
 *
 * @param paths relative to `workspace.cwd`, or absolute; one that is named is looked through whatever `except` says.
 * @param said what kustomizations say, where it is known without reading them
 * @throws UserError for a path that is not there, and for a folder with nothing to judge.
 */
export function discover(paths: readonly string[], workspace: Workspace, said: Said = saidBy): Target[] {
  return [...discoverAll(paths, workspace, said).targets];
}

/** What was found by looking into folders; all of it sorted by path, each once. */
export interface Discovered {
  readonly targets: readonly Target[];
  /** Helm charts beside them, which nothing here renders: relative to the working directory. */
  readonly charts: readonly string[];
  /** Templates of manifests beside them: likewise. */
  readonly templates: readonly string[];
  /** Links to folders that nothing else was found through or in: likewise. */
  readonly links: readonly string[];
}

/** What one path leads to. */
interface Found extends Omit<Discovered, "links"> {
  readonly links: readonly Link[];
  /** The places of folders that were looked through, or that a kustomization uses. */
  readonly seen: ReadonlySet<string>;
}

/** A link to a folder, relative to the working directory, and the place where it leads. */
interface Link {
  readonly path: string;
  readonly place: string;
}

/** As {@link discover}, with what was passed over. */
export function discoverAll(paths: readonly string[], workspace: Workspace, said: Said = saidBy): Discovered {
  const known = new Map<string, Sayings>();
  const saidOnce = (file: string) => {
    const says = known.get(file) ?? said(file);
    known.set(file, says);
    return says;
  };
  const found = paths.map((path) => foundAt(path, workspace, saidOnce));
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

/** The links that lead to what was seen in no other way. */
function unseen(found: readonly Found[]): string[] {
  const isSeen = ({ place }: Link) => found.some(({ seen }) => seen.has(place));
  const links = found.flatMap((one) => one.links).filter((link) => !isSeen(link));
  return [...new Set(links.map(({ path }) => path))].sort();
}

/**
 * What a kustomization says of which targets there are: that it is no target itself, what it uses, as it is written, and
 * which charts it would inflate.
 */
export interface Sayings {
  readonly isComponent: boolean;
  readonly uses: readonly string[];
  readonly charts: readonly string[];
}

/** @param file absolute */
export type Said = (file: string) => Sayings;

export function saidBy(file: string): Sayings {
  const kustomization = readKustomization(file, file);
  const used = referencesOf(kustomization).references.filter(({ reach }) => reach !== "file");
  return {
    isComponent: isComponent(kustomization),
    uses: used.map(({ path }) => path),
    charts: inflated(kustomization),
  };
}

/** The kustomizations that {@link discover} asks what they say; it depends on nothing that is in them. */
export function kustomizationsIn(paths: readonly string[], { cwd, except }: Workspace): string[] {
  const folders = paths.map((path) => resolve(cwd, path)).filter((path) => tryKindOf(path) === "folder");
  const trees = folders.filter((folder) => kustomizationIn(folder) === undefined).map((folder) => scan(folder, except));
  return trees.flatMap((tree) => [...below(tree)].flatMap(({ kustomization }) => kustomization ?? []));
}

function foundAt(path: string, workspace: Workspace, said: Said): Found {
  const { cwd } = workspace;
  if (path === "-") return only({ path: "-", kind: "stdin" });
  const place = resolve(cwd, path);
  const kind = tryKindOf(place);
  if (kind === undefined) throw new UserError(`${path} does not exist${hint(place, cwd)}`);
  if (kind === "folder") return foundIn(place, path, workspace, said);
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
  return near === undefined ? ": name a folder, a YAML or JSON file, or -" : `, did you mean "${shown(cwd, near)}"?`;
}

/** The path that is there and differs from the given one by slips of the keyboard. */
function nearestPath(place: string): string | undefined {
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

function foundIn(folder: string, given: string, { cwd, except }: Workspace, said: Said): Found {
  if (kustomizationIn(folder) !== undefined) return onlyKustomization(folder, cwd);
  const tree = scan(folder, except);
  const isNamed = folder !== cwd && tryKindOf(join(folder, ".git")) === undefined;
  const { kustomizations, seen } = kustomizationsOf(tree, cwd, said);
  const { targets, templates } = manifestFolders(tree, cwd, isNamed);
  const found = {
    targets: [...kustomizations, ...targets],
    charts: chartsIn(tree, said).map((path) => shown(cwd, path)),
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
  if (tree.chart) return `${given} is a Helm chart: pipe what \`helm template\` prints into \`gitops check -\``;
  const components = [...below(tree)].some((folder) => folder.kustomization !== undefined);
  if (components) return `${given} holds only Components: name an overlay that uses them`;
  const nothing = `${given || "."} holds no kustomization and no manifests`;
  const others = unrendered(passed).join("; ");
  return others === "" ? nothing : `${nothing}: ${others}`;
}

/** The charts of a tree that no kustomization of it inflates; what is below a chart is a part of it. */
function chartsIn(tree: Folder, said: Said): string[] {
  const folders = [...below(tree)];
  const used = folders.flatMap(({ path, kustomization }) =>
    kustomization === undefined ? [] : said(kustomization).charts.map((chart) => resolve(path, chart)),
  );
  return folders.flatMap(({ path, chart }) => (chart && !used.includes(path) ? [path] : []));
}

/** A folder and what matters in it. */
interface Folder {
  readonly path: string;
  readonly kustomization: string | undefined;
  readonly chart: boolean;
  readonly folders: readonly Folder[];
  /** Absolute paths of links to folders. */
  readonly links: readonly string[];
  /** Absolute paths of files that are named like manifests. */
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

/** Whether a folder of that name is looked through. Links are not: they would show the same targets twice, or lead in a circle. */
export function isEntered(name: string): boolean {
  return !name.startsWith(".") && !ignored.has(name);
}

function* below(folder: Folder): Generator<Folder> {
  yield folder;
  for (const child of folder.folders) yield* below(child);
}

/** Those of a tree that are targets, and the places of all that was looked through for them, or that they use. */
function kustomizationsOf(tree: Folder, cwd: string, said: Said): { kustomizations: Target[]; seen: Set<string> } {
  const uses = new Map<string, string[]>();
  const components = new Set<string>();
  const seen = new Set<string>();
  const placeOf = placesIn(tree);
  for (const { path, kustomization } of below(tree)) {
    const folder = placeOf(path) ?? path;
    seen.add(folder);
    if (kustomization === undefined) continue;
    const says = said(kustomization);
    uses.set(
      folder,
      says.uses.flatMap((use) => placeOf(resolve(folder, use)) ?? []),
    );
    if (says.isComponent) components.add(folder);
  }
  for (const used of uses.values()) for (const place of used) seen.add(place);
  const tops = unused(uses).filter((folder) => !components.has(folder));
  return { kustomizations: tops.map((folder) => ({ path: shown(cwd, folder), kind: "kustomization" })), seen };
}

/** Where the links in a path lead. Most lead nowhere else, as is known of what was listed; of a file it does not matter. */
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

/** The folders that no other one uses, and one of each circle that nothing else leads to: it must not go unseen. */
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
 * The topmost folders without a kustomization in them or above them that hold manifests, and the manifests that lie
 * beside folders with a kustomization, each by itself: Flux's `clusters/production/apps.yaml` next to `flux-system/`.
 */
function manifestFolders(folder: Folder, cwd: string, isNamed: boolean): Pick<Discovered, "targets" | "templates"> {
  if (folder.kustomization !== undefined) return { targets: [], templates: [] };
  const all = [...below(folder)];
  const templatesAmong = (files: readonly string[]) => files.filter((path) => isTemplateFile(path, shown(cwd, path)));
  if (all.some((each) => each.kustomization !== undefined)) {
    const loose = folder.files.filter((path) => isTarget(path, cwd)).map((path) => manifests(cwd, path));
    const inner = folder.folders.map((child) => manifestFolders(child, cwd, false));
    return {
      targets: [...loose, ...inner.flatMap(({ targets }) => targets)],
      templates: [...templatesAmong(folder.files), ...inner.flatMap(({ templates }) => templates)],
    };
  }
  const holds = all.some((each) => each.files.some((path) => isTarget(path, cwd)));
  if (!holds) return { targets: [], templates: all.flatMap(({ files }) => templatesAmong(files)) };
  const target = manifests(cwd, folder.path);
  return { targets: [isNamed ? target : { ...target, found: true }], templates: [] };
}

function isTarget(path: string, cwd: string): boolean {
  return !basename(path).startsWith(".") && isTargetFile(path, shown(cwd, path));
}

function manifests(cwd: string, path: string): Target {
  return { path: shown(cwd, path), kind: "manifests" };
}

/** The files of a target of manifests, absolute and sorted. */
export interface Files {
  readonly manifests: readonly string[];
  /** What means to be manifests and is not, where nobody said that it is. */
  readonly others: readonly string[];
}

/** A file itself; of a folder all that {@link discover} would look at and that hold manifests. */
export function filesIn({ path, found }: Target, { cwd, except }: Workspace): Files {
  const place = resolve(cwd, path);
  if (tryKindOf(place) !== "folder") return { manifests: [place], others: [] };
  const all = [...below(scan(place, except))].flatMap(({ files }) => files).sort();
  if (!found) return { manifests: all.filter(isManifestFile), others: [] };
  const manifests = new Set(all.filter((file) => isTargetFile(file, shown(cwd, file))));
  return { manifests: [...manifests], others: all.filter((file) => !manifests.has(file) && isManifestFile(file)) };
}

/** See {@link filesIn}. */
export function manifestFiles(target: Target, workspace: Workspace): readonly string[] {
  return filesIn(target, workspace).manifests;
}
