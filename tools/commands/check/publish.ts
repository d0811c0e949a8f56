import { UserError } from "../../core/errors.ts";
import type { RuleInfo } from "../../core/rule.ts";
import { repositoryOf, shown } from "../../load/paths.ts";
import { reporters } from "../../report/index.ts";
import { exitCode, type FailOn, newOnly, type Report } from "../../report/report.ts";
import type { Args, Flag, Io } from "../command.ts";
import { type Output, outputFlag, outputs, write } from "../output.ts";

/** The flags of commands that end with a report. */
export const reportFlags = {
  output: outputFlag(reporters),
  "fail-on": {
    type: "string",
    value: "SEVERITY",
    help: "lowest severity that makes the exit status 1: error (default) or warning",
  },
} satisfies Record<string, Flag>;

/** Where reports go, and which findings make a run fail. */
export interface Publication {
  readonly written: readonly Output<keyof typeof reporters>[];
  readonly failOn: FailOn;
  readonly isNewOnly: boolean;
}

/** Read before anything is judged, so that a wrong flag costs no time. @throws UserError */
export function publicationOf(args: Args): Publication {
  return {
    written: outputs(args.strings("output"), reporters, "pretty"),
    failOn: severity(args.string("fail-on") ?? "error"),
    isNewOnly: args.boolean("new-only"),
  };
}

/** These formats contain all findings and mark the new ones; the others leave old findings out with --new-only. */
const complete: readonly string[] = ["json", "sarif"] satisfies (keyof typeof reporters)[];

/**
 * Writes a report in every format that was asked for.
 *
 * @param found what the gate found, and whether a rule crashed
 * @returns the exit status
 * @throws UserError if a file cannot be written
 */
export async function publish(
  { report, crashed }: { readonly report: Report; readonly crashed: boolean },
  { written, failOn, isNewOnly }: Publication,
  rules: ReadonlyMap<string, RuleInfo>,
  io: Io,
): Promise<number> {
  const shortened = isNewOnly ? newOnly(report) : report;
  const status = crashed ? 2 : exitCode(shortened, failOn);
  const context = { failed: status !== 0, failOn, rules, folder: folderOf(process.cwd()) };
  const layOut = async (format: keyof typeof reporters, isShown: boolean) => {
    const print = await reporters[format]();
    return print(complete.includes(format) ? report : shortened, { ...context, colours: isShown && io.colours });
  };
  await write(written, layOut, io);
  return status;
}

/** The working directory, relative to the top of its repository. */
function folderOf(cwd: string): string {
  const folder = shown(repositoryOf(cwd, cwd), cwd);
  return folder === "." ? "" : folder;
}

function severity(text: string): FailOn {
  if (text === "error" || text === "warning") return text;
  throw new UserError(`--fail-on is error or warning, not "${text}"`);
}
