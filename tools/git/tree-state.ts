import { basename, dirname, join } from "node:path";
import { UserError } from "../core/errors.ts";
import { handled } from "../core/handled.ts";
import { readBytes, tryKindOf } from "../system/disk.ts";
import { digest, stampAt } from "../system/snapshot.ts";
import { conversionIn } from "./conversion.ts";
import { gitFolder } from "./folder.ts";
import { git, largestListing } from "./git.ts";
import { type Different, differentFiles } from "./raw.ts";

/** What Git sees of a working tree. Paths are below its top. */
export interface TreeState {
  /** The top folder, by its real path. */
  readonly root: string;
  /** When Git was asked, in milliseconds since 1970. */
  readonly at: number;
  /**
   * Digest of the index: which files are tracked, and what their metadata was when Git learnt their content. Empty where it is
   * not known, or was written while Git was asked.
   */
  readonly index: string;
  /** Files that hold something else than the index says. */
  readonly modified: readonly string[];
  /** Tracked files that are not there any more, or are something else, and folders that went with them. */
  readonly gone: readonly string[];
  /** What is not tracked, ignored or not; folders stand for all that is in them. */
  readonly untracked: readonly string[];
  readonly links: readonly string[];
  /** Where Git does not look: it was told to take a file as unchanged or not to have it; submodules. */
  readonly blind: readonly string[];
  /** Files that say how Git makes files of what is committed. */
  readonly attributes: readonly string[];
  /** One text for all that says so; undefined where a program does it, and where it was not asked for. */
  readonly conversion?: string | undefined;
  /** How the files that Git tracks differ from a commit. */
  readonly compared?: Comparison | undefined;
  /** How they differ from the commit that they were compared with when the index was another one. */
  readonly again?: Comparison | undefined;
}

/** What is not the same in a commit and in a working tree: see `Changes`. */
export interface Comparison {
  readonly commit: string;
  /** Files that hold something else. */
  readonly contents: readonly string[];
  /** What only one side has, or is something else there. */
  readonly paths: readonly string[];
  /** Folders that hold other names. */
  readonly folders: readonly string[];
}

/** What else is asked, so that what Git sees can be held against what it saw with another index. */
export interface Comparing {
  /** The commit to compare with. */
  readonly commit: string;
  /** @throws UserError where there is no such commit */
  readonly compare: (commit: string) => Promise<Comparison>;
}

/**
 * Asks Git, which looks at all files in a fraction of the time that Node takes, and beside it.
 * https://git-scm.com/docs/git-diff https://git-scm.com/docs/git-ls-files
 *
 * @param known what it saw before: with the same index the same files are links
 * @param comparing how what it sees is to be compared with a commit
 * @param files asks which differ from the index
 */
export async function treeState(
  root: string,
  known: () => TreeState | undefined,
  comparing?: Comparing,
  files = () => differentFiles(root),
): Promise<TreeState> {
  const ask = async (...words: string[]) =>
    (await git(words, { cwd: root, maxOutput: largestListing })).toString("utf8");
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

/** Git heeds such a file wherever it is. */
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

/** Folders stand for all that is in them. */
function untrackedIn(listing: string): string[] {
  return wordsOf(listing).map((path) => path.replace(/\/$/, ""));
}

function wordsOf(text: string): string[] {
  return text.split("\0").slice(0, -1);
}

/** A file that is still a file keeps its place in its folder. */
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

/** `H 100644 3f2a… 0\tpath` each; a small letter, or an S: Git was told not to look. */
const special = /^(?:(?<blind>[a-zS] |. 160000)|(?<link>. 120000))|(?<attributes>[\t/]\.gitattributes$)/;

function specialIn(listing: string): Pick<TreeState, "links" | "blind" | "attributes"> {
  const [links, blind, attributes]: [string[], string[], string[]] = [[], [], []];
  for (const line of wordsOf(listing)) {
    const { groups } = special.exec(line) ?? {};
    if (groups === undefined) continue;
    const list = groups.blind !== undefined ? blind : groups.link !== undefined ? links : attributes;
    list.push(line.slice(line.indexOf("\t") + 1));
  }
  return { links, blind, attributes };
}
