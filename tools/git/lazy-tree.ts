import { join, posix, resolve } from "node:path";
import { aspects, type Observer } from "../system/observe.ts";
import { copyEntry, linkAt, makeFolder } from "../system/tree.ts";
import type { Changes } from "./changes.ts";
import { wayBelow } from "./folder.ts";
import { git } from "./git.ts";
import { type Blob, largestFile, writeBlobs } from "./tree.ts";

/** Maximum number of links to follow in one path; the same as in Linux. */
const maxLinks = 40;

/** The files of a revision in a folder, each created when it is first accessed. */
export class LazyTree implements Observer {
  readonly #changes: Changes;
  readonly #folder: string;
  /** Paths that already exist in the folder. */
  readonly #there = new Set<string>();
  /** Paths that were accessed, with their aspects. */
  readonly #seen = new Set<string>();

  /** @param folder empty */
  constructor(changes: Changes, folder: string) {
    this.#changes = changes;
    this.#folder = folder;
  }

  /** Writes the files that differ from the working tree, or are missing there. */
  async writeChanged(): Promise<void> {
    const { paths, listing, revision } = this.#changes;
    const files = [...paths].flatMap((path) => this.#filesAt(path));
    const blobs = files.flatMap((path) => {
      const file = listing.file(path);
      return file === undefined ? [] : [{ path, ...file }];
    });
    const sizes = await sizesOf(blobs, revision.root);
    const sized = blobs.map((blob, index): Blob => ({ ...blob, size: sizes[index] ?? 0 }));
    await writeBlobs(
      sized.filter(({ size }) => size <= largestFile),
      revision,
      this.#folder,
    );
    for (const { path } of blobs) this.#there.add(path);
  }

  /** All files at or below a path. */
  #filesAt(path: string): string[] {
    const names = this.#changes.listing.names(path);
    return names.length === 0 ? [path] : names.flatMap((name) => this.#filesAt(joined(path, name)));
  }

  see(path: string, aspect: number): void {
    const key = `${aspect & (aspects.entries | aspects.below)} ${path}`;
    if (this.#seen.has(key)) return;
    this.#seen.add(key);
    const way = wayBelow(this.#folder, resolve(path));
    if (way !== undefined) this.#follow(way, aspect, 0);
  }

  /** Follows a path, name by name, and through links as long as they stay inside the folder. */
  #follow(way: string, aspect: number, links: number): void {
    const parts = way === "" ? [] : way.split("/");
    if (parts[0] === ".." || links > maxLinks) return;
    let at = "";
    for (const [index, part] of parts.entries()) {
      at = joined(at, part);
      const file = this.#changes.listing.file(at);
      if (file !== undefined) this.#put(at, file.isLink);
      if (file?.isLink) {
        const target = linkAt(this.#folder, at) ?? "/";
        const rest = posix.normalize([posix.dirname(at), target, ...parts.slice(index + 1)].join("/"));
        if (!target.startsWith("/")) this.#follow(rest === "." ? "" : rest.replace(/\/$/, ""), aspect, links + 1);
      }
      if (file !== undefined || !this.#enter(at)) return;
    }
    if ((aspect & (aspects.entries | aspects.below)) !== 0) this.#fill(at, (aspect & aspects.below) !== 0);
  }

  #put(path: string, isLink: boolean): void {
    if (this.#there.has(path)) return;
    this.#there.add(path);
    copyEntry(join(this.#changes.revision.root, path), this.#folder, { path, isLink }, largestFile);
  }

  /** Creates a folder if the revision has it. @returns whether the path is a folder */
  #enter(path: string): boolean {
    if (!this.#changes.listing.hasFolder(path)) return false;
    if (!this.#there.has(path)) makeFolder(this.#folder, path);
    this.#there.add(path);
    return true;
  }

  #fill(folder: string, isDeep: boolean): void {
    for (const name of this.#changes.listing.names(folder)) {
      const path = joined(folder, name);
      const file = this.#changes.listing.file(path);
      if (file !== undefined) this.#put(path, file.isLink);
      else if (this.#enter(path) && isDeep) this.#fill(path, true);
    }
  }
}

function joined(folder: string, name: string): string {
  return folder === "" ? name : `${folder}/${name}`;
}

/** Parses lines such as `3f2a… blob 1234`. The size of `3f2a… missing` is 0; reading that blob reports the error. */
async function sizesOf(blobs: readonly { readonly id: string }[], cwd: string): Promise<number[]> {
  if (blobs.length === 0) return [];
  const input = blobs.map(({ id }) => `${id}\n`).join("");
  const said = await git(["cat-file", "--batch-check"], { cwd, input, maxOutput: 128 * (blobs.length + 1) });
  return said
    .toString("latin1")
    .split("\n")
    .slice(0, -1)
    .map((line) => Number(line.split(" ")[2] ?? 0));
}
