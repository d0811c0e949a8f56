import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { run } from "../../tools/system/process.ts";
import { root } from "../e2e/bed.ts";

/** What the overlays are made of, and what the gate judges them by. */
const parts = ["base", "clusters", "components", "overlays", "policies", "gitops.yaml", "dist"];

/** A copy of this repository with a history of its own, in a folder that the run removes. */
export interface Repository {
  readonly folder: string;
  /** Writes files below the folder, undefined for one that goes, and commits all there is. @returns the commit */
  commit(message: string, files: Readonly<Record<string, string | undefined>>): Promise<string>;
  /** Makes all what it was at first, as a new commit. */
  restart(): Promise<void>;
  /** Takes the last commit back, as a new one. @returns that */
  revert(): Promise<string>;
  /** Runs a program in the folder. @throws Error with what it says when it fails */
  run(program: string, args: readonly string[]): Promise<string>;
}

/** @param folder empty; @param url what the clusters are to follow, in the one place that a fork edits */
export async function repositoryIn(folder: string, url: string): Promise<Repository> {
  for (const part of parts) cpSync(join(root, part), join(folder, part), { recursive: true, preserveTimestamps: true });
  const execute = (program: string, args: readonly string[]) => printed(folder, program, args);
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
  const first = await committed("The guestbook, followed from another place");
  return {
    folder,
    run: execute,
    commit: (message, files) => {
      for (const [path, content] of Object.entries(files)) put(join(folder, path), content);
      return committed(message);
    },
    restart: async () => {
      // Nothing else: policies that are written anew are newer than what was built of them.
      await git("rm", "-r", "--quiet", "--ignore-unmatch", "overlays", "clusters", "spare");
      await git("checkout", "--quiet", first, "--", "overlays", "clusters");
      await committed("All as it was");
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

async function printed(cwd: string, program: string, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await run(program, args, { cwd, timeout: 300_000, maxOutput: 1 << 28 });
  if (code !== 0) throw new Error(`${program} ${args.join(" ")}:\n${stderr}${stdout.toString("utf8")}`);
  return stdout.toString("utf8");
}
