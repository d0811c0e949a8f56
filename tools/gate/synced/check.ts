import type { TargetFacts } from "../../core/repository.ts";
import { defaultJobs, pooled } from "../../system/pooled.ts";
import type { GateInput } from "../input.ts";
import { byTargetName } from "../target/name.ts";
import type { JudgedVariant, Synced } from "./combine.ts";
import type { Consequences } from "./consequences.ts";
import type { Judge } from "./judge.ts";
import type { VariantOutcome } from "./outcome.ts";
import { settled } from "./settled.ts";
import type { Variant } from "./variants.ts";

/** What is known of the targets of a run. */
export interface Known {
  /** The names of their facts; see `Outcomes.factsOf`. */
  readonly names: readonly string[];
  readonly facts: () => Promise<readonly TargetFacts[]>;
  /** A digest of the CustomResourceDefinitions of all of them. */
  readonly crds: string;
  /** The outcome of a variant that is known already. */
  readonly outcomeOf?: (path: string, what: string) => VariantOutcome | undefined;
}

/** Judges targets as Applications and Kustomizations apply them. */
export async function checkSynced(first: readonly Variant[], known: Known, input: GateInput): Promise<Synced> {
  const judgeLater = lazily(async () => (await import("./judge.ts")).judgeOf(known.facts, input));
  return settled(first, async (variants) => {
    const judged = await judgeAll(variants, judgeLater, known, input);
    const { resolved, variants: next } = await consequencesOf(judged, known, input);
    return { made: { judged, resolved }, next };
  });
}

function lazily<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

async function judgeAll(
  variants: readonly Variant[],
  judgeLater: () => Promise<Judge>,
  { crds, outcomeOf }: Known,
  input: GateInput,
): Promise<JudgedVariant[]> {
  const { targets, config, cwd, outcomes, rendering } = input;
  const byName = byTargetName(targets, ({ path }) => path, config.root, cwd);
  const judged = await pooled(variants, rendering.jobs ?? defaultJobs(), async (variant) => {
    const [target, adding] = [byName.get(variant.target), byName.get(variant.by.target)];
    if (target === undefined || adding === undefined) return undefined;
    const what = `${variant.id} ${crds}`;
    const make = async () => (await judgeLater())({ variant, target, adding });
    const isSound = (one: VariantOutcome) => !one.crashed && !one.isPassing;
    const outcome = outcomeOf?.(target.path, what) ?? (await outcomes.variant(target, what, make, isSound));
    return { variant, path: target.path, what, outcome };
  });
  return judged.filter((one) => one !== undefined);
}

/** The code to judge is loaded only if something has to be judged. */
function consequencesOf(judged: readonly JudgedVariant[], known: Known, input: GateInput): Promise<Consequences> {
  const names = [...known.names, ...judged.map(({ outcome }) => outcome.facts)];
  return input.outcomes.comparison("variants", names, input.coverage.isComplete, async () => {
    const { consequences } = await import("./consequences.ts");
    return { ...(await consequences(judged, await known.facts(), input)), crashed: false };
  });
}
