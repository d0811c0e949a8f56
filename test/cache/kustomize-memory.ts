import { createHash } from "node:crypto";
import { type Dirent, readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { basename, join, relative } from "node:path";
import { setImmediate } from "node:timers/promises";
import type { RunOptions, RunResult } from "../../tools/system/process.ts";
import { readStored, writeStored } from "../../tools/system/store.ts";

/** How a program is run: see `tools/system/process.ts`. */
type Run = (command: string, args: readonly string[], options: RunOptions) => Promise<RunResult>;

/** What kustomize said, with a mark in place of the folder that it was started in. */
interface Said {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const mark = "\0here\0";

/**
 * As `run`, but a kustomize that builds what it has built before is not started again. What it said is known by the bytes of
 * the program and of all files below the folder that it is started in, so that each answer is one that a real kustomize gave.
 */
export function remembering(run: Run): Run {
  return async (command, args, options) => {
    const key = keyOf(command, args, options);
    if (key === undefined) return run(command, args, options);
    const { cwd = "" } = options;
    const said = recall(key);
    // A program that runs gives way to others, too.
    if (said !== undefined) return setImmediate(heard(said, cwd));
    const result = await run(command, args, options);
    if (isFinal(result) && keyOf(command, args, options) === key) keep(key, saidBy(result, cwd));
    return result;
  };
}

/** A patch, or a resource of a kind that is not built in, costs the pinned kustomize a second: also what another run was told stays. */
const folder = join(import.meta.dirname, "../../node_modules/.cache/kustomize-said");

function recall(key: string): Said | undefined {
  const text = readStored(join(folder, key))?.toString("utf8");
  return text === undefined ? undefined : (JSON.parse(text) as Said);
}

function keep(key: string, said: Said): void {
  writeStored(join(folder, key), JSON.stringify(said));
}

/** Whoever was stopped or killed may say something else the next time. */
function isFinal({ limit, signal, code }: RunResult): boolean {
  return limit === undefined && signal === null && (code ?? 0) <= 1;
}

function saidBy({ code, stdout, stderr }: RunResult, cwd: string): Said {
  return { code, stdout: stdout.toString("utf8").replaceAll(cwd, mark), stderr: stderr.replaceAll(cwd, mark) };
}

function heard({ code, stdout, stderr }: Said, cwd: string): RunResult {
  const here = (text: string) => text.replaceAll(mark, cwd);
  return { code, signal: null, limit: undefined, stdout: Buffer.from(here(stdout)), stderr: here(stderr) };
}

/** Undefined for what is no build of a folder in the one that it is started in. */
function keyOf(command: string, args: readonly string[], { cwd, env = {} }: RunOptions): string | undefined {
  const [verb, folder = "", ...flags] = args;
  if (basename(command) !== "kustomize" || verb !== "build" || cwd === undefined) return undefined;
  const way = relative(cwd, folder);
  if (way.startsWith("..")) return undefined;
  const asked = JSON.stringify([way, flags, Object.entries(env), digestOf(command)]);
  return createHash("sha256")
    .update([asked, ...treeOf(cwd, way)].join("\0"))
    .digest("base64url");
}

/** Of programs that are no scripts, by their metadata: a world never writes into one that is there. */
const digests = new Map<string, string>();

function digestOf(program: string): string {
  const { ino, size, mtimeMs, ctimeMs } = statSync(program);
  const key = size < 4096 ? undefined : [program, ino, size, mtimeMs, ctimeMs].join(" ");
  const digest = (key && digests.get(key)) ?? createHash("sha256").update(readFileSync(program)).digest("base64url");
  if (key !== undefined) digests.set(key, digest);
  return digest;
}

/**
 * Everything below a folder that a kustomization in one of its folders may read: what it is, its name, and its bytes or where
 * it leads. Without links, kustomize comes to nothing whose names are not written in what it has read already.
 *
 * @param start relative to the top
 */
function treeOf(top: string, start: string): string[] {
  const entries = new Map(below(top, ""));
  const all = Array.from(entries, ([path, entry]): [string, string] => [path, saysOf(join(top, path), entry)]);
  const isNamed = [...entries.values()].some((entry) => entry.isSymbolicLink()) ? () => true : namesIn(all, start);
  return all.flatMap(([path, says]) => (isNamed(path) ? `${path}\0${says}` : [])).sort();
}

/** Whether each part of a path is a name of a kustomization, one on the way to the start, or written in what is read. */
function namesIn(all: readonly (readonly [string, string])[], start: string): (path: string) => boolean {
  let text = ["kustomization.yaml kustomization.yml Kustomization", start].join(" ");
  const isNamed = (path: string) => path.split("/").every((name) => text.includes(name));
  for (let rest = all; ; ) {
    const read = rest.filter(([path]) => isNamed(path));
    if (read.length === 0) return isNamed;
    rest = rest.filter((one) => !read.includes(one));
    text += read.map(([, says]) => says).join("\n");
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

function saysOf(path: string, entry: Dirent): string {
  if (entry.isSymbolicLink()) return `link ${readlinkSync(path)}`;
  return entry.isFile() ? `file ${readFileSync(path, "latin1")}` : "folder";
}

/** A module like `tools/system/process.ts`, whose `run` remembers: see {@link remembering}. */
export function withMemory<T extends { readonly run: Run }>(module: T): T {
  return { ...module, run: remembering(module.run) };
}
