import fc from "fast-check";
import { expect, it, onTestFinished } from "vitest";
import { apply, edits } from "./edits.ts";
import { World } from "./world.ts";

/** `npm run test:cache` tries 2,000. */
const sequences = Number(process.env.GITOPS_TEST_SEQUENCES ?? 15);

it(
  `a cached run reports what --no-cache does, after any of ${sequences} sequences of edits`,
  async () => {
    const world = new World();
    onTestFinished(() => world.remove());
    let hits = 0;
    const holds = fc.asyncProperty(edits, fc.nat(), async (sequence, between) => {
      world.reset();
      for (const [index, edit] of sequence.entries()) {
        apply(edit, world);
        if (index === between % 12) await world.check();
      }
      const cached = await world.check();
      hits += cached.cached.length;
      expect({ ...cached, cached: [] }).toEqual(await world.check("--no-cache"));
    });
    await fc.assert(holds, { numRuns: sequences });
    expect(hits).toBeGreaterThan(sequences / 10);
  },
  60_000 + sequences * 10_000,
);
