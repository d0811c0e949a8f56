import { join } from "node:path";
import { expect, test } from "vitest";
import type { JsonObject } from "../../tools/core/json.ts";
import { resourceOf } from "../../tools/core/resource.ts";
import { disparities } from "../../tools/rules/gitops/renderer-parity.ts";
import { check, pinnedKustomize } from "../run.ts";

const fixture = join(import.meta.dirname, "../rules/gitops/dead-patch/pass/base");

const config = (data: JsonObject, name = "settings") =>
  resourceOf({ apiVersion: "v1", kind: "ConfigMap", metadata: { name }, data });

test("a kustomize renders the same as itself", async () => {
  const twice = ["--kustomize", pinnedKustomize(), "--kustomize", pinnedKustomize()];
  const { report, stderr } = await check([".", ...twice], { cwd: fixture });
  expect(stderr).toBe("");
  expect(report.targets).toHaveLength(1);
  expect(report.findings.filter(({ rule }) => rule === "gitops/renderer-parity")).toEqual([]);
}, 60_000);

test("what another renders otherwise, leaves out or adds is told, without its values", () => {
  const [a, b] = [config({ colour: "secret-a", size: "1" }), config({ colour: "secret-b", size: "2" })];
  const told = disparities([a, config({}, "mine")], [config({}, "theirs"), b], "kustomize v9");
  expect(told.map(({ pointer, message }) => `${pointer} ${message}`)).toEqual([
    "/data/colour kustomize v9 renders data.colour and 1 more differently",
    " kustomize v9 does not render it",
    " kustomize v9 renders v1/ConfigMap/theirs as well",
  ]);
});

test("the order of resources is no difference", () => {
  const [a, b] = [config({ a: "1" }, "a"), config({ b: "1" }, "b")];
  expect(disparities([a, b], [b, a], "kustomize v9")).toEqual([]);
});
