import { git, largestListing } from "./git.ts";
import type { Revision } from "./revision.ts";
import { isPlain } from "./tree.ts";

export interface ListedFile {
  /** Of the blob. */
  readonly id: string;
  readonly isLink: boolean;
}

/**
 * The files and folders of a commit, by their paths below the top. They stay the lines that Git prints, in the order of
 * their paths: of tens of thousands, few are ever looked for. Submodules are not there: what is in them, Git does not have.
 */
export class Listing {
  /** `100644 blob 3f2a…\tpath` each. */
  readonly #lines: readonly string[];
  /** Where the paths begin in them. */
  readonly #start: number;

  /** @param text as `git ls-tree -r -z` prints it */
  constructor(text: string) {
    const lines = text.split("\0").filter((line) => line.startsWith("blob", "100644 ".length));
    this.#start = (lines[0]?.indexOf("\t") ?? 0) + 1;
    const path = (line: string) => line.slice(this.#start);
    // As Git writes a tree, it is in the order of its bytes, which is that of JavaScript's texts nearly always.
    const isSorted = lines.every((line, index) => index === 0 || path(lines[index - 1] as string) < path(line));
    this.#lines = isSorted ? lines : lines.sort((one, other) => (path(one) < path(other) ? -1 : 1));
  }

  file(path: string): ListedFile | undefined {
    const index = this.#firstFrom(path);
    return this.#pathAt(index) === path && isPlain(path) ? this.#fileAt(index) : undefined;
  }

  /** @param path an empty text is the top */
  hasFolder(path: string): boolean {
    return path === "" || this.#namesIn(path).next().done !== true;
  }

  /** The names in a folder; none where there is no such folder. */
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
      // One file says that a folder is there; the first path behind all that is in `a/` is not before `a0`.
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

  /** The first line whose path is not before another one. */
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

export async function listingOf({ commit, root }: Revision): Promise<Listing> {
  const text = await git(["ls-tree", "-r", "-z", "--full-tree", commit], { cwd: root, maxOutput: largestListing });
  return new Listing(text.toString("utf8"));
}
