import { describe, expect, test } from "vitest";
import { batches, namespacesOf, outcomes, syncedBy } from "../../tools/cluster/apply.ts";
import type { JsonObject } from "../../tools/core/json.ts";
import { resourceOf } from "../../tools/core/resource.ts";
import { object } from "./live.ts";

const some = (kind: string, name: string, namespace?: string) =>
  resourceOf({ apiVersion: "v1", kind, metadata: { name, ...(namespace && { namespace }) } });
const names = (resources: readonly { name: string }[]) => resources.map(({ name }) => name);

test("namespaces and definitions come first, and everything else keeps its order", () => {
  const all = [
    some("Service", "b"),
    some("CustomResourceDefinition", "c"),
    some("Service", "a"),
    some("Namespace", "n"),
  ];
  expect(batches(all).map(names)).toEqual([
    ["c", "n"],
    ["b", "a"],
  ]);
  expect(batches([some("Service", "a")]).map(names)).toEqual([["a"]]);
});

test("resources without a namespace use that of the context", () => {
  expect(namespacesOf([some("Namespace", "a"), some("Service", "x", "b"), some("Service", "y", "a")], "c")).toEqual([
    "a",
    "b",
  ]);
  expect(namespacesOf([some("Service", "x")], "c")).toEqual(["c"]);
  expect(namespacesOf([some("Service", "x", "b"), some("Service", "y")], "c")).toEqual(["b", "c"]);
  expect(namespacesOf([some("Namespace", "a"), some("PersistentVolume", "v")], "c")).toEqual(["a"]);
});

describe("the outcome of an apply", () => {
  const before = object("Deployment", { replicas: 1 }, { readyReplicas: 0 }, { resourceVersion: "1" });
  test.each<[string, JsonObject, JsonObject, string]>([
    ["no change", { replicas: 1 }, { resourceVersion: "1" }, "unchanged"],
    ["only a new resource version", { replicas: 1 }, { resourceVersion: "2", generation: 4 }, "unchanged"],
    [
      "a revision annotation",
      { replicas: 1 },
      { annotations: { "deployment.kubernetes.io/revision": "2" } },
      "unchanged",
    ],
    ["a changed spec", { replicas: 2 }, {}, "changed"],
    ["a new label", { replicas: 1 }, { labels: { a: "b" } }, "changed"],
    ["another object", { replicas: 1 }, { name: "other" }, "created"],
  ])("%s", (_, spec, metadata, expected) => {
    const after = object("Deployment", spec, { readyReplicas: 1 }, metadata);
    expect(outcomes([before], [after])).toEqual([{ resource: after, outcome: expected }]);
  });
});

test("names the controller that syncs an object", () => {
  expect(syncedBy(object("Service", {}, {}))).toBeUndefined();
  const labels = { "kustomize.toolkit.fluxcd.io/name": "guestbook-dns" };
  expect(syncedBy(object("Service", {}, {}, { labels }))).toBe("the Flux Kustomization guestbook-dns");
  const annotations = { "argocd.argoproj.io/tracking-id": "guestbook-dns:apps/Deployment:guestbook-dns/frontend" };
  expect(syncedBy(object("Service", {}, {}, { annotations }))).toBe("the Argo CD Application guestbook-dns");
});
