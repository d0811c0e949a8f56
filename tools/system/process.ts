import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { UserError } from "../core/errors.ts";

/** Bounds and surroundings of one run of a program. */
export interface RunOptions {
  readonly cwd?: string;
  /** The whole environment of the child; nothing is inherited. Default: this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds until the child is killed. */
  readonly timeout: number;
  /** Bytes of standard output after which the child is killed. */
  readonly maxOutput: number;
  readonly input?: string;
}

/** How a run ended. `limit` says which bound killed the child, if one did. */
export interface RunResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly limit: "timeout" | "output" | undefined;
  readonly stdout: Buffer;
  readonly stderr: string;
}

const maxStderr = 64 * 1024;
const running = new Set<ChildProcess>();

/**
 * Runs a program without a shell and waits for its end. Everything that `gitops` starts is started in this file.
 *
 * @throws UserError when the program cannot be started (not found, not executable).
 */
export function run(command: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: options.cwd, env: options.env ?? process.env, windowsHide: true });
    running.add(child);
    const out: Buffer[] = [];
    let size = 0;
    let stderr = "";
    let limit: RunResult["limit"];
    const stop = (reason: "timeout" | "output") => {
      limit ??= reason;
      child.kill("SIGKILL");
      // A program that it started may live on and hold the pipes open; nobody waits for that one.
      child.stdout.destroy();
      child.stderr.destroy();
    };
    const timer = setTimeout(stop, options.timeout, "timeout");
    child.stdout.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size > options.maxOutput) stop("output");
      else out.push(chunk);
    });
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => {
      if (stderr.length < maxStderr) stderr += chunk;
    });
    child.on("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(timer);
      running.delete(child);
      reject(new UserError(startFailure(command, error), { cause: error }));
    });
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      running.delete(child);
      resolve({ code, signal, limit, stdout: Buffer.concat(out), stderr });
    });
    // A child that ends before it has read its input closes the pipe; its exit status says why.
    child.stdin.on("error", () => {});
    child.stdin.end(options.input ?? "");
  });
}

/** A program that runs on beside this one. */
export interface Stream {
  /** Settles when the program has ended, its last line included. */
  readonly ended: Promise<Pick<RunResult, "code" | "signal">>;
  readonly stop: () => void;
}

/** What a program that runs on is given, and who hears it. */
export interface StreamOptions {
  readonly cwd?: string;
  readonly input?: string;
  /** Each line of standard output, without its end. One without end comes in pieces. */
  readonly onLine: (line: string) => void;
  /** The same of standard error. */
  readonly onError: (line: string) => void;
}

/**
 * Starts a program without a shell and hands out its lines as they come, for as long as it runs.
 *
 * @returns what ends it; `ended` is rejected with a UserError when it cannot be started.
 */
export function stream(command: string, args: readonly string[], options: StreamOptions): Stream {
  const child = spawn(command, args, { cwd: options.cwd, windowsHide: true });
  running.add(child);
  child.stdin.on("error", () => {});
  child.stdin.end(options.input ?? "");
  const flushes = [lines(child.stdout, options.onLine), lines(child.stderr, options.onError)];
  const ended = new Promise<Pick<RunResult, "code" | "signal">>((resolve, reject) => {
    child.on("error", (error: NodeJS.ErrnoException) => {
      running.delete(child);
      reject(new UserError(startFailure(command, error), { cause: error }));
    });
    child.on("close", (code, signal) => {
      running.delete(child);
      for (const flush of flushes) flush();
      resolve({ code, signal });
    });
  });
  return { ended, stop: () => void child.kill() };
}

const maxLine = 16 * 1024;

/** Hands out the lines of a pipe. @returns what hands out the last one, that nothing ended. */
function lines(pipe: Readable, onLine: (line: string) => void): () => void {
  let rest = "";
  pipe.setEncoding("utf8").on("data", (chunk: string) => {
    const parts = (rest + chunk).split(/\r?\n/);
    rest = parts.pop() ?? "";
    if (rest.length > maxLine) {
      parts.push(rest);
      rest = "";
    }
    parts.forEach(onLine);
  });
  return () => {
    if (rest !== "") onLine(rest);
  };
}

function startFailure(command: string, error: NodeJS.ErrnoException): string {
  if (error.code === "ENOENT") return `${command} was not found`;
  if (error.code === "EACCES") return `${command} is not executable: check its permissions`;
  return `${command} could not be started: ${error.message}`;
}

/** Kills whatever is still running, so that an interrupted gate leaves no process behind. */
export function killAll(): void {
  for (const child of running) child.kill("SIGKILL");
}
