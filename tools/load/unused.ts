import { dirname, join, resolve } from "node:path";
import { listFolder, readStart, tryKindOf } from "../system/disk.ts";
import type { Closure } from "./closure.ts";
import { isEntered } from "./folder-tree.ts";
import { isEmpty, type Kustomization, readKustomization, referencesOf } from "./kustomization.ts";
import { isManifestName, isSettings } from "./manifests.ts";
import { isInside, kustomizationIn, kustomizationNames } from "./paths.ts";

/**
 * Files in the folder of a kustomization that look like manifests or patches and that no kustomization uses, absolute
 * and sorted. Only this kustomization and those in the folders above could use them: by default, kustomize loads no files
 * from outside the folder of the kustomization that names them. Subfolders count only if some file in them is used: the
 * others are not part of the target, but examples or program sources. What applies other folders was meant to be applied,
 * also in a subfolder, unless it is commented out.
 *
 * @param root the repository; folders above it are not searched.
 */
export function unusedFiles(kustomization: Kustomization, closure: Closure, root: string): string[] {
  const folder = dirname(kustomization.file);
  const used = new Set([...closure.files, ...usedAbove(folder, root)]);
  const reached = (below: string) => closure.files.some((file) => isInside(below, file));
  const unreached = (below: string) => (isEmpty(kustomization) ? [] : syncsIn(below, kustomization));
  return filesIn(folder, reached, unreached).filter((file) => !used.has(file) && isMeant(file));
}

/** The files in a subfolder that hold an Application or a Kustomization of Flux, and are not commented out. */
function syncsIn(folder: string, kustomization: Kustomization): string[] {
  const isOut = (path: string) => commentedOut(kustomization, path) !== undefined;
  if (isOut(folder)) return [];
  return filesIn(folder, () => false).filter((file) => !isOut(file) && isSync(readStart(file, 64 * 1024)));
}

function isSync(text: string): boolean {
  const ofFlux =
    /^apiVersion:\s*["']?kustomize\.toolkit\.fluxcd\.io\//m.test(text) && /^kind:\s*["']?Kustomization\b/m.test(text);
  return (
    ofFlux || (/^apiVersion:\s*["']?argoproj\.io\//m.test(text) && /^kind:\s*["']?Application(?:Set)?\b/m.test(text))
  );
}

/**
 * The 1-based line of a kustomization's commented-out entry for a file: `#- deployment.yaml`, `# - path: patch.yaml`.
 */
export function commentedOut({ file, text }: Kustomization, path: string): number | undefined {
  const folder = dirname(file);
  const index = text.split("\n").findIndex((line) => {
    const [, named] = entryInComment.exec(line) ?? [];
    return named !== undefined && resolve(folder, named) === path;
  });
  return index < 0 ? undefined : index + 1;
}

const entryInComment = /^\s*#[#\s]*(?:-\s+(?:path:\s*)?|path:\s*)["']?([^\s"'#]+)["']?\s*(?:#.*)?$/;

/** The paths that kustomizations in the folders above a folder reference. */
function usedAbove(folder: string, root: string): string[] {
  const above = dirname(folder);
  if (above === folder || !isInside(root, above)) return [];
  const file = kustomizationIn(above);
  const own = file === undefined ? [] : referencesOf(readKustomization(file, file)).references;
  return [...own.map(({ path }) => resolve(above, path)), ...usedAbove(above, root)];
}

/** Links are skipped: their targets are checked in their own folders. @param unreached the files of other subfolders */
function filesIn(
  folder: string,
  reached: (folder: string) => boolean,
  unreached: (folder: string) => string[] = () => [],
): string[] {
  return listFolder(folder).flatMap(({ name, kind, link }) => {
    const path = join(folder, name);
    if (link || name.startsWith(".")) return [];
    if (kind === "file") return isManifestName(name) && !isKustomization(name) ? [path] : [];
    const isOwn =
      kind === "folder" && kustomizationIn(path) === undefined && tryKindOf(join(path, "Chart.yaml")) === undefined;
    if (!isOwn) return [];
    return reached(path) ? filesIn(path, reached, unreached) : isEntered(name) ? unreached(path) : [];
  });
}

function isKustomization(name: string): boolean {
  return kustomizationNames.some((one) => one === name);
}

/** API groups of files for kustomize and kpt, which may be next to a kustomization. */
const ofTools = /^apiVersion:\s*["']?(?:kustomize\.config\.k8s\.io|(?:config\.)?kpt\.dev)\//m;

/** A manifest or a strategic merge patch has apiVersion and kind; a JSON patch is a list of operations with paths. */
function isMeant(path: string): boolean {
  const start = readStart(path, 64 * 1024).replaceAll("\0", "");
  if (ofTools.test(start) || isSettings(start)) return false;
  const says = (name: string) => new RegExp(`^[ \\t]*["']?${name}["']?[ \\t]*:\\s*\\S`, "m").test(start);
  return (says("apiVersion") && says("kind")) || isJsonPatch(start);
}

function isJsonPatch(text: string): boolean {
  return (
    /^[ \t]*(?:(?:-|\[[ \t]*\{|\{)[ \t]*)?["']?op["']?[ \t]*:/m.test(text) && /["']?path["']?\s*:\s*["']?\//m.test(text)
  );
}
