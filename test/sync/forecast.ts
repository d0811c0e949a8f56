import { join } from "node:path";
import type { Finding } from "../../tools/core/finding.ts";
import type { Change, DiffReport } from "../../tools/diff/report.ts";
import { run } from "../../tools/system/process.ts";
import { root } from "../e2e/bed.ts";
import type { Commit, Seen } from "./commits.ts";
import type { Repository } from "./repository.ts";

/** The files of a commit, by path relative to the root of the repository. */
export function filesOf({ overlay, files }: Pick<Commit, "overlay" | "files">): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(files).map(([path, content]) => [`overlays/${overlay}/${path}`, content]));
}

/** The effects that `gitops diff` forecasts for the last commit. */
export async function forecast({ folder }: Repository): Promise<Seen[]> {
  const { changes } = JSON.parse(await gitops(folder, ["diff", "HEAD^", "HEAD", "-o", "json"])) as DiffReport;
  return changes.flatMap(seenIn).sort();
}

/** The errors of `gitops check` for the working tree, with the previous commit as the base. */
export async function errorsOf(repository: Repository, overlay: string): Promise<Finding[]> {
  const found = await findings(repository, [`overlays/${overlay}`, "--base", "HEAD^"]);
  return found.filter(({ severity }) => severity === "error");
}

/** All findings of `gitops check` for the working tree. */
export async function findings({ folder }: Repository, args: readonly string[]): Promise<Finding[]> {
  return JSON.parse(await gitops(folder, ["check", ...args, "-o", "json"])).findings;
}

/** An added or removed object counts as a whole, without its effects. */
function seenIn({ action, kind, name, effects, pruned }: Change): Seen[] {
  const what = `${kind}/${name}`;
  if (action === "added") return [`added ${what}`];
  if (action === "removed") return pruned === false ? [] : [`pruned ${what}`];
  return effects.map((effect) => `${effect} ${what}` as Seen);
}

async function gitops(cwd: string, args: readonly string[]): Promise<string> {
  const program = join(root, "dist/gitops.js");
  const { code, stdout, stderr } = await run(process.execPath, [program, ...args], {
    cwd,
    timeout: 300_000,
    maxOutput: 1 << 28,
  });
  if (code !== 0 && code !== 1) throw new Error(`gitops ${args.join(" ")}: ${stderr}`);
  return stdout.toString("utf8");
}
