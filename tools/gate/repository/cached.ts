import type { GateInput } from "../input.ts";
import type { Outcome } from "../outcomes/outcomes.ts";
import { noRepositoryOutcome, type RepositoryOutcome } from "./outcome.ts";

/** Whether comparing targets with each other may find anything. */
export function needsRepositoryCheck(outcomes: readonly Outcome[], { rules }: Pick<GateInput, "rules">): boolean {
  const mayResolve = outcomes.length > 1 && outcomes.some(({ findings }) => findings.some(({ missing }) => missing));
  return outcomes.length > 0 && (rules.compareTargets || mayResolve || outcomes.some(({ syncs }) => syncs));
}

/** Compares targets with each other, if that may find anything. The code for it is loaded only if needed. */
export async function repositoryOutcome(outcomes: readonly Outcome[], input: GateInput): Promise<RepositoryOutcome> {
  if (!needsRepositoryCheck(outcomes, input)) return noRepositoryOutcome;
  const names = outcomes.map(({ facts }) => facts);
  return input.outcomes.comparison("comparison", names, input.coverage.isComplete, async () => {
    const { checkRepository, knownFacts } = await import("./check.ts");
    return checkRepository(await knownFacts(outcomes, input), await input.rules.load(), input);
  });
}
