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

/** What renders kustomizations, one text for how it is called, and the program. */
export interface Renderer {
  readonly kustomize: Kustomize | undefined;
  readonly name: string;
  readonly program: string | undefined;
}

/** Bytes that all renderings may take; those that were not used for longest go. */
export const mostRendered = 512 * 1024 * 1024;

/** Characters of a rendering above which it is made again: a hundredth of it is a large one. */
const largest = 16 * 1024 * 1024;

/**
 * What kustomize printed in earlier runs, by the content of all that it read: where the folder lies does not matter, so that
 * what was rendered in the working tree is known of a revision that is checked out elsewhere. Only what it rendered is
 * kept: a refusal names places. A file each, with its own digest ahead: one that is damaged is none.
 */
export class Renderings implements RenderingMemory {
  readonly #folder: string;
  readonly #snapshot: Snapshot;
  readonly #renderer: Renderer;
  #isDue = false;

  constructor(folder: string, snapshot: Snapshot, renderer: Renderer) {
    [this.#folder, this.#snapshot, this.#renderer] = [folder, snapshot, renderer];
  }

  /** For files that nobody looks at again: what is read of them is not counted as news of those of the working tree. */
  elsewhere(): Renderings {
    return new Renderings(this.#folder, new Snapshot((path) => this.#snapshot.known(path)), this.#renderer);
  }

  /**
   * The place of a target; undefined where it is not known all that it is made of, or another kustomize renders.
   *
   * @param folder of the target, by its real path
   */
  placeOf(folder: string, closure: Closure, by: Kustomize | undefined): RenderingPlace | undefined {
    const { kustomize } = this.#renderer;
    if (closure.unknownFields.length > 0 || by === undefined || by !== kustomize) return undefined;
    const path = join(this.#folder, `${this.#nameOf(folder, closure)}.pack`);
    return {
      get: () => decoded(readStored(path)),
      put: (rendering) => {
        if (rendering.text.length > largest || !this.#holds(closure)) return;
        const isWritten = writeStored(path, encoded(rendering));
        this.#isDue ||= isWritten && isTurn(path);
      },
    };
  }

  /** Of kustomize's bounds, and of everything that it reads: content, and where links lead, as seen from the folder. */
  #nameOf(folder: string, closure: Closure): string {
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
    return digest([name, by, ...files.sort(), ...links.sort(), ...others.sort()].join("\n"));
  }

  #holds(closure: Closure): boolean {
    return (
      closure.files.every((file) => this.#snapshot.holds(file, read)) &&
      [...closure.links].every(([path, place]) => realPath(path) === place) &&
      alternatives(closure).every((path) => this.#snapshot.holds(path, aspects.kind | aspects.place))
    );
  }

  /** Makes room, where it is time for it. */
  save(): void {
    if (this.#isDue) trim(this.#folder, mostRendered);
  }
}

/** To look at thousands of files takes as long as to render one: it is done after one in sixteen, by its name. */
function isTurn(path: string): boolean {
  return /^[A-D]/.test(basename(path));
}

const read = aspects.kind | aspects.place | aspects.content;

/** kustomize takes no folder with two kustomization files; one that is a link out of its folder does not count. */
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
