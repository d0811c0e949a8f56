import { join } from "node:path";
import type { Finding } from "../../tools/core/finding.ts";
import type { Change, DiffReport } from "../../tools/diff/report.ts";
import { run } from "../../tools/system/process.ts";
import { root } from "../e2e/bed.ts";
import type { Commit, Seen } from "./commits.ts";
import type { Repository } from "./repository.ts";

/** The files of a commit below the top of the repository. A patch of an overlay that lists its own is added to that list. */
export function filesOf({ overlay, files }: Pick<Commit, "overlay" | "files">): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(files).map(([path, content]) => [`overlays/${overlay}/${path}`, content]));
}

/** What `gitops diff` says that the last commit does. */
export async function forecast({ folder }: Repository): Promise<Seen[]> {
  const { changes } = JSON.parse(await gitops(folder, ["diff", "HEAD^", "HEAD", "-o", "json"])) as DiffReport;
  return changes.flatMap(seenIn).sort();
}

/** What `gitops check` refuses of the working tree, as it would be applied over the last commit but one. */
export async function refusals(repository: Repository, overlay: string): Promise<Finding[]> {
  const found = await findings(repository, [`overlays/${overlay}`, "--base", "HEAD^"]);
  return found.filter(({ severity }) => severity === "error");
}

/** All that `gitops check` says of the working tree. */
export async function findings({ folder }: Repository, args: readonly string[]): Promise<Finding[]> {
  return JSON.parse(await gitops(folder, ["check", ...args, "-o", "json"])).findings;
}

/** An object that comes or goes is seen as a whole; what that means for others is not told twice. */
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
