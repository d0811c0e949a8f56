import { cacheFolder, mostBytes } from "../cache/folder.ts";
import { mostRendered } from "../cache/renderings.ts";
import { UserError } from "../core/errors.ts";
import { didYouMean } from "../core/nearest.ts";
import { discard, isWritable, type StoredFile, storedFiles } from "../system/store.ts";
import type { Command, Io } from "./command.ts";
import { memoOf, renderingsFolder } from "./open-cache.ts";

const parts = ["stat", "clear"];

export const command: Command = {
  usage: "[stat|clear]",
  description:
    "Show or clear the cache of unchanged targets. stat (default) shows its location, its size and the number of entries for\n" +
    "this folder; clear deletes everything. The cache is in $GITOPS_CACHE_DIR, or else in guestbook-gitops in $XDG_CACHE_HOME\n" +
    "or ~/.cache. If that is not writable, nothing is cached, as with --no-cache.",
  flags: {},
  maxPositionals: 1,
  async run(args, io) {
    const [part = "stat"] = args.positionals;
    if (!parts.includes(part))
      throw new UserError(
        `unknown cache command ${part}${didYouMean(part, parts) || "; the commands are stat and clear"}`,
      );
    const folder = cacheFolder(io.env);
    if (folder === undefined) io.out("nothing is cached: there is no home folder; set $GITOPS_CACHE_DIR\n");
    else if (part === "clear") io.out(cleared(folder, io));
    else io.out(statOf(folder, io));
    return 0;
  },
};

/** The cached outcomes, and the renderings in their own folder. */
function filesIn(folder: string, { env }: Io): StoredFile[] {
  return [folder, renderingsFolder(env)].flatMap((one) => (one === undefined ? [] : storedFiles(one)));
}

function cleared(folder: string, io: Io): string {
  const files = filesIn(folder, io);
  const left = files.filter(({ path }) => !discard(path));
  if (left.length > 0) throw new UserError(`cannot remove ${left.map(({ path }) => path).join(", ")}`);
  return `${folder}: ${counted(files.length, "file")} removed\n`;
}

function statOf(folder: string, io: Io): string {
  const files = filesIn(folder, io);
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const lines = [
    `folder    ${folder}${isWritable(folder) ? "" : " (not writable: nothing is cached)"}`,
    `size      ${megabytes(bytes)} of at most ${megabytes(mostBytes + mostRendered)}, ${counted(files.length, "file")}`,
    `here      ${entries(memoOf(io).size)}`,
  ];
  return `${lines.join("\n")}\n`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** There are entries for the outcome of each target, the configuration, the policies and the version of kustomize. */
function entries(count: number): string {
  return `${count} ${count === 1 ? "entry" : "entries"}, for targets and for the configuration and tools that check them`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
