import { spell } from "./args.ts";
import type { Command, Flag } from "./command.ts";
import { commands } from "./index.ts";

/** The help text that lists all commands. */
export function generalHelp(): string {
  const rows = Object.entries(commands).map(([name, { summary }]) => [name, summary] as const);
  return [
    "gitops: the gate for a GitOps repository. If it is green, it applies, and it works.",
    "",
    "Usage: gitops COMMAND [ARGUMENT…]",
    "",
    "Commands:",
    table(rows),
    "",
    "Options:",
    table([
      ["-h, --help", "print this help, or that of a command"],
      ["-v, --version", "print the version"],
    ]),
    "",
    "See gitops COMMAND --help for details. Exit status: 0 clean, 1 findings, 2 could not run.",
    "",
  ].join("\n");
}

/** The help text of one command. */
export function commandHelp(name: string, command: Command): string {
  const rows = Object.entries(command.flags).map(([flag, spec]) => [spell(flag, spec), helpOf(spec)] as const);
  const options = rows.length > 0 ? ["", "Options:", table(rows)] : [];
  return [`Usage: gitops ${name} ${command.usage}`.trimEnd(), "", command.description, ...options, ""].join("\n");
}

function helpOf({ help, multiple }: Flag): string {
  return multiple ? `${help}; repeatable` : help;
}

function table(rows: readonly (readonly [string, string])[]): string {
  const width = Math.max(...rows.map(([left]) => left.length));
  return rows.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`).join("\n");
}
