import { UserError } from "../core/errors.ts";
import type { RuleInfo } from "../core/rule.ts";
import type { Command } from "./command.ts";
import { select, selectionFlags } from "./selection.ts";

export const command: Command = {
  usage: "[list]",
  description: "Lists every rule with its severity: those of the gate itself, and the policies of this repository.",
  flags: selectionFlags,
  maxPositionals: 1,
  async run(args, io) {
    const [verb = "list"] = args.positionals;
    if (verb !== "list") throw new UserError(`gitops policies knows "list", not "${verb}"`);
    const { rules } = await select(args);
    io.out(table([...rules.values()]));
    return 0;
  },
};

function table(rules: readonly RuleInfo[]): string {
  const width = Math.max(...rules.map(({ id }) => id.length));
  const rows = rules.map(
    ({ id, severity, why }) => `${id.padEnd(width)}  ${severity.padEnd(7)}  ${firstSentence(why)}`,
  );
  return `${rows.sort().join("\n")}\n`;
}

function firstSentence(text: string): string {
  return /^.*?[.;:](?=\s|$)/s.exec(text)?.[0].replace(/[;:]$/, ".") ?? text;
}
