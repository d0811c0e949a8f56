import type { GateInput } from "../input.ts";
import { digestOfCrds, type Outcome, type WholeOutcome } from "./outcomes.ts";

/** The valid outcomes of earlier runs, by the paths of their targets. */
export function knownOf(input: GateInput): Map<string, Outcome> {
  const known = new Map<string, Outcome>();
  for (const target of input.targets) {
    const outcome = input.outcomes.get(target);
    if (outcome !== undefined) known.set(target.path, outcome);
  }
  return known;
}

/** The outcomes in the order of the targets. The code to render and check is loaded only if needed. */
export async function outcomesOf(input: GateInput, known = knownOf(input)): Promise<readonly Outcome[]> {
  await forgetOutdated(known, input);
  if (known.size === input.targets.length && isConsistent(known)) return [...known.values()];
  const { judgeRest } = await import("./check-targets.ts");
  return judgeRest(input, known);
}

/** Forgets outcomes that date from when components had other users. */
async function forgetOutdated(known: Map<string, Outcome>, { outcomes, cwd }: GateInput): Promise<void> {
  for (const [path, { components }] of known) {
    if (components === undefined) continue;
    const users = await outcomes.users(cwd);
    if ((await users.digestOf(components.folders)) !== components.users) known.delete(path);
  }
}

/** Whether the outcomes that depend on other targets' CustomResourceDefinitions match the current definitions. */
function isConsistent(known: ReadonlyMap<string, Outcome>): boolean {
  const needs = [...known.values()].flatMap((outcome) => outcome.needs ?? []);
  const now = needs.length === 0 ? "" : digestOfCrds(Array.from(known, ([path, { crds }]) => [path, crds]));
  return needs.every((need) => need === now);
}

/** Whether comparing targets with each other may find anything. */
export function needsWhole(outcomes: readonly Outcome[], { compares }: Pick<GateInput, "compares">): boolean {
  const mayAnswer = outcomes.length > 1 && outcomes.some(({ findings }) => findings.some(({ missing }) => missing));
  return outcomes.length > 0 && (compares || mayAnswer || outcomes.some(({ syncs }) => syncs));
}

/** Compares targets with each other, if that may find anything. */
export async function wholeOf(outcomes: readonly Outcome[], input: GateInput): Promise<WholeOutcome> {
  if (!needsWhole(outcomes, input)) return noWhole;
  return input.outcomes.whole(outcomes, input.whole, async () => {
    const { judgeWhole, knownFacts } = await import("../repository/check.ts");
    return judgeWhole(await knownFacts(outcomes, input), await input.judging(), input);
  });
}

/** The outcome if there is nothing to compare. */
export const noWhole: WholeOutcome = { findings: [], answered: [], crashed: false };
