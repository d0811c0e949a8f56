import { basename, dirname, resolve } from "node:path";
import type { Target } from "../core/resource.ts";
import { tryKindOf } from "../system/disk.ts";
import { isBrokenManifest, isLoneBrokenManifest } from "./broken-manifest.ts";
import { below, type Folder, scan } from "./folder-tree.ts";
import type { OutlineOf } from "./kustomization-targets.ts";
import { isManifestFile, isTargetFile, isTemplateFile } from "./manifests.ts";
import { shown, type Workspace } from "./paths.ts";

/** The targets of manifests in a folder, and the templates and Jsonnet files that were passed over. */
interface ManifestFolders {
  readonly targets: readonly Target[];
  readonly templates: readonly string[];
}

/**
 * The topmost folders of manifests without a kustomization in them or above them, and, as separate targets, the
 * manifests next to folders with a kustomization: Flux's `clusters/production/apps.yaml` next to `flux-system/`. The
 * folders in a folder of clusters are separate targets as well, and so are the manifests next to files that a
 * kustomization elsewhere uses. A kustomization without anything of its own hides nothing below it.
 *
 * @param used files that are parts of other targets, absolute
 */
export function manifestFolders(
  folder: Folder,
  cwd: string,
  used: ReadonlySet<string>,
  outlineOf: OutlineOf,
  isNamed = false,
): ManifestFolders {
  if (folder.kustomization !== undefined)
    return outlineOf(folder.kustomization).isEmpty ? inFolders(folder, cwd, used, outlineOf) : none;
  const all = [...below(folder)];
  const templatesAmong = (files: readonly string[]) => files.filter((path) => isTemplateFile(path, shown(cwd, path)));
  const isShared = ({ files }: Folder) => files.some((path) => used.has(path));
  if (all.some((each) => each.kustomization !== undefined || isFleet(each, cwd) || isShared(each))) {
    const files = folder.files.filter((path) => !used.has(path));
    const held = files.filter((path) => isTarget(path, cwd));
    const loose = [...held, ...brokenAmong(files, held, cwd)].map((path) => manifests(cwd, path));
    const inner = inFolders(folder, cwd, used, outlineOf);
    return {
      targets: [...loose, ...inner.targets],
      templates: [...templatesAmong(files), ...folder.jsonnet, ...inner.templates],
    };
  }
  const isBroken = isNamed ? isBrokenManifest : isLoneBrokenManifest;
  const isMeant = holds(folder, cwd) || all.some(({ files }) => files.some((path) => isBroken(path, shown(cwd, path))));
  const jsonnet = all.flatMap((each) => each.jsonnet);
  if (!isMeant) return { targets: [], templates: [...all.flatMap(({ files }) => templatesAmong(files)), ...jsonnet] };
  const target = manifests(cwd, folder.path);
  return { targets: [isNamed ? target : { ...target, found: true }], templates: jsonnet };
}

const none: ManifestFolders = { targets: [], templates: [] };

/** The same of the folders in a folder. */
function inFolders(folder: Folder, ...rest: [cwd: string, used: ReadonlySet<string>, outlineOf: OutlineOf]) {
  const inner = folder.folders.map((child) => manifestFolders(child, ...rest));
  return { targets: inner.flatMap(({ targets }) => targets), templates: inner.flatMap(({ templates }) => templates) };
}

/**
 * Whether a folder has a folder for each of several clusters. They usually hold objects of the same names.
 * https://fluxcd.io/flux/guides/repository-structure/
 */
function isFleet({ path, folders }: Folder, cwd: string): boolean {
  if (basename(path) !== "clusters") return false;
  return folders.filter((each) => holds(each, cwd)).length > 1;
}

/** Whether a folder has manifests at any depth. */
function holds(folder: Folder, cwd: string): boolean {
  return [...below(folder)].some(({ files }) => files.some((path) => isTarget(path, cwd)));
}

function isTarget(path: string, cwd: string): boolean {
  return !basename(path).startsWith(".") && isTargetFile(path, shown(cwd, path));
}

/** The files that were probably meant as manifests too: this needs less evidence next to other manifests. */
function brokenAmong(files: readonly string[], held: readonly string[], cwd: string): string[] {
  const folders = new Set(held.map((path) => dirname(path)));
  return files.filter((path) => {
    const isBroken = folders.has(dirname(path)) ? isBrokenManifest : isLoneBrokenManifest;
    return isBroken(path, shown(cwd, path));
  });
}

/** A target of a file or folder of manifests. */
export function manifests(cwd: string, path: string): Target {
  return { path: shown(cwd, path), kind: "manifests" };
}

/** The files of a manifests target, absolute and sorted. */
export interface Files {
  readonly manifests: readonly string[];
  /** Files that look like manifests but are settings or templates, if the target was found and not named. */
  readonly others: readonly string[];
  /** Jsonnet files in its folders, absolute: what they evaluate to is not known. */
  readonly jsonnet: readonly string[];
}

/**
 * The files of a target: a file itself, or the manifests in a folder that `discover` would search, with those that
 * {@link isBrokenManifest} takes for manifests and links to nothing: in a folder that was found, links only next to
 * manifests, and files without them if {@link isLoneBrokenManifest} takes them for manifests.
 */
export function filesIn({ path, found }: Target, { cwd, except }: Workspace): Files {
  const place = resolve(cwd, path);
  if (tryKindOf(place) !== "folder") return { manifests: [place], others: [], jsonnet: [] };
  const folders = [...below(scan(place, except))];
  const all = folders.flatMap(({ files }) => files).sort();
  const held = all.filter(found ? (file) => isTargetFile(file, shown(cwd, file)) : isManifestFile);
  const mistaken = found ? brokenAmong(all, held, cwd) : all.filter((file) => isBrokenManifest(file, shown(cwd, file)));
  const beside = new Set(held.map((file) => dirname(file)));
  const broken = folders.flatMap((each) => (found && !beside.has(each.path) ? [] : each.broken));
  const manifests = new Set([...held, ...mistaken, ...broken].sort());
  return {
    manifests: [...manifests],
    others: all.filter((file) => !manifests.has(file) && isManifestFile(file)),
    jsonnet: folders.flatMap(({ jsonnet }) => jsonnet),
  };
}

/** The manifests of a target; see {@link filesIn}. */
export function manifestFiles(target: Target, workspace: Workspace): readonly string[] {
  return filesIn(target, workspace).manifests;
}
