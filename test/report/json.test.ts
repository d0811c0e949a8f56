import { describe, expect, test } from "vitest";
import { json } from "../../tools/report/json.ts";
import validate from "../../tools/report/report.schema.json?validate";
import { unsafe } from "../../tools/report/style.ts";
import { check, repository } from "../run.ts";
import { finding, hostile, report, target } from "./reports.ts";

/** What the published schema says against a report; nothing. */
function misfits(value: unknown): string[] {
  validate(value);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

describe("the schema", () => {
  test.each([
    ["nothing", report()],
    ["a finding", report([finding({ reason: "TypeInvalid" })], [target("a", { status: "error" })])],
    ["one without a place", report([{ rule: "a/b", severity: "info", message: "m", target: "a", waived: true }])],
    ["no kustomize", { ...report(), kustomize: null }],
  ])("holds for %s", (_, one) => {
    expect(misfits(JSON.parse(json(one)))).toEqual([]);
  });

  test.each([
    ["another version", { ...report(), schemaVersion: 2 }],
    ["a field that is not documented", { ...report(), more: 1 }],
    ["an unknown severity", report([{ ...finding(), severity: "fatal" } as never])],
    [
      "a line without a file",
      report([{ rule: "a/b", severity: "info", message: "m", target: "a", waived: true, line: 1 }]),
    ],
    ["a line 0", report([finding({ line: 0 })])],
    ["a pointer that is none", report([finding({ pointer: "spec" })])],
  ])("refuses %s", (_, one) => {
    expect(misfits(JSON.parse(json(one as never)))).not.toEqual([]);
  });
});

test("reports of real runs are as the schema says", async () => {
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
  expect(misfits(report)).toEqual([]);
  expect(report.targets.length).toBeGreaterThan(2);
  expect(report.summary.waived).toBe(1);
});

test("what could harm a terminal is escaped, and reads back", () => {
  const one = hostile();
  expect(json(one).replaceAll("\n", "")).not.toMatch(unsafe);
  expect(JSON.parse(json(one))).toEqual(one);
});
