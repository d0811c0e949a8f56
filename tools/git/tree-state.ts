import { basename, dirname, join } from "node:path";
import { UserError } from "../core/errors.ts";
import { handled } from "../core/handled.ts";
import { readBytes, tryKindOf } from "../system/disk.ts";
import { digest, stampAt } from "../system/snapshot.ts";
import { conversionIn } from "./conversion.ts";
import { gitFolder } from "./folder.ts";
import { git, largestListing } from "./git.ts";
import { type Different, differentFiles } from "./raw.ts";

/** The state of a working tree, as reported by Git. Paths are relative to its top. */
export interface TreeState {
  /** The top folder, by its real path. */
  readonly root: string;
  /** When Git was started, in milliseconds since 1970. */
  readonly at: number;
  /**
   * Digest of the index: the tracked files, and their metadata when Git last read their content. Empty if it is
   * unknown, or was written while Git ran.
   */
  readonly index: string;
  /** Files whose content differs from the index. */
  readonly modified: readonly string[];
  /** Tracked files that no longer exist or are no longer files, and folders that disappeared with them. */
  readonly gone: readonly string[];
  /** Untracked paths, ignored or not. A folder stands for all its content. */
  readonly untracked: readonly string[];
  readonly links: readonly string[];
  /** Paths that Git does not check: files marked assume-unchanged or skip-worktree, and submodules. */
  readonly blind: readonly string[];
  /** The .gitattributes files, which determine how Git converts blobs to files. */
  readonly attributes: readonly string[];
  /** See `conversionIn`; undefined also if no comparison was requested. */
  readonly conversion?: string | undefined;
  /** The differences between the tracked files and a commit. */
  readonly compared?: Comparison | undefined;
  /** The differences from the commit that the previous state was compared with, if the index has changed since. */
  readonly again?: Comparison | undefined;
}

/** The differences between a commit and a working tree; see `Changes`. */
export interface Comparison {
  readonly commit: string;
  /** Files with different content. */
  readonly contents: readonly string[];
  /** Paths that only one side has, or that differ in kind. */
  readonly paths: readonly string[];
  /** Folders that list different names. */
  readonly folders: readonly string[];
}

/** A comparison to add, so that the state can be compared with an earlier one that has a different index. */
interface Comparing {
  /** The commit to compare with. */
  readonly commit: string;
  /** @throws UserError if there is no such commit */
  readonly compare: (commit: string) => Promise<Comparison>;
}

/**
 * Finds the state of a working tree with Git, which checks all files much faster than Node could, and in parallel to
 * it. https://git-scm.com/docs/git-diff https://git-scm.com/docs/git-ls-files
 *
 * @param known the previous state: if the index is unchanged, its list of links is still valid
 * @param comparing the commit to compare the state with, and how
 * @param files finds the files that differ from the index
 */
export async function treeState(
  root: string,
  known: () => TreeState | undefined,
  comparing?: Comparing,
  files = () => differentFiles(root),
): Promise<TreeState> {
  const ask = async (...args: string[]) => (await git(args, { cwd: root, maxOutput: largestListing })).toString("utf8");
  const [at, path] = [Date.now(), indexOf(root)];
  const before = path && stampAt(path);
  const asked = handled(Promise.all([files(), ask("ls-files", "-z", "--others", "--directory").then(untrackedIn)]));
  const compared = comparing && handled(comparing.compare(comparing.commit));
  const digestOfIndex = path === undefined ? "" : digest(readBytes(path, largestListing));
  const last = known();
  const isKnown = digestOfIndex !== "" && last?.root === root && last.index === digestOfIndex;
  const again = isKnown || last?.compared === undefined ? undefined : comparing?.compare(last.compared.commit);
  const listed = handled(isKnown ? Promise.resolve(last) : ask("ls-files", "-z", "-s", "-v").then(specialIn));
  const attributes = async () => [...(await listed).attributes, ...(await asked)[1].filter(isOfAttributes)];
  const [[changed, untracked], special, conversion, ...comparisons] = await Promise.all([
    asked,
    listed,
    comparing && conversionIn(root, attributes),
    compared?.catch(noCommit),
    again?.catch(noCommit),
  ]);
  const isSteady = path !== undefined && `${stampAt(path)}` === `${before}`;
  return {
    root,
    at,
    index: isSteady ? digestOfIndex : "",
    ...changedIn(changed, root),
    untracked,
    links: special.links,
    blind: special.blind,
    attributes: special.attributes,
    conversion,
    compared: comparisons[0],
    again: comparisons[1],
  };
}

/** Git reads such files in every folder. */
function isOfAttributes(path: string): boolean {
  return basename(path) === ".gitattributes";
}

function noCommit(error: unknown): undefined {
  if (!(error instanceof UserError)) throw error;
}

function indexOf(root: string): string | undefined {
  const folder = gitFolder(root);
  const path = folder && join(folder, "index");
  return path !== undefined && tryKindOf(path) === "file" ? path : undefined;
}

/** Paths from a listing, without the slash at the end of folders. */
function untrackedIn(listing: string): string[] {
  return recordsIn(listing).map((path) => path.replace(/\/$/, ""));
}

function recordsIn(text: string): string[] {
  return text.split("\0").slice(0, -1);
}

/** A modified file changes no names in its folder; the others count as gone. */
function changedIn(files: readonly Different[], root: string): Pick<TreeState, "modified" | "gone"> {
  const modified = files.flatMap(({ path, isModified }) => (isModified ? [path] : []));
  const gone = new Set<string>();
  for (const { path, isModified } of files)
    if (!isModified) for (const one of [path, ...foldersGone(path, root)]) gone.add(one);
  return { modified, gone: [...gone] };
}

function* foldersGone(path: string, root: string): Generator<string> {
  for (let folder = dirname(path); folder !== "."; folder = dirname(folder)) {
    if (tryKindOf(join(root, folder)) === "folder") return;
    yield folder;
  }
}

/** Matches `H 100644 3f2a… 0\tpath`. A lowercase tag means assume-unchanged, S means skip-worktree. */
const special = /^(?:(?<blind>[a-zS] |. 160000)|(?<link>. 120000))|(?<attributes>[\t/]\.gitattributes$)/;

function specialIn(listing: string): Pick<TreeState, "links" | "blind" | "attributes"> {
  const [links, blind, attributes]: [string[], string[], string[]] = [[], [], []];
  for (const line of recordsIn(listing)) {
    const { groups } = special.exec(line) ?? {};
    if (groups === undefined) continue;
    const list = groups.blind !== undefined ? blind : groups.link !== undefined ? links : attributes;
    list.push(line.slice(line.indexOf("\t") + 1));
  }
  return { links, blind, attributes };
}
