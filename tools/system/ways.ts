import { basename, dirname, join, resolve } from "node:path";
import { linkAt } from "./link.ts";

/** Maximum number of links to follow in one path; the same as in Linux. */
const maxLinks = 40;

/** Resolves the links in paths one by one. */
export class Ways {
  readonly #known = new Map<string, readonly string[]>();

  /** All steps from the path to its target, which need not exist. @param path absolute and normalized */
  of(path: string, links = 0): readonly string[] {
    const known = this.#known.get(path);
    if (known !== undefined || links > maxLinks) return known ?? [path];
    const ways = this.#follow(path, links);
    this.#known.set(path, ways);
    return ways;
  }

  #follow(path: string, links: number): readonly string[] {
    const folder = dirname(path);
    if (folder === path) return [path];
    const ways = this.of(folder, links).map((way) => join(way, basename(path)));
    const last = ways[ways.length - 1] as string;
    const target = linkAt(last);
    return target === undefined ? ways : [...ways, ...this.of(resolve(dirname(last), target), links + 1)];
  }
}
