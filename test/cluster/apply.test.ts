import { describe, expect, test } from "vitest";
import { batches, namespacesOf, outcomes, syncedBy } from "../../tools/cluster/apply.ts";
import type { JsonObject } from "../../tools/core/json.ts";
import { resourceOf } from "../../tools/core/resource.ts";
import { object } from "./live.ts";

const some = (kind: string, name: string, namespace?: string) =>
  resourceOf({ apiVersion: "v1", kind, metadata: { name, ...(namespace && { namespace }) } });
const names = (resources: readonly { name: string }[]) => resources.map(({ name }) => name);

test("namespaces and definitions come first, everything else in its order", () => {
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

test("namespaces, of the context where the target names none", () => {
  expect(namespacesOf([some("Namespace", "a"), some("Service", "x", "b"), some("Service", "y", "a")], "c")).toEqual([
    "a",
    "b",
  ]);
  expect(namespacesOf([some("Service", "x")], "c")).toEqual(["c"]);
  expect(namespacesOf([some("Service", "x", "b"), some("Service", "y")], "c")).toEqual(["b", "c"]);
  expect(namespacesOf([some("Namespace", "a"), some("PersistentVolume", "v")], "c")).toEqual(["a"]);
});

describe("what became of an object", () => {
  const before = object("Deployment", { replicas: 1 }, { readyReplicas: 0 }, { resourceVersion: "1" });
  test.each<[string, JsonObject, JsonObject, string]>([
    ["nothing", { replicas: 1 }, { resourceVersion: "1" }, "unchanged"],
    ["only counted on", { replicas: 1 }, { resourceVersion: "2", generation: 4 }, "unchanged"],
    ["a revision", { replicas: 1 }, { annotations: { "deployment.kubernetes.io/revision": "2" } }, "unchanged"],
    ["another spec", { replicas: 2 }, {}, "changed"],
    ["a label", { replicas: 1 }, { labels: { a: "b" } }, "changed"],
    ["another object", { replicas: 1 }, { name: "other" }, "created"],
  ])("%s", (_, spec, metadata, expected) => {
    const after = object("Deployment", spec, { readyReplicas: 1 }, metadata);
    expect(outcomes([before], [after])).toEqual([{ resource: after, outcome: expected }]);
  });
});

test("a controller that syncs it is named", () => {
  expect(syncedBy(object("Service", {}, {}))).toBeUndefined();
  const labels = { "kustomize.toolkit.fluxcd.io/name": "guestbook-dns" };
  expect(syncedBy(object("Service", {}, {}, { labels }))).toBe("the Flux Kustomization guestbook-dns");
  const annotations = { "argocd.argoproj.io/tracking-id": "guestbook-dns:apps/Deployment:guestbook-dns/frontend" };
  expect(syncedBy(object("Service", {}, {}, { annotations }))).toBe("the Argo CD Application guestbook-dns");
});
