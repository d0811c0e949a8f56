import * as fs from "node:fs";
import { basename, dirname, join } from "node:path";

/** A file that may be thrown away. */
export interface StoredFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** When it was last used, in milliseconds since 1970. */
  readonly used: number;
}

/** How stored files are named, and what an interrupted write leaves behind: whatever else is in the folder is somebody else's. */
const ours = /^(?:[\w-]{22}\.(?:json|pack|seal)(?:\.[\w-]{22})?|\.[\w-]{22}\.(?:json|pack|seal)\..*\.tmp)$/;

/** The stored files of a folder, those used last first; none where there is no such folder. */
export function storedFiles(folder: string): StoredFile[] {
  const files = quietly(() => fs.readdirSync(folder, { withFileTypes: true })) ?? [];
  return files
    .flatMap((file): StoredFile[] => {
      const path = join(folder, file.name);
      const stat = file.isFile() && ours.test(file.name) ? quietly(() => fs.statSync(path)) : null;
      return stat === null ? [] : [{ path, size: stat.size, used: stat.mtimeMs }];
    })
    .sort((a, b) => b.used - a.used);
}

const hour = 3_600_000;

/** Removes what was not used for longest until no more than so many bytes are left, and what interrupted writes left behind. */
export function trim(folder: string, most: number): void {
  let size = 0;
  for (const { path, size: own, used } of storedFiles(folder)) {
    size += own;
    if (size > most || (path.endsWith(".tmp") && used < Date.now() - hour)) discard(path);
  }
}

/** Whether it is gone. Another process may have been faster. */
export function discard(path: string): boolean {
  return quietly(() => fs.rmSync(path, { force: true, recursive: true })) !== null;
}

/**
 * Appends whole lines at once, so that runs at the same time do not mix theirs.
 *
 * @returns the size of the file in bytes; undefined where it could not be written
 */
export function appendLines(path: string, lines: readonly string[]): number | undefined {
  return (
    quietly(() => {
      fs.mkdirSync(dirname(path), { recursive: true });
      // What another run was killed at has no end: it must not spoil the first of these.
      fs.appendFileSync(path, `\n${lines.join("\n")}\n`);
      return fs.statSync(path).size;
    }) ?? undefined
  );
}

/** None where there is no file. */
export function readLines(path: string): string[] {
  const text = quietly(() => fs.readFileSync(path, "utf8")) ?? "";
  return text.split("\n").filter((line) => line !== "");
}

/** Replaces a file as a whole. @returns whether it could */
export function writeStored(path: string, text: string): boolean {
  const temporary = join(dirname(path), `.${basename(path)}.${crypto.randomUUID()}.tmp`);
  const isWritten = quietly(() => {
    fs.mkdirSync(dirname(path), { recursive: true });
    fs.writeFileSync(temporary, text, { flag: "wx" });
    fs.renameSync(temporary, path);
    return true;
  });
  if (isWritten === null) discard(temporary);
  return isWritten ?? false;
}

/** Undefined where there is no file. What is read counts as used. */
export function readStored(path: string): Buffer | undefined {
  const bytes = quietly(() => fs.readFileSync(path)) ?? undefined;
  if (bytes !== undefined) markUsed(path);
  return bytes;
}

/** When a file was last written or used, in milliseconds since 1970; 0 where there is none. */
export function lastUse(path: string): number {
  return quietly(() => fs.statSync(path).mtimeMs) ?? 0;
}

/** Marks a file as used now. */
export function markUsed(path: string): void {
  const now = new Date();
  quietly(() => fs.utimesSync(path, now, now));
}

/** Whether files can be made in a folder, or in the one that it will be made in. */
export function isWritable(folder: string): boolean {
  if (quietly(() => fs.mkdirSync(folder, { recursive: true })) === null) return false;
  return quietly(() => fs.accessSync(folder, fs.constants.W_OK)) !== null;
}

/** Null where it fails: what is only kept for speed must never stop a run. */
function quietly<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}
