import { UserError } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import type { RuleInfo } from "../core/rule.ts";
import { explainField } from "../explain/field.ts";
import { fieldText, ruleText } from "../explain/text.ts";
import { visibleLines } from "../report/style.ts";
import type { Args, Command } from "./command.ts";
import { select } from "./select.ts";
import { selectionFlags } from "./selection.ts";

export const command: Command = {
  usage: "NAME",
  description: "Teaches a rule (schema/unknown-field), or a field of a built-in kind (Deployment.spec.strategy).",
  flags: selectionFlags,
  maxPositionals: 1,
  async run(args, io) {
    const [name] = args.positionals;
    if (!name) throw new UserError("explain needs the id of a rule or a field; see gitops explain --help");
    io.out(isRuleId(name) ? visibleLines(ruleText(await ruleNamed(name, args))) : fieldText(await explainField(name)));
    return 0;
  },
};

/** Families are written in small letters, kinds with a capital: `apps/v1/Deployment` is no rule. */
function isRuleId(name: string): boolean {
  return name.includes("/") && !/[A-Z]/.test(name);
}

/** Policies are read for a rule alone: those that do not load have no say in what a field is. @throws UserError */
async function ruleNamed(name: string, args: Args): Promise<RuleInfo> {
  const { rules } = await select(args);
  const rule = rules.get(name);
  if (rule === undefined) throw new UserError(unknownRule(name, rules));
  return rule;
}

/** A family that exists was meant; then only the names in it are near. */
function unknownRule(name: string, rules: ReadonlyMap<string, RuleInfo>): string {
  const family = name.slice(0, name.indexOf("/") + 1);
  const members = [...rules.keys()].filter((id) => id.startsWith(family));
  const short = nearest(
    name.slice(family.length),
    members.map((id) => id.slice(family.length)),
  );
  const near = members.length > 0 ? short && family + short : nearest(name, rules.keys());
  return `there is no rule ${name}${near ? `, did you mean ${near}?` : "; gitops policies list prints every one"}`;
}
