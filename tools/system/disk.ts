import * as fs from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { UserError } from "../core/errors.ts";
import { linkAt } from "./link.ts";
import { aspects, note } from "./observe.ts";

/** What a path refers to, following symbolic links. */
export type PathKind = "file" | "folder" | "other";

/** An entry of a folder. If `link` is true, it is a symbolic link, and `kind` is that of its target. */
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

/** Thrown for a file that is larger than the reader accepts. */
export class TooLarge extends Error {
  override readonly name = "TooLarge";
  /** Bytes. */
  readonly size: number;
  constructor(path: string, size: number) {
    super(`${path} has ${size} bytes`);
    this.size = size;
  }
}

/**
 * What a path refers to; undefined if nothing is there, or a broken link.
 *
 * @throws a system error, for example if a folder above it cannot be searched
 */
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

/**
 * Like {@link kindOf}, but undefined on errors: the path leads through a file, a loop of links or a folder without
 * permission.
 */
export function tryKindOf(path: string): PathKind | undefined {
  try {
    return kindOf(path);
  } catch {
    return undefined;
  }
}

/** Whether a path exists; takes half as long as {@link kindOf}. */
export function isThere(path: string): boolean {
  note(path, aspects.kind);
  return fs.existsSync(path);
}

/** The path with all symbolic links resolved; undefined if it does not exist. */
export function realPath(path: string): string | undefined {
  note(path, aspects.kind | aspects.place);
  try {
    return fs.realpathSync.native(path);
  } catch {
    return undefined;
  }
}

/** What a symbolic link to nothing contains; undefined if the path is no such link. */
export function brokenLinkAt(path: string): string | undefined {
  note(path, aspects.kind | aspects.content);
  return tryKindOf(path) === undefined ? linkAt(path) : undefined;
}

/**
 * Reads a file.
 *
 * @param maximum size in bytes
 * @throws TooLarge if the file is larger; UserError if it cannot be read.
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

/** Opens a regular file. Non-blocking, because opening a pipe would otherwise wait for a writer. */
function openFile(path: string): [descriptor: number, size: number] {
  const descriptor = fs.openSync(path, fs.constants.O_RDONLY | (fs.constants.O_NONBLOCK ?? 0));
  const stat = fs.fstatSync(descriptor);
  if (stat.isFile()) return [descriptor, stat.size];
  fs.closeSync(descriptor);
  throw new UserError(`${path} is not a file`);
}

/** The first bytes of a file, decoded as Latin-1. @throws UserError if it cannot be read */
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
 * Reads standard input to its end.
 *
 * @throws TooLarge as soon as it exceeds `maximum` bytes.
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

/** The entries of a folder, sorted by name. @throws UserError if it cannot be read */
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

/** Whether a path is a file that this process has permission to execute. */
export function isExecutable(path: string): boolean {
  try {
    fs.accessSync(path, fs.constants.X_OK);
    return fs.statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * Writes each file atomically: to a temporary file next to it, which is then renamed. A file that already has this
 * content is left untouched, including its times. Devices and pipes, such as /dev/null, are written to directly and
 * never replaced; neither is the file that /dev/stdout or /dev/fd/3 is redirected to.
 *
 * @returns the paths that were written.
 * @throws UserError that names the file; its previous content is kept.
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

/**
 * Creates a folder and its parents. Node's `recursive` option never returns if a file system, like /proc, reports
 * ENOENT.
 */
function makeFolder(path: string): void {
  if (tryKindOf(path) === "folder") return;
  if (dirname(path) !== path) makeFolder(dirname(path));
  fs.mkdirSync(path);
}

/** @param descriptor the descriptor of this process that the path of `file` stands for, if any */
function writeDevice(file: OutputFile, descriptor: number | undefined): string {
  try {
    // Reopening would truncate a file that the shell appends to. Pipes are reopened: their descriptor may be
    // non-blocking.
    const isFile = descriptor !== undefined && fs.fstatSync(descriptor).isFile();
    fs.writeFileSync(isFile ? descriptor : file.path, file.content);
  } catch (error) {
    throw explain(error, `cannot write ${file.path}`);
  }
  return file.path;
}

/** The descriptor of this process that a path stands for, directly or through links: 1 for /dev/stdout. */
function descriptorOf(path: string, links = 8): number | undefined {
  const named = resolve(path);
  const [, standard, number] =
    /^\/dev\/std(in|out|err)$|^\/(?:dev|proc\/(?:self|thread-self))\/fd\/(\d+)$/.exec(named) ?? [];
  if (standard !== undefined) return ["in", "out", "err"].indexOf(standard);
  if (number !== undefined) return Number(number);
  const target = links > 0 ? linkAt(named) : undefined;
  return target === undefined ? undefined : descriptorOf(resolve(dirname(named), target), links - 1);
}

/** Ignores errors: whatever prevents the removal has also prevented the write, which reports it. */
function remove(path: string): void {
  try {
    fs.rmSync(path, { force: true });
  } catch {}
}

const temporary = new Set<string>();

/** Runs `use` with the real path of a new empty folder, which is removed afterwards. */
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

/** Removes the folders of unfinished {@link withTemporaryFolder} calls, when a signal ends the run. */
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
  ELOOP: "its symbolic links form a loop",
  EMFILE: "too many files are open",
  EBADF: "it is not open for writing",
};

/** Turns a system error into a message for users: `cannot write x: the disk is full`. */
export function explain(error: unknown, what: string): Error {
  if (error instanceof UserError || error instanceof TooLarge) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  return new UserError(`${what}: ${(code && reasons[code]) ?? message}`, { cause: error });
}

/** The modification time of a file, in milliseconds since 1970; 0 if it does not exist. */
export function modifiedAt(path: string): number {
  note(path, aspects.kind | aspects.time);
  return fs.statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

/** Whether two paths are files with the same content. */
export function isSameFile(one: string, other: string): boolean {
  try {
    const [a, b] = [fs.statSync(one), fs.statSync(other)];
    return a.isFile() && b.isFile() && a.size === b.size && fs.readFileSync(one).equals(fs.readFileSync(other));
  } catch {
    return false;
  }
}
