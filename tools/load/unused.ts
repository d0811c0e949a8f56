import { dirname, join, resolve } from "node:path";
import { listFolder, readStart, tryKindOf } from "../system/disk.ts";
import type { Closure } from "./closure.ts";
import { type Kustomization, readKustomization, referencesOf } from "./kustomization.ts";
import { isManifestName } from "./manifests.ts";
import { isInside, kustomizationIn, kustomizationNames } from "./paths.ts";

/**
 * Files in the folder of a kustomization that mean to be manifests or patches and that no kustomization uses, absolute and
 * sorted. Only this one and those of the folders above it could: kustomize loads no file from outside of the folder of
 * the kustomization that names it. Folders below count where something in them is used, for others hold what is no part
 * of the target: examples, sources of a program.
 *
 * @param root the repository, beyond which nothing is looked for.
 */
export function unusedFiles(kustomization: Kustomization, closure: Closure, root: string): string[] {
  const folder = dirname(kustomization.file);
  const used = new Set([...closure.files, ...usedAbove(folder, root)]);
  const reached = (below: string) => closure.files.some((file) => isInside(below, file));
  return filesIn(folder, reached).filter((file) => !used.has(file) && isMeant(file));
}

/** The line on which a kustomization has a file as an entry that is a comment, 1-based: `#- deployment.yaml`, `# - path: patch.yaml`. */
export function commentedOut({ file, text }: Kustomization, path: string): number | undefined {
  const folder = dirname(file);
  const index = text.split("\n").findIndex((line) => {
    const [, named] = entryInComment.exec(line) ?? [];
    return named !== undefined && resolve(folder, named) === path;
  });
  return index < 0 ? undefined : index + 1;
}

const entryInComment = /^\s*#[#\s]*(?:-\s+(?:path:\s*)?|path:\s*)["']?([^\s"'#]+)["']?\s*(?:#.*)?$/;

/** What kustomizations of the folders above it take from a folder. */
function usedAbove(folder: string, root: string): string[] {
  const above = dirname(folder);
  if (above === folder || !isInside(root, above)) return [];
  const file = kustomizationIn(above);
  const own = file === undefined ? [] : referencesOf(readKustomization(file, file)).references;
  return [...own.map(({ path }) => resolve(above, path)), ...usedAbove(above, root)];
}

/** Links are left out: what they lead to is looked at where it is. */
function filesIn(folder: string, reached: (folder: string) => boolean): string[] {
  return listFolder(folder).flatMap(({ name, kind, link }) => {
    const path = join(folder, name);
    if (link || name.startsWith(".")) return [];
    if (kind === "file") return isManifestName(name) && !isKustomization(name) ? [path] : [];
    const isOwn =
      kind === "folder" && kustomizationIn(path) === undefined && tryKindOf(join(path, "Chart.yaml")) === undefined;
    return isOwn && reached(path) ? filesIn(path, reached) : [];
  });
}

function isKustomization(name: string): boolean {
  return kustomizationNames.some((one) => one === name);
}

/** Files of tools that stand beside a kustomization and look like manifests: skaffold.yaml, the configuration of kind. */
const ofTools =
  /^apiVersion:\s*["']?(?:skaffold|kustomize\.config\.k8s\.io|kind\.x-k8s\.io|k3d\.io|ctlptl\.dev|(?:config\.)?kpt\.dev)\//m;

/** A manifest or a strategic merge patch says what it is; a JSON patch is a list of operations with paths. */
function isMeant(path: string): boolean {
  const start = readStart(path, 64 * 1024).replaceAll("\0", "");
  if (ofTools.test(start)) return false;
  const says = (name: string) => new RegExp(`^[ \\t]*["']?${name}["']?[ \\t]*:\\s*\\S`, "m").test(start);
  return (says("apiVersion") && says("kind")) || isJsonPatch(start);
}

function isJsonPatch(text: string): boolean {
  return (
    /^[ \t]*(?:(?:-|\[[ \t]*\{|\{)[ \t]*)?["']?op["']?[ \t]*:/m.test(text) && /["']?path["']?\s*:\s*["']?\//m.test(text)
  );
}
