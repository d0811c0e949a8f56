import { basename, dirname, join, relative } from "node:path";
import type { Closure } from "../load/closure.ts";
import { kustomizationNames } from "../load/paths.ts";
import type { Kustomize } from "../render/kustomize.ts";
import type { Rendering, RenderingMemory, RenderingPlace } from "../render/rendering.ts";
import { realPath } from "../system/disk.ts";
import { aspects } from "../system/observe.ts";
import { digest, Snapshot } from "../system/snapshot.ts";
import { readStored, trim, writeStored } from "../system/store.ts";
import { signed, verified } from "./signed.ts";

/** The tool that renders kustomizations, a string that identifies how it is called, and the path of its program. */
export interface Renderer {
  readonly kustomize: Kustomize | undefined;
  readonly name: string;
  readonly program: string | undefined;
}

/** Maximum size of all renderings, in bytes; the least recently used are removed. */
export const mostRendered = 512 * 1024 * 1024;

/** Maximum length of a cached rendering, in characters; a hundred times that of a large one. */
const largest = 16 * 1024 * 1024;

/**
 * The output of kustomize in earlier runs, by the content of everything that it read. The location of the folder does
 * not matter, so that a rendering of the working tree is found again for a revision that is checked out elsewhere.
 * Errors are not kept, since they contain paths. Each rendering is a file that starts with its digest; damaged files
 * are ignored.
 */
export class Renderings implements RenderingMemory {
  readonly #folder: string;
  readonly #snapshot: Snapshot;
  readonly #renderer: Renderer;
  #isDue = false;

  constructor(folder: string, snapshot: Snapshot, renderer: Renderer) {
    [this.#folder, this.#snapshot, this.#renderer] = [folder, snapshot, renderer];
  }

  /** For temporary files: reading them does not mark the snapshot of the working tree as changed. */
  elsewhere(): Renderings {
    return new Renderings(this.#folder, new Snapshot((path) => this.#snapshot.known(path)), this.#renderer);
  }

  /**
   * The cache entry of a target; undefined if not all its inputs are known, or another kustomize renders it.
   *
   * @param folder the real path of the target's folder
   * @param edited what kustomizations contain instead of what is in their files
   */
  placeOf(folder: string, closure: Closure, by: Kustomize | undefined, edited = ""): RenderingPlace | undefined {
    const { kustomize } = this.#renderer;
    if (closure.unknownFields.length > 0 || by === undefined || by !== kustomize) return undefined;
    const path = join(this.#folder, `${this.#nameOf(folder, closure, edited)}.pack`);
    return {
      get: () => decoded(readStored(path)),
      put: (rendering) => {
        if (rendering.text.length > largest || !this.#holds(closure)) return;
        const isWritten = writeStored(path, encoded(rendering));
        this.#isDue ||= isWritten && isTurn(path);
      },
    };
  }

  /**
   * A digest of kustomize's options and of everything that it reads: content, and the targets of links, relative to the
   * folder.
   */
  #nameOf(folder: string, closure: Closure, edited: string): string {
    const { name, program } = this.#renderer;
    const way = (path: string) => relative(folder, path);
    const files = closure.files.map(
      (file) => `${way(file)} ${way(this.#snapshot.real(file))} ${this.#snapshot.value(file, read)}`,
    );
    const links = Array.from(closure.links, ([path, place]) => `${way(path)} leads to ${way(place)}`);
    const others = alternatives(closure).map(
      (path) => `${way(path)} ${way(this.#snapshot.real(path))} ${this.#snapshot.value(path, aspects.kind)}`,
    );
    const by = program === undefined ? "" : this.#snapshot.value(program, read);
    return digest(
      [name, by, ...(edited === "" ? [] : [digest(edited)]), ...files.sort(), ...links.sort(), ...others.sort()].join(
        "\n",
      ),
    );
  }

  #holds(closure: Closure): boolean {
    return (
      closure.files.every((file) => this.#snapshot.holds(file, read)) &&
      [...closure.links].every(([path, place]) => realPath(path) === place) &&
      alternatives(closure).every((path) => this.#snapshot.holds(path, aspects.kind | aspects.place))
    );
  }

  /** Removes old renderings when it is due. */
  save(): void {
    if (this.#isDue) trim(this.#folder, mostRendered);
  }
}

/** Listing thousands of files takes as long as rendering one, so it is done only for one name in sixteen. */
function isTurn(path: string): boolean {
  return /^[A-D]/.test(basename(path));
}

const read = aspects.kind | aspects.place | aspects.content;

/** All possible kustomization files: kustomize rejects a folder with two, not counting links that lead out of it. */
function alternatives({ kustomizations }: Closure): string[] {
  return kustomizations.flatMap(({ file }) => kustomizationNames.map((name) => join(dirname(file), name)));
}

const version = "gitops-rendering-1";

function encoded({ kustomize, text }: Rendering): string {
  return signed(version, `${JSON.stringify(kustomize)}\n${text}`).text;
}

function decoded(stored: Buffer | undefined): Rendering | undefined {
  const { body } = verified(version, stored) ?? {};
  if (body === undefined) return undefined;
  const line = body.indexOf("\n");
  return { kustomize: JSON.parse(body.slice(0, line)) as Kustomize, text: body.slice(line + 1) };
}
