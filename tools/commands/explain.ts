import { UserError } from "../core/errors.ts";
import { nearest } from "../core/nearest.ts";
import type { RuleInfo } from "../core/rule.ts";
import { explainField, type FieldDoc } from "../explain/field.ts";
import { fieldText, ruleText } from "../explain/text.ts";
import { registry } from "../gate/registry.ts";
import { visibleLines } from "../report/style.ts";
import type { Args, Command } from "./command.ts";
import { configFlags } from "./config-flags.ts";
import { loadRules } from "./load-rules.ts";

export const command: Command = {
  usage: "NAME",
  description:
    "Explain a rule (schema/unknown-field), a kind (Deployment) or a field of a kind (Deployment.spec.strategy).",
  flags: configFlags,
  maxPositionals: 1,
  async run(args, io) {
    const [name] = args.positionals;
    if (!name) throw new UserError("name a rule or a field to explain; see gitops explain --help");
    io.out(isRuleId(name) ? visibleLines(ruleText(await ruleNamed(name, args))) : fieldText(await fieldNamed(name)));
    return 0;
  },
};

/** Looks up a field or a kind. @throws UserError, which names the rules if the name is a part of their ids */
async function fieldNamed(name: string): Promise<FieldDoc> {
  try {
    return await explainField(name);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const ids = [...registry([]).keys()];
    const alike = ids.filter((id) => id.endsWith(`/${name}`));
    if (alike.length > 0) throw new UserError(`there is no kind ${name}, did you mean ${alike.join(" or ")}?`);
    if (!ids.some((id) => id.startsWith(`${name}/`))) throw error;
    throw new UserError(`${name} is a family of rules; gitops policies list prints them`);
  }
}

/** Rule ids are in lower case; kinds have capitals: `apps/v1/Deployment` is not a rule. */
function isRuleId(name: string): boolean {
  return name.includes("/") && !/[A-Z]/.test(name);
}

/** Looks up a rule. Policies are loaded only for rules that are not built in, so a broken policy does not get in the way. @throws UserError */
async function ruleNamed(name: string, args: Args): Promise<RuleInfo> {
  const builtIn = registry([]).get(name);
  if (builtIn !== undefined) return builtIn;
  const { rules } = await loadRules(args);
  const rule = rules.get(name);
  if (rule === undefined) throw new UserError(unknownRule(name, rules));
  return rule;
}

/** The error for an unknown rule. If its family exists, only rules of that family are suggested. */
function unknownRule(name: string, rules: ReadonlyMap<string, RuleInfo>): string {
  const family = name.slice(0, name.indexOf("/") + 1);
  const members = [...rules.keys()].filter((id) => id.startsWith(family));
  const short = nearest(
    name.slice(family.length),
    members.map((id) => id.slice(family.length)),
  );
  const near = members.length > 0 ? short && family + short : nearest(name, rules.keys());
  return `there is no rule ${name}${near ? `, did you mean ${near}?` : "; gitops policies list prints all rules"}`;
}
