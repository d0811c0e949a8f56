import { join } from "node:path";
import { type Entry, listFolder } from "../system/disk.ts";
import { isJsonnet, isManifestName } from "./manifests.ts";
import { kustomizationNames } from "./paths.ts";

/** Folders that never contain manifests of this repository. */
const ignored = new Set(["node_modules", "vendor"]);

/** A folder and those of its entries that matter for discovery. */
export interface Folder {
  readonly path: string;
  readonly kustomization: string | undefined;
  readonly chart: boolean;
  readonly folders: readonly Folder[];
  /** Absolute paths of links to folders. */
  readonly links: readonly string[];
  /** Absolute paths of files with the extension of a manifest. */
  readonly files: readonly string[];
  /** Absolute paths of Jsonnet files, from which Argo CD makes manifests. */
  readonly jsonnet: readonly string[];
  /** The same for symbolic links to nothing. */
  readonly broken: readonly string[];
}

/** Reads a folder and its subfolders. @param except a subfolder to leave out */
export function scan(path: string, except: string | undefined): Folder {
  const entries = listFolder(path);
  const chart = entries.some((entry) => entry.name === "Chart.yaml");
  const kustomization = kustomizationNames.find((name) => entries.some((e) => e.name === name && e.kind === "file"));
  const isSeen = ({ kind, name }: Entry) => kind === "folder" && isEntered(name) && join(path, name) !== except;
  const entered = chart ? [] : entries.filter(isSeen);
  const named = chart ? [] : entries.filter(({ name }) => isManifestName(name));
  const pathsOf = (some: readonly Entry[]) => some.map(({ name }) => join(path, name));
  return {
    path,
    kustomization: kustomization && join(path, kustomization),
    chart,
    folders: entered.filter(({ link }) => !link).map(({ name }) => scan(join(path, name), except)),
    links: entered.filter(({ link }) => link).map(({ name }) => join(path, name)),
    files: pathsOf(named.filter(({ kind }) => kind === "file")),
    jsonnet: chart ? [] : pathsOf(entries.filter(({ kind, name }) => kind === "file" && isJsonnet(name))),
    broken: pathsOf(named.filter(({ kind, link, name }) => kind === undefined && link && !name.startsWith("."))),
  };
}

/** Whether a folder of this name is searched. Links are not followed: they would repeat targets, or form cycles. */
export function isEntered(name: string): boolean {
  return !name.startsWith(".") && !ignored.has(name);
}

/** A folder and all folders below it. */
export function* below(folder: Folder): Generator<Folder> {
  yield folder;
  for (const child of folder.folders) yield* below(child);
}
