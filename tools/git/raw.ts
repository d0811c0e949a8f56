import { git, largestListing } from "./git.ts";

/** A file that differs, as reported by Git. https://git-scm.com/docs/git-diff-index#_raw_output_format */
export interface Different {
  /** Relative to the top. */
  readonly path: string;
  /** Whether it is a regular file on both sides, with different content. */
  readonly isModified: boolean;
}

const options = ["--raw", "-z", "--no-renames", "--no-abbrev", "--no-ext-diff", "--ignore-submodules=all"];

/**
 * The files that differ from the index: Git checks each, and reads those whose metadata differs.
 * https://git-scm.com/docs/git-diff
 */
export async function differentFiles(root: string): Promise<Different[]> {
  return differentIn(await git(["diff", ...options, "--"], { cwd: root, maxOutput: largestListing }));
}

/**
 * The entries of the index that differ from a commit; Git skips whole folders that are the same.
 *
 * @throws UserError if there is no such commit
 */
export async function differentEntries(root: string, commit: string): Promise<Different[]> {
  const asked = ["diff-index", "--cached", ...options, commit, "--"];
  return differentIn(await git(asked, { cwd: root, maxOutput: largestListing }));
}

/** `:100644 100644 3f2a… 0000… M`, followed by a NUL and the path. */
const change = /^:(\d{6}) (\d{6}) [0-9a-f]+ [0-9a-f]+ ([A-Z])/;

function differentIn(diff: Buffer): Different[] {
  const found: Different[] = [];
  const texts = diff.toString("utf8").split("\0");
  for (let at = 0; at + 1 < texts.length; at += 2) {
    const [, before, after, status] = change.exec(texts[at] ?? "") ?? [];
    const isModified = status === "M" && before !== "120000" && after !== "120000";
    found.push({ path: texts[at + 1] as string, isModified });
  }
  return found;
}
