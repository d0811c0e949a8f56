import { describe, expect, test } from "vitest";
import { junit } from "../../tools/report/junit.ts";
import type { Report, ReportContext } from "../../tools/report/report.ts";
import { context, finding, hostile, report, target } from "./reports.ts";
import { type Element, elementsOf, readXml } from "./xml.ts";

/** The required and optional attributes and the children of each element, from Jenkins' junit-10.xsd. */
const allowed: Readonly<Record<string, { required: string[]; optional: string[]; children: string[] }>> = {
  testsuites: { required: [], optional: ["name", "time", "tests", "failures", "errors"], children: ["testsuite"] },
  testsuite: {
    required: ["name", "tests", "failures", "errors"],
    optional: ["time", "skipped"],
    children: ["testcase"],
  },
  testcase: {
    required: ["name"],
    optional: ["time", "classname", "group"],
    children: ["skipped", "error", "failure", "system-out"],
  },
  failure: { required: [], optional: ["type", "message"], children: [] },
  error: { required: [], optional: ["type", "message"], children: [] },
  skipped: { required: [], optional: ["type", "message"], children: [] },
  "system-out": { required: [], optional: [], children: [] },
};

function violations(element: Element): string[] {
  const rule = allowed[element.name];
  if (rule === undefined) return [`<${element.name}>`];
  const names = Object.keys(element.attributes);
  return [
    ...rule.required.filter((name) => !names.includes(name)).map((name) => `${element.name} without ${name}`),
    ...names
      .filter((name) => ![...rule.required, ...rule.optional].includes(name))
      .map((name) => `${element.name} ${name}`),
    ...element.children
      .filter(({ name }) => !rule.children.includes(name))
      .map(({ name }) => `${name} in ${element.name}`),
    ...element.children.flatMap(violations),
  ];
}

function read(one: Report, more: Partial<ReportContext> = {}): Element {
  const root = readXml(junit(one, { ...context, ...more }));
  expect(violations(root)).toEqual([]);
  return root;
}

const verdicts = (root: Element) => elementsOf(root, "testcase").map(({ children }) => children[0]?.name ?? "passed");

describe("each target is a suite, and each finding a case", () => {
  test.each([
    ["a clean target", report([], [target("a")]), ["passed"]],
    ["an error", report([finding()]), ["failure"]],
    ["a warning", report([finding({ severity: "warning" })]), ["system-out"]],
    ["information", report([finding({ severity: "info" })]), ["system-out"]],
    ["a waived error", report([finding({ waived: true })]), ["skipped"]],
    ["a target that could not be read", report([], [target("a", { status: "error" })]), ["error"]],
    ["the repository itself", report([finding({ target: "." })]), ["failure"]],
    ["an empty report", report(), []],
  ])("%s", (_, one, expected) => {
    expect(verdicts(read(one))).toEqual(expected);
  });

  test("a warning is a failure if it makes the run fail", () => {
    const root = read(report([finding({ severity: "warning" })]), { failOn: "warning" });
    expect(verdicts(root)).toEqual(["failure"]);
  });

  test("the counts match the cases", () => {
    const root = read(hostile());
    for (const suite of elementsOf(root, "testsuite")) {
      const own = verdicts(suite);
      const count = (name: string) => `${own.filter((verdict) => verdict === name).length}`;
      expect(suite.attributes).toMatchObject({
        tests: `${own.length}`,
        failures: count("failure"),
        errors: count("error"),
        skipped: count("skipped"),
      });
    }
    expect(root.attributes.tests).toBe(`${verdicts(root).length}`);
  });
});

test("a failure has the position, the message and the help", () => {
  const [failure] = elementsOf(read(report([finding()])), "failure");
  expect(failure?.text).toBe(
    'base/settings.yaml:6:3\nConfigMap.data.debug is true; expected a string\n→ Put it in quotes: "true".',
  );
});
