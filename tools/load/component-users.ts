import { dirname, resolve } from "node:path";
import { listFolder, realPath } from "../system/disk.ts";
import { type Observer, observed } from "../system/observe.ts";
import { digest } from "../system/snapshot.ts";
import { isComponent, readKustomization, referencesOf } from "./kustomization.ts";
import { kustomizationIn, repositoryOf, shown } from "./paths.ts";

/** A kustomization in the repository. */
interface User {
  readonly folder: string;
  readonly isComponent: boolean;
  /** The real paths of the folders that it references. */
  readonly names: readonly string[];
}

/** The paths that a kustomization references, and whether it is a component itself. */
interface Uses {
  readonly isComponent: boolean;
  readonly paths: readonly string[];
}

/** Results of earlier runs. */
export interface Remembered {
  /** The kustomizations of a repository, from the cache if it is still valid. */
  readonly files: (key: string, find: () => string[]) => Promise<readonly string[]>;
  /** What `find` returns for each file. */
  readonly each: (
    key: string,
    files: readonly string[],
    find: (file: string) => Uses,
  ) => Iterable<readonly [file: string, found: Uses]>;
}

const nothing: Remembered = {
  files: async (_, find) => find(),
  each: (_, files, find) => files.map((file) => [file, find(file)] as const),
};

/** Finds the users of components. Each repository is searched once; targets do not depend on what that search reads. */
export class ComponentUsers {
  readonly #cwd: string;
  readonly #remembered: Remembered;
  readonly #known = new Map<string, Promise<readonly User[]>>();
  /** Earlier answers: many targets have the same components. */
  readonly #found = new Map<string, Promise<string[]>>();

  constructor(cwd: string, remembered = nothing) {
    [this.#cwd, this.#remembered] = [cwd, remembered];
  }

  /**
   * The kustomizations that use components, directly or through other components.
   *
   * @param components real paths of their folders
   * @returns folders, as shown in reports
   */
  async of(components: readonly string[]): Promise<string[]> {
    const [first] = components;
    if (first === undefined) return [];
    const repository = repositoryOf(this.#cwd, first);
    const key = [repository, ...components].join("\n");
    const found = this.#found.get(key) ?? this.#find(components, repository);
    this.#found.set(key, found);
    return found;
  }

  async #find(components: readonly string[], repository: string): Promise<string[]> {
    const all = await this.#in(repository);
    const using = new Set(components);
    const found: string[] = [];
    // A component may be used through another one.
    for (let before = -1; before < using.size; ) {
      before = using.size;
      for (const { folder, isComponent, names } of all) {
        if (using.has(folder) || !names.some((name) => using.has(name))) continue;
        using.add(folder);
        if (!isComponent) found.push(shown(this.#cwd, folder));
      }
    }
    return found;
  }

  /** A digest of the users of components. */
  async digestOf(components: readonly string[]): Promise<string> {
    return digest((await this.of(components)).join("\n"));
  }

  #in(repository: string): Promise<readonly User[]> {
    const users = this.#known.get(repository) ?? observed(nobody, () => this.#usersIn(repository));
    this.#known.set(repository, users);
    return users;
  }

  async #usersIn(repository: string): Promise<readonly User[]> {
    const find = () => [...kustomizationsBelow(realPath(repository) ?? repository, 0)];
    const files = await this.#remembered.files(`kustomizations of ${repository}`, find);
    const places = new Map<string, string>();
    const placeOf = (path: string) => {
      const place = places.get(path) ?? realPath(path) ?? path;
      places.set(path, place);
      return place;
    };
    return Array.from(this.#remembered.each(`components of ${repository}`, files, usesIn), ([file, found]) => {
      const folder = dirname(file);
      return {
        folder,
        isComponent: found.isComponent,
        names: found.paths.map((path) => placeOf(resolve(folder, path))),
      };
    });
  }
}

/** Reads that are shared by all callers must not become dependencies of the first one. */
const nobody: Observer = { see: () => {} };

/** Folders nested deeper than this are not searched. */
const deepest = 30;

function* kustomizationsBelow(folder: string, depth: number): Generator<string> {
  const file = kustomizationIn(folder);
  if (file !== undefined) yield file;
  if (depth > deepest) return;
  for (const { name, kind, link } of listFolder(folder))
    if (kind === "folder" && !link && isSearched(name)) yield* kustomizationsBelow(resolve(folder, name), depth + 1);
}

/** Reads what a kustomization references. @param file absolute */
export function usesIn(file: string): Uses {
  const kustomization = readKustomization(file, file);
  const used = referencesOf(kustomization).references.filter(({ reach }) => reach === "root" || reach === "resource");
  return { isComponent: isComponent(kustomization), paths: used.map(({ path }) => path) };
}

/** Whether to look for users of components in a folder of this name. */
export function isSearched(name: string): boolean {
  return !name.startsWith(".") && name !== "node_modules";
}
