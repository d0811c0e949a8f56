import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "../../tools/system/process.ts";
import { root } from "../e2e/bed.ts";

/** The sources of the overlays, and the gate with its policies. */
const parts = ["base", "clusters", "components", "overlays", "policies", "gitops.yaml", "dist"];

/** A copy of this repository with its own history, in a temporary folder. */
export interface Repository {
  readonly folder: string;
  /** Writes the files (undefined removes one) and commits everything. @returns the commit */
  commit(message: string, files: Readonly<Record<string, string | undefined>>): Promise<string>;
  /** Restores the initial state as a new commit. */
  restart(): Promise<void>;
  /** Reverts the last commit. @returns the new commit */
  revert(): Promise<string>;
  /** Runs a program in the folder. @returns its standard output @throws Error with its output if it fails */
  run(program: string, args: readonly string[]): Promise<string>;
}

/** Creates the copy. @param folder is empty @param url for clusters/repository, which the controllers follow */
export async function repositoryIn(folder: string, url: string): Promise<Repository> {
  for (const part of parts) cpSync(join(root, part), join(folder, part), { recursive: true, preserveTimestamps: true });
  const execute = (program: string, args: readonly string[]) => outputOf(folder, program, args);
  const git = (...args: string[]) =>
    execute("git", [
      "-c",
      "user.name=guestbook",
      "-c",
      "user.email=guestbook@example.com",
      "-c",
      "commit.gpgsign=false",
      ...args,
    ]);
  const committed = async (message: string) => {
    await git("add", "--all");
    await git("commit", "--quiet", "--allow-empty", "--message", message);
    return (await git("rev-parse", "HEAD")).trim();
  };
  await git("init", "--quiet", "--initial-branch", "main");
  writeFileSync(join(folder, ".gitignore"), "dist/\n");
  const place = join(folder, "clusters/repository/repository.yaml");
  writeFileSync(place, readFileSync(place, "utf8").replace(/^ {2}url: .*$/m, `  url: ${url}`));
  const first = await committed("The guestbook with another URL");
  return {
    folder,
    run: execute,
    commit: (message, files) => {
      for (const [path, content] of Object.entries(files)) put(join(folder, path), content);
      return committed(message);
    },
    restart: async () => {
      // Leave the policies alone: rewritten files would be newer than their build in dist/.
      await git("rm", "-r", "--quiet", "--ignore-unmatch", "overlays", "clusters", "spare");
      await git("checkout", "--quiet", first, "--", "overlays", "clusters");
      await committed("Initial state");
    },
    revert: async () => {
      await git("revert", "--no-edit", "HEAD");
      return (await git("rev-parse", "HEAD")).trim();
    },
  };
}

function put(path: string, content: string | undefined): void {
  if (content === undefined) {
    rmSync(path);
    return;
  }
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

async function outputOf(cwd: string, program: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(program, args, { cwd, timeout: 300_000, maxOutput: 1 << 28 });
  if (code !== 0) throw new Error(`${program} ${args.join(" ")}:\n${stderr}${stdout.toString("utf8")}`);
  return stdout.toString("utf8");
}
