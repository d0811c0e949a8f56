import { execFileSync } from "node:child_process";
import { temporaryFolder, writeFilesIn } from "../run.ts";

/** A fixed author, and no configuration from the machine. */
const env = {
  PATH: process.env.PATH ?? "",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_AUTHOR_NAME: "A",
  GIT_AUTHOR_EMAIL: "a@example.com",
  GIT_COMMITTER_NAME: "A",
  GIT_COMMITTER_EMAIL: "a@example.com",
};

/** Runs Git in a folder, and returns what it prints. */
export function git(cwd: string, args: readonly string[], input?: string): string {
  return execFileSync("git", args, {
    cwd,
    env,
    encoding: "utf8",
    ...(input !== undefined && { input }),
    stdio: "pipe",
  }).trim();
}

/** A new repository with a branch `main`. */
export function newRepository(): string {
  const folder = temporaryFolder();
  git(folder, ["init", "-q", "-b", "main"]);
  return folder;
}

/** Writes files and commits everything. @returns the id of the commit */
export function commit(folder: string, files: Readonly<Record<string, string | Buffer>>): string {
  writeFilesIn(folder, files);
  git(folder, ["add", "-A"]);
  git(folder, ["commit", "-q", "--allow-empty", "-m", "A change"]);
  return git(folder, ["rev-parse", "HEAD"]);
}

/** Commits a handmade tree, as input for `mktree`; `update-index` and checkouts would reject some of them. */
export function commitTree(folder: string, entries: readonly string[]): string {
  const tree = git(folder, ["mktree", "--missing"], entries.map((entry) => `${entry}\n`).join(""));
  return git(folder, ["commit-tree", tree, "-m", "By hand"]);
}

/** Stores a blob with this content. @returns its id */
export function blob(folder: string, content: string): string {
  return git(folder, ["hash-object", "-w", "--stdin"], content);
}
