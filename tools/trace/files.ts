import { posix } from "node:path";
import { Recent } from "../core/recent.ts";
import { Positions } from "../parse/position.ts";
import { replayed } from "../system/observe.ts";
import type { MapNode, Node, ScalarNode } from "./node.ts";
import { Documents } from "./source.ts";

/** Reads a file by its path in reports; undefined if it does not exist or must not be read. */
export type Read = (path: string) => string | undefined;

/** In the order in which kustomize tries them. */
const KUSTOMIZATION_NAMES = ["kustomization.yaml", "kustomization.yml", "Kustomization"];

export interface KustomizationFile {
  readonly dir: string;
  readonly file: string;
  readonly root: MapNode;
}

/** The text of a file, and what was parsed from it. */
interface Source {
  /** Notifies the observer of each read. */
  readonly text: () => string | undefined;
  documents?: Documents;
  positions?: Positions;
}

/** How many files to keep. Those of shared bases and components stay: they are the most recently used. */
const most = 1000;

/** The files of a run, which are read and parsed once while they are in use. */
export class SourceFiles {
  readonly #read: Read;
  readonly #sources = new Recent<string, Source>(most);
  readonly #embedded = new WeakMap<ScalarNode, (Node | undefined)[]>();

  constructor(read: Read) {
    this.#read = read;
  }

  /** The text of a file; undefined if it cannot be read. */
  text(path: string): string | undefined {
    return this.#at(path).text();
  }

  /** The documents of a YAML or JSON file; none if it cannot be read. */
  documents(path: string): Documents {
    const source = this.#at(path);
    const text = source.text() ?? "";
    source.documents ??= new Documents({ file: path, text });
    return source.documents;
  }

  /** The positions in a file of manifests, which nothing transforms; cheaper than its documents. */
  positions(path: string): Positions {
    const source = this.#at(path);
    const text = source.text() ?? "";
    source.positions ??= new Positions(text);
    return source.positions;
  }

  /** The documents in a string of a YAML file, such as an inline patch. */
  embedded(node: ScalarNode): (Node | undefined)[] {
    if (typeof node.value !== "string") return [];
    const known = this.#embedded.get(node);
    if (known !== undefined) return known;
    const place = node.inner ? { inner: node.inner } : { fixed: node.at };
    const documents = new Documents({ file: node.at.file, text: node.value, ...place }).all();
    this.#embedded.set(node, documents);
    return documents;
  }

  #at(path: string): Source {
    const known = this.#sources.get(path);
    if (known !== undefined) return known;
    const source: Source = { text: replayed(() => quietly(() => this.#read(path))) };
    this.#sources.set(path, source);
    return source;
  }

  /** The path of the kustomization in a folder; undefined if there is none. */
  kustomizationPath(dir: string): string | undefined {
    return KUSTOMIZATION_NAMES.map((name) => posix.join(dir, name)).find((path) => this.text(path) !== undefined);
  }

  /** The kustomization in a folder; undefined if there is none, or it is not a map. */
  kustomization(dir: string): KustomizationFile | undefined {
    const file = this.kustomizationPath(dir);
    const root = file === undefined ? undefined : this.documents(file).at(0);
    return file !== undefined && root?.kind === "map" ? { dir, file, root } : undefined;
  }
}

/** The path of a file that a kustomization in `dir` references; undefined if it is not a relative path. */
export function resolvePath(dir: string, path: string): string | undefined {
  if (path === "" || path.startsWith("/") || path.includes("\0") || path.includes("\n") || path.includes("://")) {
    return undefined;
  }
  return posix.join(dir, path).replace(/(?<=.)\/$/, "");
}

/** The result of `work`; undefined if it throws: an unreadable file may cost a line number, but not the run. */
export function quietly<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
