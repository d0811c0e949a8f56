import { digestOfCrds, type Outcome, type WholeOutcome } from "./outcome.ts";
import type { GateInput } from "./run.ts";

/** By the paths of their targets, what is known from earlier runs. */
export function knownOf(input: GateInput): Map<string, Outcome> {
  const known = new Map<string, Outcome>();
  for (const target of input.targets) {
    const outcome = input.outcomes.get(target);
    if (outcome !== undefined) known.set(target.path, outcome);
  }
  return known;
}

/** Outcomes in the order of the targets. What renders and judges is loaded only where something is not known. */
export async function outcomesOf(input: GateInput, known = knownOf(input)): Promise<readonly Outcome[]> {
  await forgetOutdated(known, input);
  if (known.size === input.targets.length && isConsistent(known)) return [...known.values()];
  const { judgeRest } = await import("./rest.ts");
  return judgeRest(input, known);
}

/** Forgets outcomes that were come to when components had other users. */
async function forgetOutdated(known: Map<string, Outcome>, { outcomes, cwd }: GateInput): Promise<void> {
  for (const [path, { components }] of known) {
    if (components === undefined) continue;
    const users = await outcomes.users(cwd);
    if ((await users.digestOf(components.folders)) !== components.users) known.delete(path);
  }
}

/** Whether outcomes that depend on the CustomResourceDefinitions of other targets depend on those of these. */
function isConsistent(known: ReadonlyMap<string, Outcome>): boolean {
  const needs = [...known.values()].flatMap((outcome) => outcome.needs ?? []);
  const now = needs.length === 0 ? "" : digestOfCrds(Array.from(known, ([path, { crds }]) => [path, crds]));
  return needs.every((need) => need === now);
}

/** Whether anything can be found when one target is held against another. */
export function needsWhole(outcomes: readonly Outcome[], { compares }: Pick<GateInput, "compares">): boolean {
  const mayAnswer = outcomes.length > 1 && outcomes.some(({ findings }) => findings.some(({ missing }) => missing));
  return outcomes.length > 0 && (compares || mayAnswer || outcomes.some(({ syncs }) => syncs));
}

/** Where nothing says what is synced and nothing is missing, the gate's own rules find nothing. */
export async function wholeOf(outcomes: readonly Outcome[], input: GateInput): Promise<WholeOutcome> {
  if (!needsWhole(outcomes, input)) return noWhole;
  return input.outcomes.whole(outcomes, input.whole, async () => {
    const { judgeWhole, knownFacts } = await import("./whole.ts");
    return judgeWhole(await knownFacts(outcomes, input), await input.judging(), input);
  });
}

export const noWhole: WholeOutcome = { findings: [], answered: [], crashed: false };
