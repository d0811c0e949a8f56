import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { Report } from "../../tools/report/report.ts";
import { escapeTap, tap } from "../../tools/report/tap.ts";
import { context, finding, hostile, report, target } from "./reports.ts";

/** The lines that a TAP harness reads: neither indented nor empty. */
const points = (one: Report, failOn: "error" | "warning" = "error") =>
  tap(one, { ...context, failOn })
    .split("\n")
    .filter((line) => /^\S/.test(line));

const blocks = (one: Report) =>
  [...tap(one, context).matchAll(/^ {2}---\n(.*?)^ {2}\.\.\.$/gms)].map(([, block]) => parse(block ?? ""));

describe("each target is a test", () => {
  test.each([
    ["clean", report([], [target("a")]), "ok 1 - a"],
    ["an error", report([finding({ target: "a" })]), "not ok 1 - a"],
    ["a warning", report([finding({ target: "a", severity: "warning" })]), "ok 1 - a"],
    ["a waived error", report([finding({ target: "a", waived: true })]), "not ok 1 - a # TODO 1 finding waived"],
    ["a waived warning", report([finding({ target: "a", severity: "warning", waived: true })]), "ok 1 - a"],
    [
      "an error and a waived one",
      report([finding({ target: "a" }), finding({ target: "a", waived: true })]),
      "not ok 1 - a",
    ],
    ["a target that could not be read", report([], [target("a", { status: "error" })]), "not ok 1 - a"],
    [
      "no resource with a schema",
      report([], [target("a", { skipped: 1 })]),
      "ok 1 - a # SKIP 1 resource without a schema",
    ],
    ["the repository itself", report([finding({ target: "." })]), "not ok 1 - ."],
  ])("%s", (_, one, expected) => {
    expect(points(one)).toEqual(["TAP version 14", "1..1", expected]);
  });

  test("a warning fails the test if it makes the run fail", () => {
    expect(points(report([finding({ target: "a", severity: "warning" })]), "warning").at(-1)).toBe("not ok 1 - a");
  });

  test("a run without targets has an empty plan", () => {
    expect(points(report())).toEqual(["TAP version 14", "1..0 # SKIP no targets"]);
  });
});

test("the diagnostics are YAML with position, message and help", () => {
  expect(blocks(report([finding({ waived: true })]))).toEqual([
    {
      size: "1 resource",
      findings: [
        {
          rule: "schema/type",
          severity: "error",
          message: "ConfigMap.data.debug is true; expected a string",
          help: 'Put it in quotes: "true".',
          at: "base/settings.yaml:6:3",
          resource: "v1/ConfigMap/dev/settings",
          pointer: "/data/debug",
          waived: true,
        },
      ],
    },
  ]);
});

test("text from a target cannot add a test or a directive, or end the diagnostics", () => {
  const one = hostile();
  const [version, plan, ...tests] = points(one);
  expect([version, plan]).toEqual(["TAP version 14", `1..${one.targets.length}`]);
  expect(tests.map((line) => /^(?:not )?ok (\d+) - /.exec(line)?.[1])).toEqual(
    one.targets.map((_, index) => `${index + 1}`),
  );
  expect(blocks(one)).toHaveLength(one.targets.length);
});

test("an escaped description has no directive, and can be decoded", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme-ascii" }), (text) => {
      expect(escapeTap(text)).not.toMatch(/(?<!\\)(?:\\\\)*#/);
      expect(escapeTap(text).replace(/\\([\\#])/g, "$1")).toBe(text);
    }),
  );
});
