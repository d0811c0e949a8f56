import { type ChildProcess, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { UserError } from "../core/errors.ts";

/** The environment and limits of one run of a program. */
export interface RunOptions {
  readonly cwd?: string;
  /** All environment variables of the child; none are inherited. Default: those of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Milliseconds until the child is killed. */
  readonly timeout: number;
  /** Maximum size of standard output, in bytes; the child is killed if it prints more. */
  readonly maxOutput: number;
  readonly input?: string;
}

/** How a run ended. `limit` is the limit that the child was killed for, if any. */
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
 * Runs a program without a shell and waits for its end. All programs that `gitops` runs are started in this file.
 *
 * @throws UserError if the program cannot be started (not found, not executable).
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
      // Do not wait for grandchildren, which may keep the pipes open.
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
    // A child that exits before it has read its input closes the pipe; its exit status says why.
    child.stdin.on("error", () => {});
    child.stdin.end(options.input ?? "");
  });
}

/** A program that runs in the background. */
export interface Stream {
  /** Settles when the program has exited and its last line was passed on. */
  readonly ended: Promise<Pick<RunResult, "code" | "signal">>;
  readonly stop: () => void;
}

/** The input of a program that runs in the background, and the callbacks for its output. */
export interface StreamOptions {
  readonly cwd?: string;
  readonly input?: string;
  /** Receives each line of standard output, without the line break. Very long lines come in pieces. */
  readonly onLine: (line: string) => void;
  /** The same for standard error. */
  readonly onError: (line: string) => void;
}

/**
 * Starts a program without a shell and passes on its lines as they arrive.
 *
 * @returns a handle; its `ended` is rejected with a UserError if the program cannot be started.
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

/** Passes on the lines of a pipe. @returns a function that passes on an unterminated last line */
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

/** Kills all running programs, so that an interrupted gate leaves no processes behind. */
export function killAll(): void {
  for (const child of running) child.kill("SIGKILL");
}
