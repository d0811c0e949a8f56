import { createHash } from "node:crypto";
import { type Dirent, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { RunOptions, RunResult } from "../../tools/system/process.ts";
import { readStored, writeStored } from "../../tools/system/store.ts";

/** How a program is run: see `tools/system/process.ts`. */
type Run = (command: string, args: readonly string[], options: RunOptions) => Promise<RunResult>;

/** What kustomize printed, with a mark in place of its working folder. */
interface Output {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const mark = "\0here\0";

/**
 * Like `run`, but kustomize is not started again for a build that it has done before. Its output is stored by the bytes of
 * the program and of all files below its working folder, so that each answer is one that a real kustomize gave.
 */
export function remembering(run: Run): Run {
  return async (command, args, options) => {
    const key = keyOf(command, args, options);
    if (key === undefined) return run(command, args, options);
    const { cwd = "" } = options;
    const output = recall(key);
    // A real run would yield to other tasks, too.
    if (output !== undefined) return setImmediate(resultOf(output, cwd));
    const result = await run(command, args, options);
    if (isFinal(result) && keyOf(command, args, options) === key) keep(key, outputOf(result, cwd));
    return result;
  };
}

/** A patch or a resource of a custom kind costs the pinned kustomize a second, so outputs are kept across test runs. */
const folder = join(import.meta.dirname, "../../node_modules/.cache/kustomize-said");

function recall(key: string): Output | undefined {
  const text = readStored(join(folder, key))?.toString("utf8");
  return text === undefined ? undefined : (JSON.parse(text) as Output);
}

function keep(key: string, output: Output): void {
  writeStored(join(folder, key), JSON.stringify(output));
}

/** A program that was stopped or killed may print something else the next time. */
function isFinal({ limit, signal, code }: RunResult): boolean {
  return limit === undefined && signal === null && (code ?? 0) <= 1;
}

function outputOf({ code, stdout, stderr }: RunResult, cwd: string): Output {
  return { code, stdout: stdout.toString("utf8").replaceAll(cwd, mark), stderr: stderr.replaceAll(cwd, mark) };
}

function resultOf({ code, stdout, stderr }: Output, cwd: string): RunResult {
  const here = (text: string) => text.replaceAll(mark, cwd);
  return { code, signal: null, limit: undefined, stdout: Buffer.from(here(stdout)), stderr: here(stderr) };
}

/** The key of a build of a folder inside the working folder; undefined for all other commands. */
function keyOf(command: string, args: readonly string[], { cwd, env = {} }: RunOptions): string | undefined {
  const [verb, folder = "", ...flags] = args;
  if (basename(command) !== "kustomize" || verb !== "build" || cwd === undefined) return undefined;
  const start = relative(cwd, folder);
  if (start.startsWith("..")) return undefined;
  const invocation = JSON.stringify([start, flags, Object.entries(env), digestOf(command)]);
  return createHash("sha256")
    .update([invocation, ...treeOf(cwd, start)].join("\0"))
    .digest("base64url");
}

/** The digests of programs other than scripts, by their metadata: a `World` never writes into an existing program. */
const digests = new Map<string, string>();

function digestOf(program: string): string {
  const { ino, size, mtimeMs, ctimeMs } = statSync(program);
  const key = size < 4096 ? undefined : [program, ino, size, mtimeMs, ctimeMs].join(" ");
  const digest = (key && digests.get(key)) ?? createHash("sha256").update(readFileSync(program)).digest("base64url");
  if (key !== undefined) digests.set(key, digest);
  return digest;
}

/**
 * Everything below a folder that a kustomization in it may read: its path, its type, and its content or the target of the
 * link. Without links, kustomize reaches only files whose names occur in what it has already read.
 *
 * @param start the kustomization's folder, relative to the top
 */
function treeOf(top: string, start: string): string[] {
  const entries = new Map(below(top, ""));
  const all = Array.from(entries, ([path, entry]): [string, string] => [path, contentOf(join(top, path), entry)]);
  const isNamed = [...entries.values()].some((entry) => entry.isSymbolicLink()) ? () => true : namesIn(all, start);
  return all.flatMap(([path, content]) => (isNamed(path) ? `${path}\0${content}` : [])).sort();
}

/** Whether each part of a path is a kustomization's file name, is part of the start, or occurs in a file that is read. */
function namesIn(all: readonly (readonly [string, string])[], start: string): (path: string) => boolean {
  let text = ["kustomization.yaml kustomization.yml Kustomization", start].join(" ");
  const isNamed = (path: string) => path.split("/").every((name) => text.includes(name));
  for (let rest = all; ; ) {
    const read = rest.filter(([path]) => isNamed(path));
    if (read.length === 0) return isNamed;
    rest = rest.filter((one) => !read.includes(one));
    text += read.map(([, content]) => content).join("\n");
  }
}

function* below(top: string, folder: string): Generator<[string, Dirent]> {
  for (const entry of readdirSync(join(top, folder), { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (path === ".git") continue;
    yield [path, entry];
    if (entry.isDirectory()) yield* below(top, path);
  }
}

function contentOf(path: string, entry: Dirent): string {
  if (entry.isSymbolicLink()) return `link ${readlinkSync(path)}`;
  return entry.isFile() ? `file ${readFileSync(path, "latin1")}` : "folder";
}

/** A module like `tools/system/process.ts` whose `run` has a memory: see {@link remembering}. */
export function withMemory<T extends { readonly run: Run }>(module: T): T {
  return { ...module, run: remembering(module.run) };
}
