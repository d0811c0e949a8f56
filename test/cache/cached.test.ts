import { setTimeout } from "node:timers/promises";
import { expect, inject, it, onTestFinished, vi } from "vitest";
import { apply, type Edit, everyKindWasApplied, type Step, steps } from "./edits.ts";
import { triedHere, trySequences } from "./sequences.ts";
import { World } from "./world.ts";

vi.mock("../../tools/system/process.ts", async (original) =>
  (await import("./kustomize-memory.ts")).withMemory(await original()),
);

/** `npm run test:cache` tries 2,000. */
const tried = triedHere(15);

it(
  `a cached run reports what --no-cache does, after any of ${tried.sequences} sequences of edits`,
  async () => {
    const world = new World();
    onTestFinished(() => world.remove());
    let hits = 0;
    await trySequences("cached", steps, tried, async (sequence, index) => {
      world.reset();
      // One in twenty runs the built program in a process of its own.
      const isWhole = index % 20 === 19;
      world.program = isWhole ? inject("gitops") : undefined;
      for (const [at, step] of sequence.entries()) {
        await change(world, step);
        const cached = await world.check();
        hits += cached.cached.length;
        if (isWhole && at + 1 < sequence.length) continue;
        expect({ ...cached, cached: [] }).toEqual(await world.check("--no-cache"));
      }
    });
    expect(hits).toBeGreaterThan(tried.sequences / 10);
    if (tried.sequences >= 100) expect(everyKindWasApplied()).toBe(true);
  },
  60_000 + tried.sequences * 20_000,
);

/**
 * Applies the edits of a step. The report of a run during which files change does not matter, but what it stores does. A script
 * that is replaced while its shell starts may do anything, so kustomize is replaced only after the run.
 */
async function change(world: World, { edits, during }: Step): Promise<void> {
  const isLater = ({ does }: Edit) => during !== undefined && does === "replaceKustomize";
  const running = during === undefined ? undefined : world.check();
  if (during !== undefined) await setTimeout(during);
  apply(
    edits.filter((edit) => !isLater(edit)),
    world,
  );
  await running;
  apply(edits.filter(isLater), world);
}
