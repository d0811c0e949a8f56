import type { GateInput } from "../input.ts";
import { digestOfCrds, type Outcome } from "./outcomes.ts";

/** The valid outcomes of earlier runs, by the paths of their targets. */
export function cachedOutcomes(input: GateInput): Map<string, Outcome> {
  const known = new Map<string, Outcome>();
  for (const target of input.targets) {
    const outcome = input.outcomes.get(target);
    if (outcome !== undefined) known.set(target.path, outcome);
  }
  return known;
}

/** The outcomes in the order of the targets. The code to render and check is loaded only if needed. */
export async function outcomesOf(input: GateInput, known = cachedOutcomes(input)): Promise<readonly Outcome[]> {
  await forgetOutdated(known, input);
  if (known.size === input.targets.length && isConsistent(known)) return [...known.values()];
  const { checkTargets } = await import("./check-targets.ts");
  return checkTargets(input, known);
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
  const needed = [...known.values()].flatMap(({ crdsNeeded }) => crdsNeeded ?? []);
  const now = needed.length === 0 ? "" : digestOfCrds(Array.from(known, ([path, { crds }]) => [path, crds]));
  return needed.every((digest) => digest === now);
}
