import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { UserError } from "../core/errors.ts";
import { aspects, note } from "./observe.ts";

/** What stands at a path, symbolic links followed; undefined when there is nothing (or a link to nothing). */
export type PathKind = "file" | "folder" | "other";

/** One entry of a folder. `link`: it is a symbolic link, and `kind` says what it leads to. */
export interface Entry {
  readonly name: string;
  readonly kind: PathKind | undefined;
  readonly link: boolean;
}

/** A file to write. Text is written as UTF-8. */
export interface OutputFile {
  readonly path: string;
  readonly content: string | Uint8Array;
}

/** A file that is larger than a reader accepts. */
export class TooLarge extends Error {
  override readonly name = "TooLarge";
  /** Bytes. */
  readonly size: number;
  constructor(path: string, size: number) {
    super(`${path} has ${size} bytes`);
    this.size = size;
  }
}

export function kindOf(path: string): PathKind | undefined {
  note(path, aspects.kind);
  const stat = fs.statSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  return statKind(stat);
}

function statKind(stat: fs.Stats | fs.Dirent): PathKind {
  if (stat.isFile()) return "file";
  return stat.isDirectory() ? "folder" : "other";
}

/** As {@link kindOf}, for a path that may lead through a file, a loop of links or a closed folder: all are nothing. */
export function tryKindOf(path: string): PathKind | undefined {
  try {
    return kindOf(path);
  } catch {
    return undefined;
  }
}

/** Whether anything is there, which is asked in half the time of what it is. */
export function isThere(path: string): boolean {
  note(path, aspects.kind);
  return fs.existsSync(path);
}

/** The path with all symbolic links resolved; undefined when it leads nowhere. */
export function realPath(path: string): string | undefined {
  note(path, aspects.kind | aspects.place);
  try {
    return fs.realpathSync(path);
  } catch {
    return undefined;
  }
}

/**
 * The bytes of a file.
 *
 * @param maximum bytes; a file above it is not read.
 * @throws TooLarge; UserError when it cannot be read.
 */
export function readBytes(path: string, maximum: number): Buffer {
  note(path, aspects.kind | aspects.content);
  return reading(path, () => {
    const [descriptor, size] = openFile(path);
    try {
      if (size > maximum) throw new TooLarge(path, size);
      return fs.readFileSync(descriptor);
    } finally {
      fs.closeSync(descriptor);
    }
  });
}

/** A descriptor and the size. A pipe that nobody writes to would be waited for until there is somebody. */
function openFile(path: string): [descriptor: number, size: number] {
  const descriptor = fs.openSync(path, fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0));
  const stat = fs.fstatSync(descriptor);
  if (stat.isFile()) return [descriptor, stat.size];
  fs.closeSync(descriptor);
  throw new UserError(`${path} is not a file`);
}

/** The first bytes of a file, read as Latin-1. */
export function readStart(path: string, bytes: number): string {
  note(path, aspects.kind | aspects.content);
  return reading(path, () => {
    const [descriptor, size] = openFile(path);
    try {
      const buffer = Buffer.alloc(Math.min(bytes, size));
      return buffer.toString("latin1", 0, fs.readSync(descriptor, buffer, 0, buffer.length, 0));
    } finally {
      fs.closeSync(descriptor);
    }
  });
}

/**
 * Standard input to its end.
 *
 * @throws TooLarge as soon as more than `maximum` bytes have come.
 */
export function readInput(maximum: number): Promise<Buffer> {
  return new Promise((settle, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    process.stdin.on("data", (chunk: Buffer) => {
      size += chunk.length;
      chunks.push(chunk);
      if (size <= maximum) return;
      process.stdin.destroy();
      reject(new TooLarge("-", size));
    });
    process.stdin.on("end", () => settle(Buffer.concat(chunks)));
    process.stdin.on("error", reject);
  });
}

/** The entries of a folder, sorted by name. */
export function listFolder(path: string): Entry[] {
  note(path, aspects.kind | aspects.entries);
  const entries = reading(path, () => fs.readdirSync(path, { withFileTypes: true }));
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.map((entry) => {
    const link = entry.isSymbolicLink();
    return { name: entry.name, kind: link ? tryKindOf(join(path, entry.name)) : statKind(entry), link };
  });
}

function reading<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw explain(error, `cannot read ${path}`);
  }
}

