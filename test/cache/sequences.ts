import { appendFileSync, mkdirSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";

/** Which sequences are tried: `--sequences`, `--from`, `--seed` and `--path` of `npm run test:cache`. */
interface Tried {
  readonly sequences: number;
  /** Of those that `--sequences` says. */
  readonly part: number;
  /** The first of them: what was tried before is not tried again. */
  readonly from: number;
  readonly seed: number;
  /** The way that fast-check went to a smaller counterexample, to go it again. */
  readonly path: string | undefined;
}

const { GITOPS_TEST_SEQUENCES, GITOPS_TEST_FROM, GITOPS_TEST_SEED, GITOPS_TEST_PATH } = process.env;

/** @param few how many `npm test` tries; @param part of those that `npm run test:cache` was asked for */
export function triedHere(few: number, part = 1): Tried {
  return {
    sequences: GITOPS_TEST_SEQUENCES === undefined ? few : Math.ceil(Number(GITOPS_TEST_SEQUENCES) * part),
    part,
    from: Number(GITOPS_TEST_FROM ?? 0),
    seed: Number(GITOPS_TEST_SEED ?? Date.now() % 1_000_000_000),
    path: GITOPS_TEST_PATH,
  };
}

/** Sequences that share a seed, and of which one that fails is told at once. */
const round = 20;

/** Where counterexamples are kept: one that shows only once must not be lost. */
const kept = join(import.meta.dirname, "../../node_modules/.cache/gitops-counterexamples.txt");

/**
 * Tries a property on random values, a round of them after the other, each with a seed of its own, so that a run can go on
 * where another one ended.
 *
 * @param holds throws where it does not hold; @param index of the sequence: 0 for the first of all
 */
export async function trySequences<T>(
  name: string,
  values: fc.Arbitrary<T>,
  { sequences, part, from, seed, path }: Tried,
  holds: (value: T, index: number) => Promise<void>,
): Promise<void> {
  for (let first = from; first < from + sequences; first += round) {
    const numRuns = Math.min(round, from + sequences - first);
    const again = `npm run test:cache -- --only ${name} --seed ${seed} --from ${first} --sequences ${numRuns / part}`;
    let index = first;
    const property = fc.asyncProperty(values, async (value) => {
      try {
        await holds(value, index++);
      } catch (error) {
        tell(`${again}\n${JSON.stringify(value)}\n${error instanceof Error ? error.message : error}\n`);
        throw error;
      }
    });
    const result = await fc.check(property, {
      seed: seed + first,
      numRuns,
      ...(path !== undefined && { path }),
    });
    if (result.failed) {
      const message = `${name}: ${again} --path ${result.counterexamplePath}\n${fc.defaultReportMessage(result)}`;
      tell(`${message}\n`);
      throw new Error(message);
    }
    if (GITOPS_TEST_SEQUENCES !== undefined) writeSync(2, `${name}: ${first + numRuns} (--seed ${seed})\n`);
  }
}

/** On standard error as it is, which nothing holds back, and in a file. */
function tell(text: string): void {
  writeSync(2, text);
  mkdirSync(dirname(kept), { recursive: true });
  appendFileSync(kept, text);
}
