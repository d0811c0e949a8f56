import { dirname, resolve } from "node:path";
import { listFolder, realPath } from "../system/disk.ts";
import { type Observer, observed } from "../system/observe.ts";
import { digest } from "../system/snapshot.ts";
import { isComponent, readKustomization, referencesOf } from "./kustomization.ts";
import { kustomizationIn, repositoryOf, shown } from "./paths.ts";

/** A kustomization of the repository. */
interface User {
  readonly folder: string;
  readonly isComponent: boolean;
  /** The folders that it names, by their real paths. */
  readonly names: readonly string[];
}

/** What a kustomization says of the components that it uses, and whether it is one. */
interface Uses {
  readonly isComponent: boolean;
  readonly paths: readonly string[];
}

/** What is known of earlier runs. */
export interface Remembered {
  /** The kustomizations of a repository, found or known to be so still. */
  readonly files: (key: string, find: () => string[]) => Promise<readonly string[]>;
  /** What is found in each of them. */
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

/** Who uses components. A repository is gone through once, whoever asks, and that is no need of what a target comes to. */
export class ComponentUsers {
  readonly #cwd: string;
  readonly #remembered: Remembered;
  readonly #known = new Map<string, Promise<readonly User[]>>();
  /** What was asked: many targets have the same components. */
  readonly #found = new Map<string, Promise<string[]>>();

  constructor(cwd: string, remembered = nothing) {
    [this.#cwd, this.#remembered] = [cwd, remembered];
  }

  /**
   * Kustomizations that use components, or others through which they come.
   *
   * @param components their folders
   * @returns folders, as reports name them
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
    // A component may come through another one.
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

  /** One text for all of them. */
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

/** What is read for all who ask is no need of the one who asks first. */
const nobody: Observer = { see: () => {} };

const deepest = 30;

function* kustomizationsBelow(folder: string, depth: number): Generator<string> {
  const file = kustomizationIn(folder);
  if (file !== undefined) yield file;
  if (depth > deepest) return;
  for (const { name, kind, link } of listFolder(folder))
    if (kind === "folder" && !link && isGoneThrough(name)) yield* kustomizationsBelow(resolve(folder, name), depth + 1);
}

/** @param file absolute */
export function usesIn(file: string): Uses {
  const kustomization = readKustomization(file, file);
  const used = referencesOf(kustomization).references.filter(({ reach }) => reach === "root" || reach === "resource");
  return { isComponent: isComponent(kustomization), paths: used.map(({ path }) => path) };
}

/** Whether users of components may be in a folder of this name. */
export function isGoneThrough(name: string): boolean {
  return !name.startsWith(".") && name !== "node_modules";
}
