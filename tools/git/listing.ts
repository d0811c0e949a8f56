import { git, largestListing } from "./git.ts";
import type { Revision } from "./revision.ts";
import { isPlain } from "./tree.ts";

interface ListedFile {
  /** The object name of the blob. */
  readonly id: string;
  readonly isLink: boolean;
}

/**
 * The files and folders of a commit, by their paths relative to the top. Stored as the lines that Git prints, sorted by
 * path: of tens of thousands, few are ever looked up. The files of submodules are missing: their own repositories have them.
 */
export class Listing {
  /** Lines such as `100644 blob 3f2a…\tpath`. */
  readonly #lines: readonly string[];
  /** The offset of the path in each line. */
  readonly #start: number;
  readonly hasSubmodules: boolean;

  /** @param text as `git ls-tree -r -z` prints it */
  constructor(text: string) {
    const all = text.split("\0");
    const lines = all.filter((line) => line.startsWith("blob", "100644 ".length));
    this.hasSubmodules = all.some((line) => line.startsWith("160000 commit"));
    this.#start = (lines[0]?.indexOf("\t") ?? 0) + 1;
    const path = (line: string) => line.slice(this.#start);
    // Git sorts trees by bytes, which nearly always matches the order of JavaScript strings.
    const isSorted = lines.every((line, index) => index === 0 || path(lines[index - 1] as string) < path(line));
    this.#lines = isSorted ? lines : lines.sort((one, other) => (path(one) < path(other) ? -1 : 1));
  }

  file(path: string): ListedFile | undefined {
    const index = this.#firstFrom(path);
    return this.#pathAt(index) === path && isPlain(path) ? this.#fileAt(index) : undefined;
  }

  /** Whether the commit has a folder. @param path empty for the top */
  hasFolder(path: string): boolean {
    return path === "" || this.#namesIn(path).next().done !== true;
  }

  /** The names in a folder; none if there is no such folder. */
  names(path: string): readonly string[] {
    return [...this.#namesIn(path)];
  }

  /** The paths of all symbolic links. */
  links(): string[] {
    const numbers = Array.from(this.#lines.keys()).filter((index) => this.#fileAt(index).isLink);
    return numbers.map((index) => this.#pathAt(index) as string).filter(isPlain);
  }

  *#namesIn(folder: string): Generator<string> {
    const start = folder === "" ? "" : `${folder}/`;
    for (let index = this.#firstFrom(start), path = this.#pathAt(index); path?.startsWith(start); ) {
      const end = path.indexOf("/", start.length);
      const isThere = isPlain(path);
      if (isThere) yield path.slice(start.length, end < 0 ? undefined : end);
      // One file proves that its folder exists; `a0` sorts after every path in `a/`, so the rest can be skipped.
      index = isThere && end >= 0 ? this.#firstFrom(`${path.slice(0, end)}0`) : index + 1;
      path = this.#pathAt(index);
    }
  }

  #pathAt(index: number): string | undefined {
    return this.#lines[index]?.slice(this.#start);
  }

  #fileAt(index: number): ListedFile {
    const line = this.#lines[index] as string;
    return { id: line.slice("100644 blob ".length, this.#start - 1), isLink: line.startsWith("120000") };
  }

  /** The index of the first line whose path is not less than the given path. */
  #firstFrom(path: string): number {
    let [low, high] = [0, this.#lines.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#pathAt(middle) as string) < path) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Lists the files of a commit. @throws UserError if Git fails */
export async function listingOf({ commit, root }: Revision): Promise<Listing> {
  const text = await git(["ls-tree", "-r", "-z", "--full-tree", commit], { cwd: root, maxOutput: largestListing });
  return new Listing(text.toString("utf8"));
}
