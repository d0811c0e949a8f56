import type { Json } from "../core/json.ts";
import { once } from "../core/once.ts";
import { parentOf } from "../git/folder.ts";
import type { Comparison, TreeState } from "../git/tree-state.ts";
import { isThere } from "../system/disk.ts";
import { readStored, writeStored } from "../system/store.ts";
import type { Differences } from "./dependency-hashes.ts";
import { type Pack, type Packed, unpacked } from "./pack.ts";
import { signed, verified } from "./signed.ts";

/** What was valid in a part of the cache when Git reported the state of the working tree. */
export interface SealedPart {
  /** Outcomes as stored; a large one with the name of the whole. */
  readonly outcomes: Readonly<Record<string, readonly [value: Json, whole?: string]>>;
  /** Their dependencies in the repository: serialized `DependencyHashes`. */
  readonly near: string;
  /** Their dependencies outside the repository, and on files that Git does not track; a pack without real outcomes. */
  readonly far: Packed;
  /**
   * Folders that are not the top of a repository. Git would not report a nested repository in a folder with tracked
   * files.
   */
  readonly plain: readonly string[];
}

interface Content {
  readonly tree: TreeState;
  /** By the names of the parts, which are their digests. */
  readonly parts: Readonly<Record<string, SealedPart>>;
}

const version = "gitops-seal-2";

/** Maximum number of paths to compare without Git; with more, little time would be saved. */
const most = 5000;

/**
 * Records that parts of the cache were valid, and what Git reported then: if Git reports the same again, neither the
 * parts nor the files need to be read. It is stored next to the cache, which does not depend on it.
 */
export class Seal {
  readonly #file: string;
  readonly #content: Content | undefined;
  readonly #holds: (far: Pack) => boolean;
  readonly #plain = new Set<string>();

  /**
   * @param file the cache file
   * @param holds whether findings are still valid
   */
  constructor(file: string, holds: (far: Pack) => boolean) {
    this.#file = file.replace(/\.json$/, ".seal");
    this.#content = read(this.#file);
    this.#holds = holds;
  }

  /** What Git reported. */
  get tree(): TreeState | undefined {
    return this.#content?.tree;
  }

  part(name: string): SealedPart | undefined {
    const parts = this.#content?.parts ?? {};
    return Object.hasOwn(parts, name) ? parts[name] : undefined;
  }

  /** Whether everything that Git does not track is unchanged; checked once for each part. */
  readonly holdsBeyond = once(
    ({ far, plain }: SealedPart): boolean =>
      this.#holds(unpacked(far)) && plain.every((folder) => this.#plain.has(folder) || this.#isPlain(folder)),
  );

  /** Whether a folder is not the top of a repository. Parts share most of their folders. */
  #isPlain(folder: string): boolean {
    if (isThere(`${this.tree?.root}/${folder}/.git`)) return false;
    this.#plain.add(folder);
    return true;
  }

  /** Checks all parts in advance, while waiting for Git. */
  lookBeyond(): void {
    for (const part of Object.values(this.#content?.parts ?? {})) this.holdsBeyond(part);
  }

  /** Writes the seal. @param parts by their names; those that could not be sealed are left out */
  write({ again: _, compared, ...tree }: TreeState, parts: ReadonlyMap<string, SealedPart | undefined>): void {
    const content = {
      tree: { ...tree, ...(compared && isFew(compared) && { compared }) },
      parts: Object.fromEntries(parts),
    };
    // JSON leaves out what is undefined.
    writeStored(this.#file, signed(version, JSON.stringify(content)).text);
  }
}

function read(file: string): Content | undefined {
  const found = verified(version, readStored(file));
  return found && (JSON.parse(found.body) as Content);
}

/** Whether a state of the working tree is worth recording for later comparison. */
export function isSealable({ index, modified, gone, untracked, links, blind }: TreeState): boolean {
  return index !== "" && [modified, gone, untracked, links, blind].flat().length <= most;
}

function isFew({ contents, paths, folders }: Comparison): boolean {
  return contents.length + paths.length + folders.length <= most;
}

/**
 * What may have changed between two states; undefined if anything may. Git does not follow links, so these always
 * count.
 */
export function differences(was: TreeState, is: TreeState): Differences | undefined {
  if (is.index === "" || was.root !== is.root) return undefined;
  const tracked = was.index === is.index ? sinceIndex(was, is) : sinceCommit(was, is);
  if (tracked === undefined) return undefined;
  const moved = [...symmetric(was.untracked, is.untracked), ...was.blind, ...is.blind];
  return {
    paths: new Set([...tracked.paths, ...moved, ...was.links, ...is.links]),
    contents: new Set(tracked.contents),
    folders: new Set([...tracked.folders, ...moved.map(parentOf)]),
  };
}

/** The tracked differences of two states with the same index. */
function sinceIndex(...both: readonly TreeState[]): Required<Differences> {
  const gone = both.flatMap((tree) => tree.gone);
  return { paths: gone, contents: both.flatMap(({ modified }) => modified), folders: gone.map(parentOf) };
}

/**
 * The tracked differences of two states that were compared with the same commit: what equals the commit in both is
 * unchanged.
 */
function sinceCommit(
  { compared: was, conversion }: TreeState,
  { again: is, conversion: now }: TreeState,
): Required<Differences> | undefined {
  if (was === undefined || was.commit !== is?.commit || conversion === undefined || conversion !== now)
    return undefined;
  const both = [was, is];
  return {
    paths: both.flatMap(({ paths }) => paths),
    contents: both.flatMap(({ contents }) => contents),
    folders: both.flatMap(({ folders }) => folders),
  };
}

function symmetric(one: readonly string[], other: readonly string[]): string[] {
  const [a, b] = [new Set(one), new Set(other)];
  return [...one.filter((path) => !b.has(path)), ...other.filter((path) => !a.has(path))];
}
