import { UserError } from "../core/errors.ts";
import { type RunResult, run } from "../system/process.ts";

/** Bounds of one run of Git. */
const timeout = 120_000;
const megabyte = 1024 * 1024;

/** Bytes of what Git prints of a whole tree, and of an index; a million files have a tenth of it. */
export const largestListing = 1024 * megabyte;

export interface GitOptions {
  readonly cwd: string;
  readonly input?: string;
  /** Bytes of standard output; default: 64 MiB. */
  readonly maxOutput?: number;
}

/** Of the environment, only what Git needs to find its configuration; variables that point it elsewhere stay behind. */
const kept = [
  "PATH",
  "HOME",
  "USERPROFILE",
  "XDG_CONFIG_HOME",
  "TMPDIR",
  "SystemRoot",
  "GIT_CONFIG_GLOBAL",
  "GIT_CONFIG_COUNT",
];

function environment(): Record<string, string> {
  const own = Object.entries(process.env).filter(
    ([name, value]) => value !== undefined && (kept.includes(name) || /^GIT_CONFIG_(KEY|VALUE)_\d+$/.test(name)),
  );
  // Nothing is fetched, asked for or locked: a revision is read, and that is all.
  const quiet = { GIT_TERMINAL_PROMPT: "0", GIT_NO_LAZY_FETCH: "1", GIT_OPTIONAL_LOCKS: "0", LC_ALL: "C" };
  return { ...(Object.fromEntries(own) as Record<string, string>), ...quiet };
}

/**
 * The files of a bare repository can be committed like any others, and Git, run in their folder, takes revisions and settings,
 * programs to run among them, from there. https://git-scm.com/docs/git-config#Documentation/git-config.txt-safebareRepository
 */
const noneInside = "safe.bareRepository=explicit";

/** Runs Git, whatever it answers. @throws UserError when there is no Git, or it does not come to an end. */
export async function tryGit(args: readonly string[], options: GitOptions): Promise<RunResult> {
  const { cwd, input, maxOutput = 64 * megabyte } = options;
  // A repository cannot make Git run a program of its choice, nor take a file with another time for unchanged.
  const core = ["fsmonitor=false", "hooksPath=/dev/null", "trustctime=true", "checkStat=default"];
  const settings = [...core.map((setting) => `core.${setting}`), noneInside].flatMap((setting) => ["-c", setting]);
  const result = await run("git", [...settings, "--no-pager", ...args], {
    cwd,
    env: environment(),
    timeout,
    maxOutput,
    ...(input !== undefined && { input }),
  });
  if (result.limit === "timeout") throw new UserError(`git ${args[0]} did not end within ${timeout / 1000} seconds`);
  if (result.limit === "output") throw new UserError(`git ${args[0]} printed more than ${maxOutput} bytes`);
  return result;
}

/** The standard output of Git. @throws UserError with what Git said. */
export async function git(args: readonly string[], options: GitOptions): Promise<Buffer> {
  const { code, stdout, stderr } = await tryGit(args, options);
  if (code === 0) return stdout;
  throw new UserError(`git ${args[0]} failed: ${stderr.trim() || `exit status ${code}`}`);
}

/** The first line that Git prints; undefined when it refuses. */
export async function lineOf(args: readonly string[], options: GitOptions): Promise<string | undefined> {
  const { code, stdout } = await tryGit(args, options);
  return code === 0 ? stdout.toString().split("\n")[0] : undefined;
}
