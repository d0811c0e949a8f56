import { git, largestListing } from "./git.ts";

/** One file that differs, as Git tells it. https://git-scm.com/docs/git-diff-index#_raw_output_format */
export interface Different {
  /** Below the top. */
  readonly path: string;
  /** It is a file on both sides, and no link, and holds something else. */
  readonly isModified: boolean;
}

const words = ["--raw", "-z", "--no-renames", "--no-abbrev", "--no-ext-diff", "--ignore-submodules=all"];

/** How files differ from the index: Git looks at each, and reads those of other metadata. https://git-scm.com/docs/git-diff */
export async function differentFiles(root: string): Promise<Different[]> {
  return differentIn(await git(["diff", ...words, "--"], { cwd: root, maxOutput: largestListing }));
}

/**
 * How the index differs from a commit: of what is the same, Git looks at little.
 *
 * @throws UserError where there is no such commit
 */
export async function differentEntries(root: string, commit: string): Promise<Different[]> {
  const asked = ["diff-index", "--cached", ...words, commit, "--"];
  return differentIn(await git(asked, { cwd: root, maxOutput: largestListing }));
}

/** `:100644 100644 3f2a… 0000… M`, and behind a NUL the path. */
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
