import { join } from "node:path";
import { UserError } from "../core/errors.ts";
import { realPath, tryKindOf } from "../system/disk.ts";
import { type TreeEntry, writeTree } from "../system/tree.ts";
import { git, lineOf } from "./git.ts";
import type { Revision } from "./revision.ts";

/** A blob in a commit. */
export interface Blob {
  readonly path: string;
  readonly id: string;
  /** Bytes. */
  readonly size: number;
  readonly isLink: boolean;
}

const megabyte = 1024 * 1024;

/** In bytes. Larger files are left out: no kustomization reads them. */
export const largestFile = 32 * megabyte;
/** In bytes; a thousand times the size of a typical repository of manifests. */
const largestTree = 2048 * megabyte;
/** Bytes that are requested from Git at a time. */
const batch = 64 * megabyte;

/**
 * Writes the files of a commit into an empty folder. Those of a submodule come from its own repository: they are left out
 * if it is not checked out, or does not have the commit.
 */
export async function checkOut(revision: Revision, folder: string): Promise<void> {
  const { blobs, submodules } = await entriesOf(revision);
  await writeBlobs(blobs, revision, folder);
  for (const { path, commit } of submodules) {
    const root = join(revision.root, path);
    if (await hasCommit(root, commit)) await checkOut({ ref: revision.ref, commit, root }, join(folder, path));
  }
}

/** Whether a folder is the top of a repository that has a commit. */
async function hasCommit(root: string, commit: string): Promise<boolean> {
  if (tryKindOf(join(root, ".git")) === undefined || realPath(root) !== root) return false;
  return (await lineOf(["cat-file", "-t", commit], { cwd: root })) === "commit";
}

/** Writes blobs of a commit into a folder. @throws UserError if their total size exceeds the limit */
export async function writeBlobs(blobs: readonly Blob[], revision: Revision, folder: string): Promise<void> {
  const total = blobs.reduce((sum, { size }) => sum + size, 0);
  if (total > largestTree)
    throw new UserError(
      `${revision.ref} contains ${Math.round(total / megabyte)} MiB of files, which is too large to compare`,
    );
  const entries: TreeEntry[] = [];
  for (const some of batches(blobs)) entries.push(...(await contentsOf(some, revision)));
  writeTree(folder, entries);
}

/** `100644 blob 3f2a…   1234\tpath`, terminated by a NUL. */
const line = /^(\d{6}) (blob|commit) ([0-9a-f]+) +(\d+|-)\t(.+)$/s;

/** The files and the submodules of a commit. */
async function entriesOf({ commit, root }: Revision) {
  const listing = await git(["ls-tree", "-r", "-l", "-z", "--full-tree", commit], { cwd: root });
  const blobs: Blob[] = [];
  const submodules: { path: string; commit: string }[] = [];
  for (const text of listing.toString("utf8").split("\0")) {
    const [, mode, type, id = "", size, path = ""] = line.exec(text) ?? [];
    if (!isPlain(path)) continue;
    if (type === "commit") submodules.push({ path, commit: id });
    else if (Number(size) <= largestFile) blobs.push({ path, id, size: Number(size), isLink: mode === "120000" });
  }
  return { blobs, submodules };
}

/** Whether a path is safe to write: no names that Git forbids, such as `..`, and valid UTF-8 (no U+FFFD). */
export function isPlain(path: string): boolean {
  if (path.includes("\uFFFD") || path.includes("\\")) return false;
  return path.split("/").every((part) => part !== "" && part !== "." && part !== ".." && part.toLowerCase() !== ".git");
}

function* batches(blobs: readonly Blob[]): Generator<Blob[]> {
  let some: Blob[] = [];
  let size = 0;
  for (const blob of blobs) {
    if (size + blob.size > batch && some.length > 0) {
      yield some;
      [some, size] = [[], 0];
    }
    some.push(blob);
    size += blob.size;
  }
  if (some.length > 0) yield some;
}

/** `git cat-file --batch` prints `id type size`, a line feed, the content, and a line feed for each id. */
async function contentsOf(blobs: readonly Blob[], { root, ref }: Revision): Promise<TreeEntry[]> {
  const input = blobs.map(({ id }) => `${id}\n`).join("");
  const out = await git(["cat-file", "--batch"], { cwd: root, input, maxOutput: 2 * batch + 128 * blobs.length });
  let position = 0;
  return blobs.map(({ path, id, size, isLink }) => {
    const end = out.indexOf(0x0a, position);
    if (out.toString("latin1", position, end) !== `${id} blob ${size}`)
      throw new UserError(`${path} at ${ref} is not in this clone: fetch it with git fetch --refetch`);
    position = end + 1 + size + 1;
    return { path, content: out.subarray(end + 1, end + 1 + size), isLink };
  });
}
