import { describe, expect, test } from "vitest";
import { type Resource, resourceOf } from "../../tools/core/resource.ts";
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
  ["the same object three times", [1, 2, 3].map(() => named("v1", "Service", { name: "a" })), 2],
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

describe("in a folder that was not named as a target", () => {
  const at = (file: string, name: string) => resourceOf({ ...named("v1", "Service", { name }).object }, source(file));
  const source = (file: string) => ({ file, document: 0, pointer: "" });
  const messages = (...resources: Resource[]) =>
    duplicateResources(resources, true).map(({ resource, problem }) => `${resource.source?.file} ${problem.message}`);

  test("duplicates are reported once per folder", () => {
    const names = ["a", "b", "c", "d", "e", "f"];
    const versions = ["m/1", "m/2", "m/3"].flatMap((folder) => names.map((name) => at(`${folder}/${name}.yaml`, name)));
    expect(messages(...versions)).toEqual(
      ["m/2", "m/3"].map(
        (folder) =>
          `${folder}/a.yaml 6 objects are defined in ${folder} and in m/1: v1/Service/a, v1/Service/b, v1/Service/c, v1/Service/d, ` +
          "v1/Service/e and 1 more; for each of them, the manifest that is applied last wins",
      ),
    );
    expect(messages(...["1", "2", "3"].flatMap((file) => [at(file, "a"), at(file, "b")]))).toEqual([
      "2 2 objects are defined more than once in .: v1/Service/a, v1/Service/b; for each of them, the manifest that is applied last wins",
    ]);
  });

  test("duplicates in many folders are reported once", () => {
    const folders = ["m/1", "m/2", "m/3", "m/4", "m/5"];
    const [one, ...others] = duplicateResources(
      folders.flatMap((folder) => [at(`${folder}/a.yaml`, "a"), at(`${folder}/b.yaml`, "b")]),
      true,
    );
    expect(others).toEqual([]);
    expect(one?.resource.source?.file).toBe("m/2/a.yaml");
    expect(one?.problem.message).toBe(
      "2 objects are defined in several of 5 folders: v1/Service/a, v1/Service/b; for each of them, the manifest that is applied last wins",
    );
    expect(one?.problem.help).toContain("set targets in gitops.yaml to those to check: m/1, m/2, m/3, m/4, m/5");
  });

  test("an object is counted once", () => {
    expect(messages(at("m/1", "a"), at("m/2", "a"), at("m/3", "a"))).toEqual([
      "m/2 v1/Service/a is defined more than once in m: the manifest that is applied last wins",
    ]);
  });

  test("a single duplicate gets the usual message, with help for alternatives", () => {
    const [one] = duplicateResources([at("m/1.yaml", "a"), at("n/1.yaml", "a")], true);
    expect(one?.problem.message).toBe("v1/Service/a already exists in m/1.yaml: the one that is applied last wins");
    expect(one?.problem.help).toContain("set targets in gitops.yaml");
  });
});
