import * as fs from "node:fs";
import { basename, dirname, join } from "node:path";

/** A file of the cache. */
export interface StoredFile {
  readonly path: string;
  /** Bytes. */
  readonly size: number;
  /** When it was last used, in milliseconds since 1970. */
  readonly used: number;
}

/** The names of stored files and of leftovers from interrupted writes. Other files in the folder are not ours. */
const ours = /^(?:[\w-]{22}\.(?:json|pack|seal)(?:\.[\w-]{22})?|\.[\w-]{22}\.(?:json|pack|seal)\..*\.tmp)$/;

/** The stored files of a folder, most recently used first; none if there is no such folder. */
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

/** Removes the least recently used files until at most `most` bytes remain, and leftovers from interrupted writes. */
export function trim(folder: string, most: number): void {
  let size = 0;
  for (const { path, size: own, used } of storedFiles(folder)) {
    size += own;
    if (size > most || (path.endsWith(".tmp") && used < Date.now() - hour)) discard(path);
  }
}

/** Removes a file. @returns whether it is gone; another process may have removed it */
export function discard(path: string): boolean {
  return quietly(() => fs.rmSync(path, { force: true, recursive: true })) !== null;
}

/**
 * Appends lines in one write, so that the lines of concurrent runs do not mix.
 *
 * @returns the new size of the file in bytes; undefined if it could not be written
 */
export function appendLines(path: string, lines: readonly string[]): number | undefined {
  return (
    quietly(() => {
      fs.mkdirSync(dirname(path), { recursive: true });
      // A killed run may have left an unterminated line, which must not corrupt the first of these.
      fs.appendFileSync(path, `\n${lines.join("\n")}\n`);
      return fs.statSync(path).size;
    }) ?? undefined
  );
}

/** The non-empty lines of a file; none if there is no file. */
export function readLines(path: string): string[] {
  const text = quietly(() => fs.readFileSync(path, "utf8")) ?? "";
  return text.split("\n").filter((line) => line !== "");
}

/** Replaces a file atomically. @returns whether that succeeded */
export function writeStored(path: string, content: string | Uint8Array): boolean {
  const temporary = join(dirname(path), `.${basename(path)}.${crypto.randomUUID()}.tmp`);
  const isWritten = quietly(() => {
    fs.mkdirSync(dirname(path), { recursive: true });
    fs.writeFileSync(temporary, content, { flag: "wx" });
    fs.renameSync(temporary, path);
    return true;
  });
  if (isWritten === null) discard(temporary);
  return isWritten ?? false;
}

/** Reads a file and marks it as used; undefined if there is no file. */
export function readStored(path: string): Buffer | undefined {
  const bytes = quietly(() => fs.readFileSync(path)) ?? undefined;
  if (bytes !== undefined) markUsed(path);
  return bytes;
}

/** When a file was last written or used, in milliseconds since 1970; 0 if it does not exist. */
export function lastUse(path: string): number {
  return quietly(() => fs.statSync(path).mtimeMs) ?? 0;
}

/** Marks a file as used now. */
export function markUsed(path: string): void {
  const now = new Date();
  quietly(() => fs.utimesSync(path, now, now));
}

/** Whether files can be created in a folder, which is created if necessary. */
export function isWritable(folder: string): boolean {
  if (quietly(() => fs.mkdirSync(folder, { recursive: true })) === null) return false;
  return quietly(() => fs.accessSync(folder, fs.constants.W_OK)) !== null;
}

/** Null on errors: a cache must never stop a run. */
export function quietly<T>(work: () => T): T | null {
  try {
    return work();
  } catch {
    return null;
  }
}
