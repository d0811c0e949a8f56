import { expect, test } from "vitest";
import { claimsOf, remove, removeNamespace } from "../../../tools/commands/cluster/remove.ts";
import { type Answer, stage } from "./kubectl.ts";

const list = (...names: string[]) =>
  JSON.stringify({ kind: "List", items: names.map((name) => ({ kind: "ConfigMap", metadata: { name } })) });

/** Answers for an existing namespace with the objects in `held`. */
const namespace = (held: Answer) => (words: string) => {
  if (words.startsWith("get namespace/")) return '{ "kind": "Namespace", "metadata": { "name": "shop" } }';
  if (words.startsWith("api-resources")) return "configmaps\npods\n";
  return words.startsWith("get ") ? held : "namespace/shop\n";
};

test.each<[string, Answer, number, string]>([
  ["is empty", list("kube-root-ca.crt"), 1, "✓ namespace/shop deleted\n"],
  ["has no objects at all", "", 1, "✓ namespace/shop deleted\n"],
  ["has an object", list("mine"), 0, "  namespace/shop is kept: it contains ConfigMap/mine\n"],
  [
    "has many objects",
    list("a", "b", "c", "d", "e", "f", "g"),
    0,
    "  namespace/shop is kept: it contains ConfigMap/a, ConfigMap/b, ConfigMap/c, ConfigMap/d, ConfigMap/e, 2 more\n",
  ],
  ["cannot be listed", { fails: "forbidden" }, 0, "  namespace/shop is kept: cannot check whether it is empty\n"],
])("a namespace that %s", async (_, held, count, text) => {
  const { kubectl, io, output } = stage(namespace(held));
  expect(await removeNamespace("shop", kubectl, io)).toBe(count);
  expect(output.out).toBe(text);
});

test("a missing or terminating namespace is not deleted", async () => {
  const gone = stage(() => undefined);
  expect(await removeNamespace("shop", gone.kubectl, gone.io)).toBe(0);
  const going = stage(() => '{ "kind": "Namespace", "metadata": { "deletionTimestamp": "2026-01-01T00:00:00Z" } }');
  expect(await removeNamespace("shop", going.kubectl, going.io)).toBe(0);
  expect(going.calls).toEqual(["get namespace/shop --ignore-not-found"]);
});

test("a name is not used as a flag", async () => {
  const { kubectl, io, calls } = stage(namespace(""));
  await removeNamespace("--all", kubectl, io);
  const words = calls.flatMap((call) => call.split(" "));
  expect(words).not.toContain("--all-namespaces");
  // It is only the value of --namespace.
  expect(words.flatMap((word, index) => (word === "--all" ? [words[index - 1]] : []))).toEqual(["--namespace"]);
});

test("objects of a kind that the cluster does not have are already gone", async () => {
  const fails =
    'error: resource mapping not found for name: "x": no matches for kind "X"\nensure CRDs are installed first\n';
  const { kubectl, io } = stage(() => ({ fails }));
  expect(await remove(["-f", "-"], kubectl, io, [])).toBe(0);
  const others = stage(() => ({ fails: `${fails}error: timed out waiting for the condition\n` }));
  await expect(remove(["-f", "-"], others.kubectl, others.io, [])).rejects.toThrow(
    /^some objects could not be deleted:\nerror: timed out/,
  );
});

test("only deleted objects are counted", async () => {
  const { kubectl, io, output } = stage(() => "No resources found\npod/a\u001b\n");
  expect(await remove(["pods"], kubectl, io)).toBe(1);
  expect(output.out).toBe("✓ pod/a\\u{1b} deleted\n");
});

test("the claims of a StatefulSet end in a pod number", async () => {
  const { kubectl, calls } = stage(() => list("data-db-0", "data-db-11", "data-db-backup", "other-db-0"));
  expect(await claimsOf(["data-db-"], "shop", kubectl)).toEqual([
    "persistentvolumeclaim/data-db-0",
    "persistentvolumeclaim/data-db-11",
  ]);
  expect(await claimsOf([], "shop", kubectl)).toEqual([]);
  expect(calls).toHaveLength(1);
});
