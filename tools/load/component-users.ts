import { resolve } from "node:path";
import { listFolder, realPath } from "../system/disk.ts";
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

/** What was found, or is known to be so still. */
export type Remembered = <T>(key: string, find: () => T) => Promise<T>;

/** Who uses components. A repository is gone through once, whoever asks, and that is no need of what a target comes to. */
export class ComponentUsers {
  readonly #cwd: string;
  readonly #remembered: Remembered;
  readonly #known = new Map<string, Promise<readonly User[]>>();
  /** What was asked: many targets have the same components. */
  readonly #found = new Map<string, Promise<string[]>>();

  constructor(cwd: string, remembered: Remembered = async (_, find) => find()) {
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
    const find = () => [...usersBelow(realPath(repository) ?? repository, 0)];
    const users = this.#known.get(repository) ?? this.#remembered(`component users ${repository}`, find);
    this.#known.set(repository, users);
    return users;
  }
}

const deepest = 30;

function* usersBelow(folder: string, depth: number): Generator<User> {
  const file = kustomizationIn(folder);
  if (file !== undefined) {
    const { isComponent, paths } = usesIn(file);
    const places = paths.map((path) => resolve(folder, path));
    yield { folder, isComponent, names: places.map((path) => realPath(path) ?? path) };
  }
  if (depth > deepest) return;
  for (const { name, kind, link } of listFolder(folder))
    if (kind === "folder" && !link && isGoneThrough(name)) yield* usersBelow(resolve(folder, name), depth + 1);
}

/** What a kustomization says of the components that it uses, and whether it is one. @param file absolute */
export function usesIn(file: string): { readonly isComponent: boolean; readonly paths: readonly string[] } {
  const kustomization = readKustomization(file, file);
  const used = referencesOf(kustomization).references.filter(({ reach }) => reach === "root" || reach === "resource");
  return { isComponent: isComponent(kustomization), paths: used.map(({ path }) => path) };
}

/** Whether users of components may be in a folder of this name. */
export function isGoneThrough(name: string): boolean {
  return !name.startsWith(".") && name !== "node_modules";
}
