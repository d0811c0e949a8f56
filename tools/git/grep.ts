import { tryGit } from "./git.ts";

/**
 * The files with a line that matches an extended regular expression, relative to the top folder: of a commit, or of the
 * working tree, also if they are not tracked. Git searches all files faster than they can be read here. Undefined if it fails.
 *
 * @param top the top folder of the repository
 */
export async function filesWith(
  pattern: string,
  commit: string | undefined,
  top: string,
): Promise<string[] | undefined> {
  const where = commit === undefined ? ["--untracked"] : [commit];
  const { code, stdout } = await tryGit(["grep", "-I", "-l", "-z", "-E", "-e", pattern, ...where], { cwd: top });
  if (code !== 0 && code !== 1) return undefined;
  const start = commit === undefined ? 0 : commit.length + 1;
  return stdout
    .toString()
    .split("\0")
    .flatMap((line) => line.slice(start) || []);
}
