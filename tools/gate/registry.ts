import { UserError } from "../core/errors.ts";
import type { RuleInfo } from "../core/rule.ts";
import { builtinRules } from "../policy/builtin.ts";
import type { Policy } from "../policy/define.ts";
import { rules } from "../rules/index.ts";
import { rules as validationRules } from "../validate/rules.ts";

/**
 * Every rule of a run by its id: those of the gate itself, and the policies that were loaded.
 *
 * @throws UserError when a policy has the id of a rule of the gate.
 */
export function registry(policies: readonly Policy[]): ReadonlyMap<string, RuleInfo> {
  const advice = rules.map((rule) => ({ ...rule, advises: true }) as const);
  const own = new Map<string, RuleInfo>(
    [...validationRules, ...builtinRules, ...advice].map((rule) => [rule.id, rule]),
  );
  const taken = policies.find(({ id }) => own.has(id));
  if (taken !== undefined) throw new UserError(`${taken.id} is a rule of the gate itself: give the policy another id`);
  return new Map([...own, ...policies.map((policy) => [policy.id, policy] as const)]);
}
