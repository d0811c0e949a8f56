import type { GateInput } from "../input.ts";
import { digestOfCrds, type Outcome } from "../outcomes/outcomes.ts";
import type { RepositoryOutcome } from "../repository/outcome.ts";
import { nothingAdded, type Synced } from "./combine.ts";
import type { VariantOutcome } from "./outcome.ts";

/**
 * Judges targets as they are applied, where something is added to them. The code for it is loaded only if needed.
 *
 * @param known the outcomes of variants that are known already; see `Outcomes.variant`
 */
export async function syncedOutcome(
  outcomes: readonly Outcome[],
  { variants }: Pick<RepositoryOutcome, "variants">,
  input: GateInput,
  known?: (path: string, what: string) => VariantOutcome | undefined,
): Promise<Synced> {
  if (variants.length === 0) return nothingAdded;
  const { checkSynced } = await import("./check.ts");
  const facts = async () => (await import("../repository/check.ts")).knownFacts(outcomes, input);
  const names = outcomes.map(({ facts }) => facts);
  const crds = digestOfCrds(outcomes.map(({ target, crds }) => [target.path, crds]));
  const all = { names, facts, crds, ...(known && { outcomeOf: known }) };
  return checkSynced(variants, all, input);
}