/** A file that may be run, by its permissions. */
export function isExecutable(path: string): boolean {
  try {
    fs.accessSync(path, fs.constants.X_OK);
    return fs.statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * Writes files so that each is either as it was or complete: into a temporary file beside it, then renamed. A file that
 * already has this content is left alone, its times too. What is no file, such as /dev/null or a pipe, is written to as it
 * is, and never replaced; nor is the file that /dev/stdout or /dev/fd/3 was redirected to.
 *
 * @returns the paths that were written.
 * @throws UserError that names the file; what was there before is kept.
 */
export function writeFiles(files: readonly OutputFile[]): string[] {
  return files.filter((file) => !holds(file)).map(writeFile);
}

function holds(file: OutputFile): boolean {
  try {
    if (kindOf(file.path) !== "file" || descriptorOf(file.path) !== undefined) return false;
    return fs.readFileSync(file.path).equals(Buffer.from(file.content as string));
  } catch {
    return false;
  }
}

function writeFile(file: OutputFile): string {
  const descriptor = descriptorOf(file.path);
  const path = realPath(file.path) ?? resolve(file.path);
  if (descriptor !== undefined || tryKindOf(path) === "other") return writeDevice(file, descriptor);
  const temporary = join(dirname(path), `.${basename(path)}.${crypto.randomUUID()}.tmp`);
  try {
    makeFolder(dirname(path));
    const mode = fs.statSync(path, { throwIfNoEntry: false })?.mode;
    fs.writeFileSync(temporary, file.content, { flag: "wx", ...(mode !== undefined && { mode }) });
    fs.renameSync(temporary, path);
  } catch (error) {
    remove(temporary);
    throw explain(error, `cannot write ${file.path}`);
  }
  return file.path;
}

/** With those above it. Node's own `recursive` never returns where a file system, such as /proc, answers ENOENT. */
function makeFolder(path: string): void {
  if (tryKindOf(path) === "folder") return;
  if (dirname(path) !== path) makeFolder(dirname(path));
  fs.mkdirSync(path);
}

/** @param descriptor of this process that `file` names */
function writeDevice(file: OutputFile, descriptor: number | undefined): string {
  try {
    // To open it once more would empty a file that the shell appends to; a pipe may be one that does not wait for its reader.
    const isFile = descriptor !== undefined && fs.fstatSync(descriptor).isFile();
    fs.writeFileSync(isFile ? descriptor : file.path, file.content);
  } catch (error) {
    throw explain(error, `cannot write ${file.path}`);
  }
  return file.path;
}

/** The descriptor of this process that a path stands for by its name, or by that of what links lead to: 1 for /dev/stdout. */
function descriptorOf(path: string, links = 8): number | undefined {
  const named = resolve(path);
  const [, standard, number] =
    /^\/dev\/std(in|out|err)$|^\/(?:dev|proc\/(?:self|thread-self))\/fd\/(\d+)$/.exec(named) ?? [];
  if (standard !== undefined) return ["in", "out", "err"].indexOf(standard);
  if (number !== undefined) return Number(number);
  const target = links > 0 ? linkAt(named) : undefined;
  return target === undefined ? undefined : descriptorOf(resolve(dirname(named), target), links - 1);
}

function linkAt(path: string): string | undefined {
  try {
    return fs.readlinkSync(path);
  } catch {
    return undefined;
  }
}

/** Whatever keeps it from being removed kept it from being written. */
function remove(path: string): void {
  try {
    fs.rmSync(path, { force: true });
  } catch {}
}

const temporary = new Set<string>();

/** Runs `use` with a new empty folder, by its real path, that is gone afterwards. */
export async function withTemporaryFolder<T>(use: (folder: string) => Promise<T>): Promise<T> {
  const folder = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), "gitops-")));
  temporary.add(folder);
  try {
    return await use(folder);
  } finally {
    temporary.delete(folder);
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** Removes what is left of {@link withTemporaryFolder} when a signal ends the run. */
export function removeTemporaryFolders(): void {
  for (const folder of temporary) fs.rmSync(folder, { recursive: true, force: true });
}

const reasons: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file or folder",
  ENOTDIR: "a part of the path is a file, not a folder",
  EEXIST: "a part of the path is a file, not a folder",
  EISDIR: "it is a folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  ELOOP: "its symbolic links lead in a circle",
  EMFILE: "too many files are open",
  EBADF: "it is not open for writing",
};

/** What the system said, for a person: `cannot write x: the disk is full`. */
export function explain(error: unknown, what: string): Error {
  if (error instanceof UserError || error instanceof TooLarge) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  return new UserError(`${what}: ${(code && reasons[code]) ?? message}`, { cause: error });
}

/** When a file was last changed, in milliseconds since 1970; 0 when it is not there. */
export function modifiedAt(path: string): number {
  note(path, aspects.kind | aspects.time);
  return fs.statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Whether two paths lead to files with the same content. */
export function isSameFile(one: string, other: string): boolean {
  try {
    const [a, b] = [fs.statSync(one), fs.statSync(other)];
    return a.isFile() && b.isFile() && a.size === b.size && fs.readFileSync(one).equals(fs.readFileSync(other));
  } catch {
    return false;
  }
}
