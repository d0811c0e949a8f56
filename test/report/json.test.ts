import { describe, expect, test } from "vitest";
import { json } from "../../tools/report/json.ts";
import validate from "../../tools/report/report.schema.json?validate";
import { unsafe } from "../../tools/report/style.ts";
import { check, repository } from "../run.ts";
import { finding, hostile, report, target } from "./reports.ts";

/** The violations of the published schema. */
function violations(value: unknown): string[] {
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

describe("the schema", () => {
  test.each([
    ["nothing", report()],
    ["a finding", report([finding({ reason: "TypeInvalid" })], [target("a", { status: "error" })])],
    [
      "a finding without a position",
      report([{ rule: "a/b", severity: "info", message: "m", target: "a", waived: true }]),
    ],
    ["no kustomize", { ...report(), kustomize: null }],
  ])("accepts %s", (_, one) => {
    expect(violations(JSON.parse(json(one)))).toEqual([]);
  });

  test.each([
    ["another version", { ...report(), schemaVersion: 2 }],
    ["an undocumented field", { ...report(), more: 1 }],
    ["an unknown severity", report([{ ...finding(), severity: "fatal" } as never])],
    [
      "a line without a file",
      report([{ rule: "a/b", severity: "info", message: "m", target: "a", waived: true, line: 1 }]),
    ],
    ["line 0", report([finding({ line: 0 })])],
    ["an invalid pointer", report([finding({ pointer: "spec" })])],
  ])("rejects %s", (_, one) => {
    expect(violations(JSON.parse(json(one as never)))).not.toEqual([]);
  });
});

test("reports of real runs match the schema", async () => {
  const cwd = repository({
    "base/kustomization.yaml": "resources: [settings.yaml]\n",
    "base/settings.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: settings}\ndata: {debug: true}\n",
    "overlays/dev/kustomization.yaml": "resources: [../../base]\n",
    "overlays/broken/kustomization.yaml": "resources: [missing.yaml]\n",
    "empty/kustomization.yaml": "resources: []\n",
    "bad.yaml": "a: [1\n",
    "gitops.yaml": "waivers: waivers.yaml\n",
    "waivers.yaml":
      "- {rule: schema/type, target: overlays/dev, reason: known, owner: me, expires: 2999-01-01}\n" +
      "- {rule: no/rule, reason: known, owner: me, expires: 2999-01-01}\n",
  });
  const { report } = await check(["."], { cwd });
  expect(violations(report)).toEqual([]);
  expect(report.targets.length).toBeGreaterThan(2);
  expect(report.summary.waived).toBe(1);
});

test("what could harm a terminal is escaped, and can be decoded", () => {
  const one = hostile();
  expect(json(one).replaceAll("\n", "")).not.toMatch(unsafe);
  expect(JSON.parse(json(one))).toEqual(one);
});
