import { posix } from "node:path";
import { Positions } from "../parse/position.ts";
import type { MapNode, Node, ScalarNode } from "./node.ts";
import { Documents } from "./source.ts";

/** Reads a file by the path that a report would show; undefined when there is none or it may not be read. */
export type Read = (path: string) => string | undefined;

/** The order in which kustomize looks for it. */
const KUSTOMIZATION_NAMES = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

export interface KustomizationFile {
  readonly dir: string;
  readonly file: string;
  readonly root: MapNode;
}

/** The files of a run, each read and parsed at most once. */
export class SourceFiles {
  readonly #read: Read;
  readonly #texts = new Map<string, string | undefined>();
  readonly #documents = new Map<string, Documents>();
  readonly #positions = new Map<string, Positions>();

  constructor(read: Read) {
    this.#read = read;
  }

  text(path: string): string | undefined {
    if (!this.#texts.has(path))
      this.#texts.set(
        path,
        quietly(() => this.#read(path)),
      );
    return this.#texts.get(path);
  }

  /** The documents of a YAML or JSON file; empty when it cannot be read. */
  documents(path: string): Documents {
    const known = this.#documents.get(path);
    if (known) return known;
    const documents = new Documents({ file: path, text: this.text(path) ?? "" });
    this.#documents.set(path, documents);
    return documents;
  }

  /** The places of a file of manifests, which nothing transforms: cheaper than its documents. */
  positions(path: string): Positions {
    const known = this.#positions.get(path);
    if (known) return known;
    const positions = new Positions(this.text(path) ?? "");
    this.#positions.set(path, positions);
    return positions;
  }

  /** The documents in a string of a YAML file: a patch written inline. */
  embedded(node: ScalarNode): (Node | undefined)[] {
    if (typeof node.value !== "string") return [];
    const place = node.inner ? { inner: node.inner } : { fixed: node.at };
    return new Documents({ file: node.at.file, text: node.value, ...place }).all();
  }

  /** The path of the kustomization in a folder. */
  kustomizationPath(dir: string): string | undefined {
    return KUSTOMIZATION_NAMES.map((name) => posix.join(dir, name)).find((path) => this.text(path) !== undefined);
  }

  kustomization(dir: string): KustomizationFile | undefined {
    const file = this.kustomizationPath(dir);
    const root = file === undefined ? undefined : this.documents(file).at(0);
    return file !== undefined && root?.kind === "map" ? { dir, file, root } : undefined;
  }
}

/** The path of a file that a kustomization in `dir` names; undefined for what is not a relative path. */
export function resolvePath(dir: string, path: string): string | undefined {
  if (path === "" || path.startsWith("/") || path.includes("\0") || path.includes("\n") || path.includes("://")) {
    return undefined;
  }
  return posix.join(dir, path).replace(/(?<=.)\/$/, "");
}

/** A file that cannot be read or parsed costs a line number, never the run. */
export function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
