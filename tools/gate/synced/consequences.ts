import { groupBy } from "../../core/group.ts";
import type { RepositoryContext, TargetFacts } from "../../core/repository.ts";
import { renders } from "../../core/resource.ts";
import type { GateInput } from "../input.ts";
import { contextOf, resolvedIn } from "../repository/check.ts";
import type { JudgedVariant } from "./combine.ts";
import { type Variant, variantsOf } from "./variants.ts";

/** What follows from variants: a Kustomization may change others that it applies, and what they apply. */
export interface Consequences {
  readonly variants: readonly Variant[];
  /** The keys of findings about variants that other targets resolve. */
  readonly resolved: readonly string[];
}

/** What follows from all variants of a run. @param facts about the targets as they are */
export async function consequences(
  judged: readonly JudgedVariant[],
  facts: readonly TargetFacts[],
  input: GateInput,
): Promise<Consequences> {
  const context = await contextAsApplied(judged, facts, input);
  return { variants: variantsOf(context), resolved: resolvedIn(context, input) };
}

/** The repository with the targets as they are applied. @param facts about the targets as they are */
export function contextAsApplied(
  judged: readonly JudgedVariant[],
  facts: readonly TargetFacts[],
  input: GateInput,
): Promise<RepositoryContext> {
  const known = judged.map(({ variant, outcome }) => ({ variant, facts: input.outcomes.factsOf(outcome) }));
  return contextOf(appliedFacts(facts, known), input);
}

/** Facts about a variant; undefined if they are not known. */
interface VariantFacts {
  readonly variant: Variant;
  readonly facts: TargetFacts | undefined;
}

/** The facts about targets and their variants, without those about targets that are never applied as they are. */
export function appliedFacts(facts: readonly TargetFacts[], variants: readonly VariantFacts[]): TargetFacts[] {
  const byName = groupBy(variants, ({ variant }) => variant.target);
  return facts.flatMap((plain) => {
    const some = byName.get(plain.name) ?? [];
    const applied = some.flatMap((one) => (one.facts ? { ...one.facts, asWritten: plain.syncs } : []));
    const isPlain =
      some.length === 0 || some.some(({ variant, facts }) => !variant.isAlways || !(facts && renders(facts)));
    return isPlain ? [plain, ...applied] : applied;
  });
}
