import { posix } from "node:path";
import { Recent } from "../core/recent.ts";
import { Positions } from "../parse/position.ts";
import { replayed } from "../system/observe.ts";
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

/** Of a file: its text, and what was made of it. */
interface Source {
  /** Tells whoever observes that it was read, each time. */
  readonly text: () => string | undefined;
  documents?: Documents;
  positions?: Positions;
}

/** Files that are kept: those of bases and components that many targets share are among those used last. */
const most = 1000;

/** The files of a run, read and parsed once while they are in use. */
export class SourceFiles {
  readonly #read: Read;
  readonly #sources = new Recent<string, Source>(most);
  readonly #embedded = new WeakMap<ScalarNode, (Node | undefined)[]>();

  constructor(read: Read) {
    this.#read = read;
  }

  text(path: string): string | undefined {
    return this.#at(path).text();
  }

  /** The documents of a YAML or JSON file; empty when it cannot be read. */
  documents(path: string): Documents {
    const source = this.#at(path);
    const text = source.text() ?? "";
    source.documents ??= new Documents({ file: path, text });
    return source.documents;
  }

  /** The places of a file of manifests, which nothing transforms: cheaper than its documents. */
  positions(path: string): Positions {
    const source = this.#at(path);
    const text = source.text() ?? "";
    source.positions ??= new Positions(text);
    return source.positions;
  }

  /** The documents in a string of a YAML file: a patch written inline. */
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
