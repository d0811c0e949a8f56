import { expect, test } from "vitest";
import type { Health } from "../../../tools/cluster/tiers.ts";
import { steadiness } from "../../../tools/commands/cluster/wait.ts";
import { object } from "../../cluster/live.ts";

const at = (done: boolean, restarts = 0): Health => {
  const rollout = { wanted: 1, ready: done ? 1 : 0, updated: 1, done };
  const pods = [{ pod: object("Pod", {}, {}), restarts, waiting: undefined }];
  return { tiers: [{ resource: object("Deployment", {}, {}), rollout, pods, refused: undefined }], fronts: [] };
};

/** The first moment, in seconds, at which it is taken for up. */
const upAt = (isNew: boolean, moments: readonly Health[]) => {
  const steady = steadiness(isNew);
  const index = moments.findIndex((health, second) => steady(health, second * 1000));
  return index < 0 ? undefined : index;
};
const up = (count: number, restarts = 0) => Array.from({ length: count }, () => at(true, restarts));

test.each<[string, boolean, readonly Health[], number | undefined]>([
  ["nothing new is up at once", false, up(1), 0],
  ["restarts of long ago do not count", false, up(1, 7), 0],
  ["what is new has to stay", true, up(9), 2],
  ["what is not up is not", true, [at(false), at(false)], undefined],
  ["what falls begins anew", true, [at(true), at(false), ...up(9)], 4],
  ["a crash takes longer", true, [at(true), at(false, 1), ...up(30, 1)], 16],
  ["one that is up whenever it is looked at", true, [...up(1), ...up(30, 1)], 16],
])("%s", (_, isNew, moments, expected) => {
  expect(upAt(isNew, moments)).toBe(expected);
});
