import { expect, test } from "vitest";
import { claimPrefixes, cleanup, leftovers } from "../../tools/cluster/cleanup.ts";
import { resourceOf } from "../../tools/core/resource.ts";
import { object } from "./live.ts";

const some = (kind: string, name: string, metadata = {}) =>
  resourceOf({
    apiVersion: kind === "CustomResourceDefinition" ? "apiextensions.k8s.io/v1" : "v1",
    kind,
    metadata: { name, ...metadata },
  });
const names = (resources: readonly { name: string }[]) => resources.map(({ name }) => name);

const rendered = [
  some("Namespace", "shop"),
  some("CustomResourceDefinition", "things"),
  some("PersistentVolumeClaim", "data"),
  some("Service", "web"),
  some("ConfigMap", "settings"),
];

test.each([
  [false, ["settings", "web"], ["things", "data"]],
  [true, ["settings", "web", "data"], ["things"]],
])("with volumes %s", (volumes, removed, kept) => {
  const plan = cleanup(rendered, volumes);
  expect(names(plan.remove)).toEqual(removed);
  expect(plan.keep.map(({ resource }) => resource.name)).toEqual(kept);
  expect(plan.namespaces).toEqual(["shop"]);
});

test("the cluster's own namespaces stay", () => {
  const own = ["default", "kube-system", "kubernetes"].map((name) => some("Namespace", name));
  expect(cleanup(own, true).namespaces).toEqual(["kubernetes"]);
});

test("the claims of a StatefulSet have its name as a prefix", () => {
  const volumeClaimTemplates = [{ metadata: { name: "data" } }, {}];
  expect(claimPrefixes([object("StatefulSet", { volumeClaimTemplates }, {}, { name: "db" })])).toEqual(["data-db-"]);
});

test("leftovers do not include what Kubernetes creates or deletes itself", () => {
  const left = leftovers([
    some("ServiceAccount", "default"),
    some("ServiceAccount", "mine"),
    some("ConfigMap", "kube-root-ca.crt"),
    some("Event", "e"),
    some("Pod", "going", { deletionTimestamp: "2026-01-01T00:00:00Z" }),
    some("EndpointSlice", "owned", { ownerReferences: [{ uid: "1" }] }),
    some("PersistentVolumeClaim", "data"),
  ]);
  expect(left).toEqual(["PersistentVolumeClaim/data", "ServiceAccount/mine"]);
});
