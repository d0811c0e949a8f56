import { join, resolve } from "node:path";
import type { Config } from "../../config/config.ts";
import type { Existing } from "../../core/existing.ts";
import { glob } from "../../core/glob.ts";
import type { PlaceKind, RepositoryContext, TargetFacts } from "../../core/repository.ts";
import { remotesOf } from "../../git/remotes.ts";
import { isComponent, readKustomization } from "../../load/kustomization.ts";
import { isManifestFile, isManifestName } from "../../load/manifests.ts";
import { isInside, kustomizationIn } from "../../load/paths.ts";
import { parseDocuments } from "../../parse/documents.ts";
import { readText } from "../../parse/file.ts";
import { listFolder, realPath, tryKindOf } from "../../system/disk.ts";
import { type Place, topOf } from "../target/facts.ts";
import { ownership } from "./ownership.ts";

/** The location of a repository, and its configuration. */
interface RepositoryInput extends Place {
  /** The URLs of this repository, if configured. */
  readonly urls: readonly string[] | undefined;
  readonly whole: boolean;
  readonly cluster?: readonly Existing[] | undefined;
  /** The original repository, if these are the files of a revision, checked out without history. */
  readonly originalRoot?: string | undefined;
}

/** The configured URLs of the repository; undefined if there are none. */
export function urlsOf({ repository }: Config): readonly string[] | undefined {
  return repository === undefined ? undefined : [repository].flat();
}

/** The repository, as passed to rules that compare targets with each other. @param targets the facts of all targets */
export async function repositoryContext(
  targets: readonly TargetFacts[],
  input: RepositoryInput,
): Promise<RepositoryContext> {
  const top = topOf(input);
  const places = new Map<string, PlaceKind | undefined>();
  const syncs = targets.some(({ syncs, listed }) => syncs.length > 0 || listed);
  const urls = input.urls ?? (syncs ? remotesOf(input.originalRoot ?? top) : []);
  return {
    targets,
    whole: input.whole,
    cluster: input.cluster,
    owns: ownership({ urls, isConfigured: input.urls !== undefined }, targets),
    placeAt: (path) => {
      if (!places.has(path)) places.set(path, placeAt(top, path));
      return places.get(path);
    },
    folders: (pattern) => [...matching(top, pattern)].filter((path) => tryKindOf(join(top, path)) === "folder").sort(),
    files: (pattern, text) =>
      [...matching(top, pattern)]
        .filter((path) => tryKindOf(join(top, path)) === "file")
        .sort()
        .flatMap((path) => documentsAt(top, path, text) ?? []),
  };
}

function placeAt(top: string, path: string): PlaceKind | undefined {
  const place = resolve(top, path);
  const real = realPath(place);
  if (real === undefined || !isInside(realPath(top) ?? top, real)) return undefined;
  const kind = tryKindOf(real);
  if (kind !== "folder") return kind === "file" ? "file" : undefined;
  const file = kustomizationIn(real);
  if (file !== undefined) return isComponent(readKustomization(file, file)) ? "component" : "kustomization";
  if (tryKindOf(join(real, "Chart.yaml")) === "file") return "chart";
  return holdsManifests(real) ? "manifests" : holdsBelow(real, maxDepth) ? "nested" : "folder";
}

/** Maximum depth of nested folders to search; more than a repository has. */
const maxDepth = 30;

function holdsManifests(folder: string): boolean {
  return listFolder(folder).some(
    ({ name, kind }) =>
      kind === "file" && (name.endsWith(".jsonnet") || (isManifestName(name) && isManifestFile(join(folder, name)))),
  );
}

function holdsBelow(folder: string, depth: number): boolean {
  return foldersIn(folder).some((name) => {
    const below = join(folder, name);
    return kustomizationIn(below) !== undefined || holdsManifests(below) || (depth > 0 && holdsBelow(below, depth - 1));
  });
}

function foldersIn(folder: string): string[] {
  return listFolder(folder)
    .filter(({ name, kind, link }) => kind === "folder" && !link && !name.startsWith(".") && name !== "node_modules")
    .map(({ name }) => name);
}

/** Maximum number of matches of a pattern; more than a generator should find. */
const maxMatches = 10_000;

/** The paths that match a pattern. Matches name by name, so that only folders that may match are listed. */
function matching(top: string, pattern: string): Set<string> {
  const found = new Set<string>();
  const parts = pattern
    .replace(/^\.?\/+/, "")
    .split("/")
    .filter((part) => part !== "" && part !== ".");
  const enter = (folder: string, [part, ...rest]: readonly string[], depth: number) => {
    if (part === undefined || part === ".." || found.size > maxMatches || depth > maxDepth) return;
    if (part === "**") enter(folder, rest, depth);
    for (const { name, kind, link } of listFolder(join(top, folder))) {
      const isDeep = part === "**";
      if (link || name === ".git" || (!isDeep && !glob(part, "[^/]*").test(name))) continue;
      const path = folder === "" ? name : `${folder}/${name}`;
      if (isDeep) {
        if (kind === "folder") enter(path, [part, ...rest], depth + 1);
      } else if (rest.length === 0) found.add(path);
      else if (kind === "folder") enter(path, rest, depth + 1);
    }
  };
  enter("", parts, 0);
  return found;
}

function documentsAt(top: string, path: string, text = "") {
  const read = readText(join(top, path), path);
  if (!("text" in read)) return text === "" ? { path, documents: [] } : undefined;
  if (!read.text.includes(text)) return undefined;
  return { path, documents: parseDocuments(read.text, path).documents.map(({ value }) => value) };
}
