import { expect, test } from "vitest";
import type { JsonObject } from "../../tools/core/json.ts";
import { appliersOf, ownerOf } from "../../tools/drift/owner.ts";

const entry = (manager: string, operation: string, time: string, fieldsV1: JsonObject): JsonObject => ({
  manager,
  operation,
  time,
  fieldsV1,
});

/** A shortened object of a real API server. */
const live: JsonObject = {
  metadata: {
    managedFields: [
      entry("argocd-controller", "Apply", "2026-11-28T10:00:00Z", {
        "f:spec": {
          "f:replicas": {},
          "f:template": { "f:spec": { "f:containers": { 'k:{"name":"web"}': { ".": {}, "f:image": {} } } } },
        },
      }),
      entry("kubectl", "Update", "2026-11-28T11:00:00Z", { "f:spec": { "f:replicas": {} } }),
      entry("kubectl-edit", "Update", "2026-11-28T12:00:00Z", {
        "f:metadata": { "f:finalizers": { ".": {}, 'v:"a/b"': {} } },
        "f:spec": { "f:template": { "f:spec": { "f:containers": { 'k:{"name":"web"}': { "f:image": {} } } } } },
      }),
      entry("late", "Update", "2026-11-28T13:00:00Z", { "f:data": {}, "f:spec": { "f:replicas": {} } }),
    ],
    finalizers: ["a/b"],
  },
  data: { a: "1" },
  spec: { replicas: 5, template: { spec: { containers: [{ name: "side" }, { name: "web", image: "i" }] } } },
};

test.each<[string, string | undefined]>([
  ["/spec/replicas", "late"],
  ["/spec/template/spec/containers/1/image", "kubectl-edit"],
  ["/spec/template/spec/containers/0/image", undefined],
  ["/metadata/finalizers/0", "kubectl-edit"],
  ["/data/a", "late"],
  ["/spec/paused", undefined],
])("%s: %s", (pointer, expected) => {
  expect(ownerOf(live, pointer, "argocd-controller")?.manager).toBe(expected);
});

test("the manager that applies the target is not reported as an owner", () => {
  expect(ownerOf(live, "/spec/replicas", "late")).toEqual({ manager: "kubectl", time: "2026-11-28T11:00:00Z" });
  expect(appliersOf(live)).toEqual(["argocd-controller"]);
});

test.each([
  {},
  { metadata: { managedFields: "x" } },
  { metadata: { managedFields: [{ manager: "m", fieldsV1: { "k:{": {} } }] } },
])("malformed metadata gives no owner: %j", (object) => {
  expect(ownerOf({ ...object, list: [1] }, "/list/0", "m2")).toBeUndefined();
  expect(appliersOf(object as JsonObject)).toEqual([]);
});
