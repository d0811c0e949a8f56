import { expect, test } from "vitest";
import type { Health } from "../../../tools/cluster/tiers.ts";
import { steadiness } from "../../../tools/commands/cluster/wait.ts";
import { object } from "../../cluster/live.ts";

const at = (done: boolean, restarts = 0): Health => {
  const rollout = { wanted: 1, ready: done ? 1 : 0, updated: 1, done };
  const pods = [{ pod: object("Pod", {}, {}), restarts, waiting: undefined }];
  return { tiers: [{ resource: object("Deployment", {}, {}), rollout, pods, refused: undefined }], fronts: [] };
};

/** The second at which it is first considered up. */
const upAt = (isNew: boolean, moments: readonly Health[]) => {
  const steady = steadiness(isNew);
  const index = moments.findIndex((health, second) => steady(health, second * 1000));
  return index < 0 ? undefined : index;
};
const up = (count: number, restarts = 0) => Array.from({ length: count }, () => at(true, restarts));

test.each<[string, boolean, readonly Health[], number | undefined]>([
  ["unchanged workloads are up immediately", false, up(1), 0],
  ["old restarts do not count", false, up(1, 7), 0],
  ["a new workload has to stay up", true, up(9), 2],
  ["a workload that is not ready is not up", true, [at(false), at(false)], undefined],
  ["a workload that goes down starts over", true, [at(true), at(false), ...up(9)], 4],
  ["a crash takes longer", true, [at(true), at(false, 1), ...up(30, 1)], 16],
  ["a crash between two polls counts", true, [...up(1), ...up(30, 1)], 16],
])("%s", (_, isNew, moments, expected) => {
  expect(upAt(isNew, moments)).toBe(expected);
});
