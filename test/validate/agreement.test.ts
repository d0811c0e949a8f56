import { expect, it } from "vitest";
import { compare, readVerdicts, refusedSeeds, score } from "./agreement.ts";

const verdicts = readVerdicts(new URL("./verdicts", import.meta.url).pathname);

it("takes every manifest that real API servers take", async () => {
  expect(await refusedSeeds(verdicts)).toEqual([]);
});

/** Raised whenever the agreement rises; never lowered. */
const floor = { agreed: 0.85, alarms: 10 };

it("agrees with a real API server as much as it did", async () => {
  const { lines, agreed, alarms } = score(await compare(verdicts));
  expect(agreed / lines).toBeGreaterThanOrEqual(floor.agreed);
  expect(alarms).toBeLessThanOrEqual(floor.alarms);
}, 60_000);
