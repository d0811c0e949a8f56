import { dirname, join } from "node:path";
import { handled } from "../core/handled.ts";
import { readBytes, tryKindOf } from "../system/disk.ts";
import { digest, stampAt } from "../system/snapshot.ts";
import { gitFolder } from "./folder.ts";
import { git, largestListing } from "./git.ts";

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
  /** Files that have other metadata than the index says. */
  readonly modified: readonly string[];
  /** Tracked files that are not there any more, or are something else, and folders that went with them. */
  readonly gone: readonly string[];
  /** What is not tracked, ignored or not; folders stand for all that is in them. */
  readonly untracked: readonly string[];
  readonly links: readonly string[];
  /** Where Git does not look: it was told to take a file as unchanged or not to have it; submodules. */
  readonly blind: readonly string[];
}

/**
 * Asks Git, which looks at all files in a fraction of the time that Node takes, and beside it.
 * https://git-scm.com/docs/git-diff-files https://git-scm.com/docs/git-ls-files
 *
 * @param known what it saw before: with the same index the same files are links
 */
export async function treeState(root: string, known: () => TreeState | undefined): Promise<TreeState> {
  const ask = async (...words: string[]) =>
    (await git(words, { cwd: root, maxOutput: largestListing })).toString("utf8");
  const [at, path] = [Date.now(), indexOf(root)];
  const before = path && stampAt(path);
  const asked = handled(
    Promise.all([
      ask("diff-files", "--name-status", "-z", "--no-renames", "--ignore-submodules=all"),
      ask("ls-files", "-z", "--others", "--directory"),
    ]),
  );
  const digestOfIndex = path === undefined ? "" : digest(readBytes(path, largestListing));
  const last = known();
  const isKnown = digestOfIndex !== "" && last?.root === root && last.index === digestOfIndex;
  const [[changed, others], { links, blind }] = await Promise.all([
    asked,
    isKnown ? last : ask("ls-files", "-z", "-s", "-v").then(specialIn),
  ]);
  const isSteady = path !== undefined && `${stampAt(path)}` === `${before}`;
  return {
    root,
    at,
    index: isSteady ? digestOfIndex : "",
    ...changedIn(changed, root),
    untracked: wordsOf(others).map((path) => path.replace(/\/$/, "")),
    links,
    blind,
  };
}

function indexOf(root: string): string | undefined {
  const folder = gitFolder(root);
  const path = folder && join(folder, "index");
  return path !== undefined && tryKindOf(path) === "file" ? path : undefined;
}

function wordsOf(text: string): string[] {
  return text.split("\0").slice(0, -1);
}

/** `M`, and behind a NUL the path, and so on. A file that is still a file keeps its place in its folder. */
function changedIn(text: string, root: string): Pick<TreeState, "modified" | "gone"> {
  const modified: string[] = [];
  const gone = new Set<string>();
  const words = wordsOf(text);
  for (let at = 0; at + 1 < words.length; at += 2) {
    const path = words[at + 1] as string;
    if (words[at] === "M") modified.push(path);
    else for (const one of [path, ...foldersGone(path, root)]) gone.add(one);
  }
  return { modified, gone: [...gone] };
}

function* foldersGone(path: string, root: string): Generator<string> {
  for (let folder = dirname(path); folder !== "."; folder = dirname(folder)) {
    if (tryKindOf(join(root, folder)) === "folder") return;
    yield folder;
  }
}

/** `H 100644 3f2a… 0\tpath` each; a small letter, or an S: Git was told not to look. */
const special = /^(?:([a-zS] |. 160000)|. 120000)/;

function specialIn(listing: string): Pick<TreeState, "links" | "blind"> {
  const [links, blind]: [string[], string[]] = [[], []];
  for (const line of wordsOf(listing)) {
    const found = special.exec(line);
    if (found !== null) (found[1] === undefined ? links : blind).push(line.slice(line.indexOf("\t") + 1));
  }
  return { links, blind };
}
