import { dirname, resolve } from "node:path";
import type { Closure } from "../load/closure.ts";
import { isComponent, readKustomization, referencesOf } from "../load/kustomization.ts";
import { kustomizationIn, repositoryOf, shown } from "../load/paths.ts";
import { listFolder, realPath } from "../system/disk.ts";
import { replayed } from "../system/observe.ts";

/** A kustomization of the repository. */
interface User {
  readonly folder: string;
  readonly isComponent: boolean;
  /** The folders that it names, by their real paths. */
  readonly names: readonly string[];
}

/** Who uses components. The repository is gone through once, whoever asks; all who do depend on what was seen. */
export class ComponentUsers {
  readonly #cwd: string;
  readonly #known = new Map<string, () => readonly User[]>();

  constructor(cwd: string) {
    this.#cwd = cwd;
  }

  /**
   * Kustomizations that use components, or others through which they come; without those that are known.
   *
   * @param components their folders
   * @returns folders, as reports name them
   */
  of(components: readonly string[], known: Pick<Closure, "kustomizations">): string[] {
    const [first] = components;
    if (first === undefined) return [];
    const seen = new Set(known.kustomizations.map(({ file }) => dirname(file)));
    const others = this.#in(repositoryOf(this.#cwd, first)).filter(({ folder }) => !seen.has(folder));
    const using = new Set(components);
    const found: string[] = [];
    // A component may come through another one.
    for (let before = -1; before < using.size; ) {
      before = using.size;
      for (const { folder, isComponent, names } of others) {
        if (using.has(folder) || !names.some((name) => using.has(name))) continue;
        using.add(folder);
        if (!isComponent) found.push(shown(this.#cwd, folder));
      }
    }
    return found;
  }

  #in(repository: string): readonly User[] {
    const find =
      this.#known.get(repository) ?? replayed(() => [...usersBelow(realPath(repository) ?? repository, this.#cwd, 0)]);
    this.#known.set(repository, find);
    return find();
  }
}

const deepest = 30;

function* usersBelow(folder: string, cwd: string, depth: number): Generator<User> {
  const file = kustomizationIn(folder);
  if (file !== undefined) {
    const kustomization = readKustomization(file, shown(cwd, file));
    const { references } = referencesOf(kustomization);
    const names = references.filter(({ reach }) => reach === "root" || reach === "resource");
    const placeOf = (path: string) => realPath(resolve(folder, path)) ?? resolve(folder, path);
    yield { folder, isComponent: isComponent(kustomization), names: names.map(({ path }) => placeOf(path)) };
  }
  if (depth > deepest) return;
  for (const { name, kind, link } of listFolder(folder))
    if (kind === "folder" && !link && !name.startsWith(".") && name !== "node_modules")
      yield* usersBelow(resolve(folder, name), cwd, depth + 1);
}
