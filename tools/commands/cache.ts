import { cacheFolder, mostBytes } from "../cache/folder.ts";
import { mostRendered } from "../cache/renderings.ts";
import { UserError } from "../core/errors.ts";
import { didYouMean } from "../core/nearest.ts";
import { discard, isWritable, type StoredFile, storedFiles } from "../system/store.ts";
import type { Command, Io } from "./command.ts";
import { memoOf, renderingsFolder } from "./memory.ts";

const parts = ["stat", "clear"];

export const command: Command = {
  usage: "[stat|clear]",
  description:
    "What is remembered of targets that have not changed: stat (default) says where it is, how much it is and what is known\n" +
    "of this folder; clear forgets it all. Where it is: $GITOPS_CACHE_DIR, else guestbook-gitops below $XDG_CACHE_HOME or\n" +
    "~/.cache. Where nothing can be written, nothing is remembered, and all works as with --no-cache.",
  flags: {},
  maxPositionals: 1,
  async run(args, io) {
    const [part = "stat"] = args.positionals;
    if (!parts.includes(part))
      throw new UserError(`there is no cache ${part}${didYouMean(part, parts) || "; there are stat and clear"}`);
    const folder = cacheFolder(io.env);
    if (folder === undefined)
      io.out("nothing is remembered: there is no home folder; name one with $GITOPS_CACHE_DIR\n");
    else if (part === "clear") io.out(cleared(folder, io));
    else io.out(statOf(folder, io));
    return 0;
  },
};

/** Outcomes, and in a folder of their own renderings. */
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
    `folder    ${folder}${isWritable(folder) ? "" : " (cannot be written: nothing is remembered)"}`,
    `size      ${megabytes(bytes)} of at most ${megabytes(mostBytes + mostRendered)}, ${counted(files.length, "file")}`,
    `here      ${entries(memoOf(io).size)}`,
  ];
  return `${lines.join("\n")}\n`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1024 / 1024).toFixed(1)} MB`;
}

/** Beside an outcome of each target, what the configuration, the policies and kustomize's version were found to be. */
function entries(count: number): string {
  return `${count} ${count === 1 ? "entry" : "entries"}: of targets, and of what judges them`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}
