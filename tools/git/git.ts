import { UserError } from "../core/errors.ts";
import { type RunResult, run } from "../system/process.ts";

/** Limits of one run of Git, in milliseconds and bytes. */
const timeout = 120_000;
const megabyte = 1024 * 1024;

/** Maximum size of a listing of a tree or an index, in bytes; a million files need a tenth of it. */
export const largestListing = 1024 * megabyte;

interface GitOptions {
  readonly cwd: string;
  readonly input?: string;
  /** Bytes of standard output; default: 64 MiB. */
  readonly maxOutput?: number;
}

/** The variables that Git needs to find its configuration; variables that redirect it elsewhere are not passed on. */
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
  // Git only reads: no fetches, prompts or locks.
  const quiet = { GIT_TERMINAL_PROMPT: "0", GIT_NO_LAZY_FETCH: "1", GIT_OPTIONAL_LOCKS: "0", LC_ALL: "C" };
  return { ...(Object.fromEntries(own) as Record<string, string>), ...quiet };
}

/**
 * The files of a bare repository can be committed like any others, and Git, run in their folder, would read revisions
 * and settings, including programs to run, from there.
 * https://git-scm.com/docs/git-config#Documentation/git-config.txt-safebareRepository
 */
const noBareRepository = "safe.bareRepository=explicit";

/** Runs Git and returns its result, even if it failed. @throws UserError if Git is missing or exceeds a limit */
export async function tryGit(args: readonly string[], options: GitOptions): Promise<RunResult> {
  const { cwd, input, maxOutput = 64 * megabyte } = options;
  // Keeps a repository from making Git run a program, or treat a file with a different time as unchanged.
  const core = ["fsmonitor=false", "hooksPath=/dev/null", "trustctime=true", "checkStat=default"];
  const settings = [...core.map((setting) => `core.${setting}`), noBareRepository].flatMap((setting) => [
    "-c",
    setting,
  ]);
  const result = await run("git", [...settings, "--no-pager", ...args], {
    cwd,
    env: environment(),
    timeout,
    maxOutput,
    ...(input !== undefined && { input }),
  });
  if (result.limit === "timeout") throw new UserError(`git ${args[0]} did not finish within ${timeout / 1000} seconds`);
  if (result.limit === "output") throw new UserError(`git ${args[0]} printed more than ${maxOutput} bytes`);
  return result;
}

/** Runs Git and returns its standard output. @throws UserError with Git's message */
export async function git(args: readonly string[], options: GitOptions): Promise<Buffer> {
  const { code, stdout, stderr } = await tryGit(args, options);
  if (code === 0) return stdout;
  throw new UserError(`git ${args[0]} failed: ${stderr.trim() || `exit status ${code}`}`);
}

/** Runs Git and returns the first line of its output; undefined if it fails. */
export async function lineOf(args: readonly string[], options: GitOptions): Promise<string | undefined> {
  const { code, stdout } = await tryGit(args, options);
  return code === 0 ? stdout.toString().split("\n")[0] : undefined;
}
