import { relative } from "node:path";
import { UserError } from "../core/errors.ts";
import { tryGit } from "./git.ts";

/** A line of a `.gitignore`. */
export interface IgnoreRule {
  /** Relative to the top folder. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/**
 * The lines of `.gitignore` files that make Git ignore some paths, by path. A user's own files of patterns are left out, as
 * others do not have them.
 *
 * @param paths absolute
 * @param top the top folder of the repository
 */
export async function ignoreRules(paths: readonly string[], top: string): Promise<Map<string, IgnoreRule>> {
  const ways = new Map(paths.map((path) => [relative(top, path), path]));
  const found = new Map<string, IgnoreRule>();
  // https://git-scm.com/docs/git-check-ignore#_output
  const said = await answer([...ways.keys()], top);
  for (let at = 0; at + 3 < said.length; at += 4) {
    const [file = "", line, pattern = "", way = ""] = said.slice(at, at + 4);
    const path = ways.get(way);
    if (path !== undefined && !pattern.startsWith("!") && /(?:^|\/)\.gitignore$/.test(file) && !file.startsWith("/"))
      found.set(path, { file, line: Number(line) });
  }
  return found;
}

/** The fields of Git's answer; none without Git, or outside of a repository. */
async function answer(ways: readonly string[], top: string): Promise<string[]> {
  try {
    const input = ways.join("\0");
    const { code, stdout } = await tryGit(["check-ignore", "--verbose", "--stdin", "-z"], { cwd: top, input });
    return code === 0 ? stdout.toString().split("\0") : [];
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}
