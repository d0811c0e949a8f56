import { expect, test } from "vitest";
import type { JsonObject } from "../../tools/core/json.ts";
import { resourceOf } from "../../tools/core/resource.ts";
import { matchResources } from "../../tools/diff/match.ts";

const resource = (apiVersion: string, kind: string, name: string, namespace?: string) =>
  resourceOf({ apiVersion, kind, metadata: { name, ...(namespace && { namespace }) } as JsonObject });

test("objects are matched by group, kind, namespace and name", () => {
  const before = [
    resource("autoscaling/v1", "HorizontalPodAutoscaler", "web", "a"),
    resource("v1", "Service", "web", "a"),
    resource("v1", "Service", "gone", "a"),
  ];
  const after = [
    resource("v1", "Service", "web", "b"),
    resource("v1", "Service", "web", "a"),
    resource("autoscaling/v2", "HorizontalPodAutoscaler", "web", "a"),
    resource("example.com/v1", "Service", "gone", "a"),
  ];
  const found = matchResources(before, after).map((match) => [
    before.indexOf(match.before as never),
    after.indexOf(match.after as never),
  ]);
  expect(found).toEqual([
    [-1, 0],
    [1, 1],
    [0, 2],
    [-1, 3],
    [2, -1],
  ]);
});
