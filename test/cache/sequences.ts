import { appendFileSync, mkdirSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import fc from "fast-check";

/** The sequences to try: `--sequences`, `--from`, `--seed` and `--path` of `npm run test:cache`. */
interface Tried {
  readonly sequences: number;
  /** The share of `--sequences`. */
  readonly part: number;
  /** The first one, to continue after an earlier run. */
  readonly from: number;
  readonly seed: number;
  /** The path of fast-check to a smaller counterexample, to replay it. */
  readonly path: string | undefined;
}

const { GITOPS_TEST_SEQUENCES, GITOPS_TEST_FROM, GITOPS_TEST_SEED, GITOPS_TEST_PATH } = process.env;

/** @param few how many `npm test` tries; @param part the share of those that `npm run test:cache` tries */
export function triedHere(few: number, part = 1): Tried {
  return {
    sequences: GITOPS_TEST_SEQUENCES === undefined ? few : Math.ceil(Number(GITOPS_TEST_SEQUENCES) * part),
    part,
    from: Number(GITOPS_TEST_FROM ?? 0),
    seed: Number(GITOPS_TEST_SEED ?? Date.now() % 1_000_000_000),
    path: GITOPS_TEST_PATH,
  };
}

/** How many sequences share a seed. A failing one is reported at the end of its round. */
const round = 20;

/** Where counterexamples are kept: one that occurs only once must not be lost. */
const kept = join(import.meta.dirname, "../../node_modules/.cache/gitops-counterexamples.txt");

/**
 * Tries a property on random values in rounds, each with its own seed, so that a run can continue where another one ended.
 *
 * @param holds throws if the property does not hold; its `index` counts all sequences from 0
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
        record(`${again}\n${JSON.stringify(value)}\n${error instanceof Error ? error.message : error}\n`);
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
      record(`${message}\n`);
      throw new Error(message);
    }
    if (GITOPS_TEST_SEQUENCES !== undefined) writeSync(2, `${name}: ${first + numRuns} (--seed ${seed})\n`);
  }
}

/** Writes to standard error, unbuffered, and to a file. */
function record(text: string): void {
  writeSync(2, text);
  mkdirSync(dirname(kept), { recursive: true });
  appendFileSync(kept, text);
}
