import { describe, expect, test } from "vitest";
import { applyAll, restart } from "../../../tools/commands/cluster/apply.ts";
import { type Resource, resourceOf } from "../../../tools/core/resource.ts";
import { stage } from "./kubectl.ts";

const some = (kind: string, name: string, more = {}, metadata = {}): Resource =>
  resourceOf({ apiVersion: "v1", kind, metadata: { name, ...metadata }, ...more });
const printed = (...resources: Resource[]) =>
  JSON.stringify({ kind: "List", items: resources.map(({ object }) => object) });

const [shop, web] = [some("Namespace", "shop"), some("Service", "web")];
const thing = some("CustomResourceDefinition", "things");

test("namespaces and definitions are applied first, and definitions are waited for", async () => {
  const { kubectl, io, calls } = stage((words) => (words.startsWith("apply") ? printed(web) : undefined));
  const applied = await applyAll([web, thing, shop], kubectl, false, io);
  expect(applied.map(({ outcome }) => outcome)).toEqual(["created", "created"]);
  const apply = "apply --server-side --field-manager gitops -f - -o json";
  expect(calls).toEqual([
    "get -f - --ignore-not-found -o json < web things shop",
    `${apply} < things shop`,
    "wait --for=condition=Established crd/things --timeout=60s",
    `${apply} < web`,
  ]);
});

test("existing objects are reported as unchanged or changed", async () => {
  const changed = some("Service", "web", { spec: { type: "NodePort" } });
  const { kubectl, io } = stage((words) => (words.startsWith("get") ? printed(shop, web) : printed(shop, changed)));
  const applied = await applyAll([shop, web], kubectl, true, io);
  expect(applied.slice(0, 2).map(({ outcome }) => outcome)).toEqual(["unchanged", "changed"]);
});

test("a terminating namespace is waited for, and its old objects do not count", async () => {
  const going = some("Namespace", "shop", {}, { deletionTimestamp: "2026-01-01T00:00:00Z" });
  let isGone = false;
  const { kubectl, io, calls, output } = stage((words) => {
    if (words.startsWith("wait")) isGone = true;
    if (words.startsWith("get")) return isGone ? undefined : printed(going, web);
    return words.startsWith("apply") ? printed(web) : undefined;
  });
  const applied = await applyAll([web], kubectl, false, io);
  expect(calls[1]).toBe("wait --for=delete namespace/shop --timeout=180s");
  expect(applied.map(({ outcome }) => outcome)).toEqual(["created"]);
  expect(output.err).toBe("waiting for the old namespace shop to be deleted\n");
});

test("a controller that would undo the changes is named once", async () => {
  const labels = { "kustomize.toolkit.fluxcd.io/name": "shop\u001b[2J" };
  const { kubectl, io, output } = stage(() =>
    printed(some("Service", "a", {}, { labels }), some("Service", "b", {}, { labels })),
  );
  await applyAll([web], kubectl, false, io);
  expect(output.err).toBe(
    "! the Flux Kustomization shop\\u{1b}[2J also syncs this target and will revert what is not in its Git source\n",
  );
});

describe("a failed apply is an error", () => {
  test.each([
    [
      "a conflict",
      "Apply failed with 1 conflict: .spec.replicas\nPlease review the fields above--they",
      "--force-conflicts.",
    ],
    ["any other error", "error: unable to reach", "error: unable to reach"],
  ])("%s", async (_, fails, end) => {
    const { kubectl, io } = stage((words) => (words.startsWith("apply") ? { fails } : undefined));
    await expect(applyAll([web], kubectl, false, io)).rejects.toThrow(new RegExp(`${end.replace(".", "\\.")}$`));
  });

  test("a definition that does not become established", async () => {
    const { kubectl, io } = stage((words) => (words.startsWith("wait") ? { fails: "timed out" } : undefined));
    await expect(applyAll([thing], kubectl, false, io)).rejects.toThrow("did not establish crd/things:\ntimed out");
  });
});

test("a restart runs kubectl only if there is something to restart", async () => {
  const { kubectl, io, calls } = stage(() => undefined);
  const workload = some("Deployment", "web", {}, { namespace: "shop" });
  expect([await restart([workload], kubectl, io), await restart([], kubectl, io)]).toEqual([true, false]);
  expect(calls).toEqual(["rollout restart deployment/web --namespace shop"]);
});
