import { UserError } from "../core/errors.ts";
import type { RuleInfo } from "../core/rule.ts";
import { builtinRules } from "../policy/builtin.ts";
import type { Policy } from "../policy/define.ts";
import { rules } from "../rules/index.ts";
import { rules as validationRules } from "../validate/rules.ts";

/**
 * All rules of a run by their ids: the built-in rules and the loaded policies.
 *
 * @throws UserError if a policy has the id of a built-in rule.
 */
export function registry(policies: readonly Policy[]): ReadonlyMap<string, RuleInfo> {
  const advice = rules.map((rule) => ({ ...rule, advises: true }) as const);
  const own = new Map<string, RuleInfo>(
    [...validationRules, ...builtinRules, ...advice].map((rule) => [rule.id, rule]),
  );
  const taken = policies.find(({ id }) => own.has(id));
  if (taken !== undefined) throw new UserError(`${taken.id} is the id of a built-in rule: give the policy another id`);
  return new Map([...own, ...policies.map((policy) => [policy.id, policy] as const)]);
}
