import type { Variant } from "./variants.ts";

/** Kustomizations that apply Kustomizations that apply others; more than a repository has. */
const maxDepth = 6;

/** What was made of some variants, and the variants that follow from it. */
interface Step<T> {
  readonly made: T;
  readonly next: readonly Variant[];
}

/** Repeats a step until no other variants follow: a Kustomization may change others that it applies. */
export async function settled<T>(
  first: readonly Variant[],
  step: (variants: readonly Variant[]) => Promise<Step<T>>,
): Promise<T> {
  let variants = first;
  for (let depth = 0; ; depth++) {
    const { made, next } = await step(variants);
    if (depth === maxDepth || idOf(next) === idOf(variants)) return made;
    variants = next;
  }
}

function idOf(variants: readonly Variant[]): string {
  return variants.map(({ target, id }) => `${target} ${id}`).join("\n");
}
