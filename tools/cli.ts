import { join } from "node:path";
import manifest from "../package.json" with { type: "json" };
import { parse } from "./commands/args.ts";
import type { Command, Io } from "./commands/command.ts";
import { commandHelp, generalHelp } from "./commands/help.ts";
import { commands } from "./commands/index.ts";
import { UserError } from "./core/errors.ts";
import { didYouMean } from "./core/nearest.ts";
import { visibleLines, wantsColours } from "./report/style.ts";
import { cacheCompiledCode } from "./system/compiled.ts";
import { optimizeLater } from "./system/optimizer.ts";

/** Runs one command line and returns the exit status. */
async function main(argv: readonly string[], io: Io): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined || helpWords.includes(name)) {
    io.out(await help(rest[0]));
    return name === undefined ? 2 : 0;
  }
  if (name === "--version" || name === "-v" || name === "version") {
    io.out(`${manifest.version}\n`);
    return 0;
  }
  const command = await commandNamed(name);
  const flags = rest.includes("--") ? rest.slice(0, rest.indexOf("--")) : rest;
  if (flags.includes("--help") || flags.includes("-h")) {
    io.out(commandHelp(name, command));
    return 0;
  }
  return command.run(parse(name, command, rest), io);
}

const helpWords = ["--help", "-h", "help"];

/** The help text of a command, or of all if there is no name. @throws UserError for an unknown command */
async function help(name: string | undefined): Promise<string> {
  if (name === undefined || helpWords.includes(name)) return generalHelp();
  return commandHelp(name, await commandNamed(name));
}

/** @throws UserError for an unknown command */
async function commandNamed(name: string): Promise<Command> {
  const entry = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (entry !== undefined) return (await entry.load()).command;
  const names = Object.keys(commands);
  throw new UserError(`unknown command ${name}${didYouMean(name, names) || `; the commands are ${names.join(", ")}`}`);
}

let interrupted = false;
let isDone = false;
let isBroken = false;
let farewell = "";

function ioOf({ stdout, stderr, env }: NodeJS.Process): Io {
  return {
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    env,
    colours: wantsColours(env, stdout.isTTY === true),
    columns: stdout.isTTY ? stdout.columns : undefined,
    progress: stderr.isTTY === true && !env.CI,
    size: () => ({ columns: stderr.columns ?? 80, rows: stderr.rows ?? 24 }),
    // Node opens the input when it is first accessed.
    ask: async (question) => (process.stdin.isTTY && stderr.isTTY ? answer(question) : undefined),
    whenInterrupted: (text) => {
      farewell = text;
    },
  };
}

/** Asks on the terminal; undefined at the end of input. The line editor is loaded only when needed. */
async function answer(question: string): Promise<string | undefined> {
  const { createInterface } = await import("node:readline");
  const editor = createInterface({ input: process.stdin, output: process.stderr });
  editor.on("SIGINT", () => process.kill(process.pid, "SIGINT"));
  return new Promise((settle) => {
    editor.on("close", () => settle(undefined));
    editor.question(question, (text) => {
      settle(text.trim());
      editor.close();
    });
  });
}

/** The message for the user, or the stack of an internal error. */
function complaint(error: unknown): string {
  if (error instanceof UserError) return `gitops: ${visibleLines(error.message)}\n`;
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `gitops: internal error, please report it: ${stack}\n`;
}

/**
 * A reader that has seen enough (`gitops render | head`) closes the pipe, which is no error. A full disk is: the output cannot be
 * relied on then.
 */
async function onLost(error: NodeJS.ErrnoException): Promise<void> {
  if (error.code === "EPIPE") return;
  isDone = true;
  const { explain } = await import("./system/disk.ts");
  process.stderr.write(complaint(explain(error, "cannot write to standard output")));
  process.exit(2);
}

/** A policy is a program: an error in code that it left running must not count as a successful check. */
function onLate(error: unknown): void {
  const place = error instanceof Error ? /\n\s+(at .+)/.exec(error.stack ?? "")?.[1] : undefined;
  const what = visibleLines(`${error}${place === undefined ? "" : ` (${place})`}`);
  process.stderr.write(`gitops: uncaught error, perhaps in asynchronous code of a policy: ${what}\n`);
  isBroken = true;
  process.exitCode = 2;
}

process.on("uncaughtException", onLate);
process.on("unhandledRejection", onLate);
process.on("exit", () => {
  if (isDone || interrupted) return;
  process.stderr.write("gitops: the program exited before it finished, perhaps because a policy calls process.exit\n");
  process.exitCode = 2;
});
process.stdout.on("error", onLost);
process.stderr.on("error", () => {});
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.once(signal, async () => {
    interrupted = true;
    const [{ killAll }, { removeTemporaryFolders }] = await Promise.all([
      import("./system/process.ts"),
      import("./system/disk.ts"),
    ]);
    killAll();
    removeTemporaryFolders();
    process.stderr.write(farewell);
    process.kill(process.pid, signal);
  });
}

/** `process.exit` would lose output that is still being written to a pipe. */
async function run(): Promise<void> {
  try {
    const status = await main(process.argv.slice(2), ioOf(process));
    process.exitCode = isBroken ? 2 : status;
  } catch (error) {
    // A signal from the terminal also ends child processes, so their failure is not worth reporting.
    if (!interrupted) process.stderr.write(complaint(error));
    process.exitCode = 2;
  }
  isDone = true;
}

optimizeLater();
cacheCompiledCode(join(import.meta.dirname, "compiled"));
void run();
