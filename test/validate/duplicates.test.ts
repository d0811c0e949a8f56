import { expect, test } from "vitest";
import { resourceOf } from "../../tools/core/resource.ts";
import { duplicateResources } from "../../tools/validate/duplicates.ts";

const named = (apiVersion: string, kind: string, metadata: Record<string, string>) =>
  resourceOf({ apiVersion, kind, metadata });

test.each([
  ["the same object twice", [named("v1", "Service", { name: "a" }), named("v1", "Service", { name: "a" })], 1],
  [
    "two versions of one group",
    [named("apps/v1", "Deployment", { name: "a" }), named("apps/v1beta1", "Deployment", { name: "a" })],
    1,
  ],
  ["three of them", [1, 2, 3].map(() => named("v1", "Service", { name: "a" })), 2],
  [
    "two namespaces",
    [named("v1", "Service", { name: "a", namespace: "x" }), named("v1", "Service", { name: "a", namespace: "y" })],
    0,
  ],
  ["two groups", [named("v1", "Event", { name: "a" }), named("events.k8s.io/v1", "Event", { name: "a" })], 0],
  ["two kinds", [named("v1", "Service", { name: "a" }), named("v1", "ConfigMap", { name: "a" })], 0],
  [
    "generated names",
    [named("batch/v1", "Job", { generateName: "a-" }), named("batch/v1", "Job", { generateName: "a-" })],
    0,
  ],
])("%s", (_, resources, count) => {
  expect(duplicateResources(resources).map(({ problem }) => problem.rule)).toEqual(
    Array(count).fill("apply/duplicate-resource"),
  );
});
