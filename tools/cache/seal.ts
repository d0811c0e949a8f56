import type { Json } from "../core/json.ts";
import { once } from "../core/once.ts";
import { parentOf } from "../git/folder.ts";
import type { Comparison, TreeState } from "../git/tree-state.ts";
import { isThere } from "../system/disk.ts";
import { readStored, writeStored } from "../system/store.ts";
import type { Differences } from "./footprint.ts";
import { type Pack, type Packed, unpacked } from "./pack.ts";
import { signed, verified } from "./signed.ts";

/** Of a part of the memory, what held when Git had looked at the working tree. */
export interface SealedPart {
  /** Outcomes, each with the name of the whole where that is large: as they are stored. */
  readonly outcomes: Readonly<Record<string, readonly [value: Json, whole?: string]>>;
  /** What they depend on in the repository: a `Footprint`, as it is written. */
  readonly near: string;
  /** What they depend on elsewhere, and what Git does not track: outcomes have no part in it. */
  readonly far: Packed;
  /** Folders in which no repository begins. Git does not say so of one that holds files of another. */
  readonly plain: readonly string[];
}

interface Content {
  readonly tree: TreeState;
  /** By the names of the parts, which are digests of them. */
  readonly parts: Readonly<Record<string, SealedPart>>;
}

const version = "gitops-seal-2";

/** Paths that Git knows nothing of, above which little would be gained. */
const most = 5000;

/**
 * Says of parts of the memory that what is in them held, and what Git saw then: where it sees the same again, they need not be
 * read, nor their files looked at. It lies beside the memory, which knows nothing of it.
 */
export class Seal {
  readonly #file: string;
  readonly #content: Content | undefined;
  readonly #holds: (far: Pack) => boolean;
  readonly #plain = new Set<string>();

  /**
   * @param file of the memory
   * @param holds whether findings are as they were
   */
  constructor(file: string, holds: (far: Pack) => boolean) {
    this.#file = file.replace(/\.json$/, ".seal");
    this.#content = read(this.#file);
    this.#holds = holds;
  }

  /** What Git saw. */
  get tree(): TreeState | undefined {
    return this.#content?.tree;
  }

  part(name: string): SealedPart | undefined {
    const parts = this.#content?.parts ?? {};
    return Object.hasOwn(parts, name) ? parts[name] : undefined;
  }

  /** Whether all is as it was that Git knows nothing of; asked once of each part. */
  readonly holdsBeyond = once(
    ({ far, plain }: SealedPart): boolean =>
      this.#holds(unpacked(far)) && plain.every((folder) => this.#plain.has(folder) || this.#isPlain(folder)),
  );

  /** Whether no repository begins in a folder. Parts share most of theirs. */
  #isPlain(folder: string): boolean {
    if (isThere(`${this.tree?.root}/${folder}/.git`)) return false;
    this.#plain.add(folder);
    return true;
  }

  /** Finds that out of all parts: there is nothing else to do while Git is waited for. */
  lookBeyond(): void {
    for (const part of Object.values(this.#content?.parts ?? {})) this.holdsBeyond(part);
  }

  /** @param parts by their names; those that could not be sealed are left out */
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

/** Whether what Git sees can say anything of what it will see. */
export function isSealable({ index, modified, gone, untracked, links, blind }: TreeState): boolean {
  return index !== "" && [modified, gone, untracked, links, blind].flat().length <= most;
}

function isFew({ contents, paths, folders }: Comparison): boolean {
  return contents.length + paths.length + folders.length <= most;
}

/** What may not be as it was; undefined where that may be anything. Git looks at links, not at where they lead. */
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

/** By the metadata of an index. */
function sinceIndex(...both: readonly TreeState[]): Required<Differences> {
  const gone = both.flatMap((tree) => tree.gone);
  return { paths: gone, contents: both.flatMap(({ modified }) => modified), folders: gone.map(parentOf) };
}

/** By a commit, with which both were compared: what is as it is in there on either side is the same. */
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
