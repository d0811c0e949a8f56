import { describe, expect, test } from "vitest";
import { junit } from "../../tools/report/junit.ts";
import type { Report, ReportContext } from "../../tools/report/report.ts";
import { context, finding, hostile, report, target } from "./reports.ts";
import { type Element, elementsOf, readXml } from "./xml.ts";

/** Of each element: what it must have, what it may have besides, what may stand in it. From junit-10.xsd of Jenkins. */
const allowed: Readonly<Record<string, { must: string[]; may: string[]; children: string[] }>> = {
  testsuites: { must: [], may: ["name", "time", "tests", "failures", "errors"], children: ["testsuite"] },
  testsuite: { must: ["name", "tests", "failures", "errors"], may: ["time", "skipped"], children: ["testcase"] },
  testcase: {
    must: ["name"],
    may: ["time", "classname", "group"],
    children: ["skipped", "error", "failure", "system-out"],
  },
  failure: { must: [], may: ["type", "message"], children: [] },
  error: { must: [], may: ["type", "message"], children: [] },
  skipped: { must: [], may: ["type", "message"], children: [] },
  "system-out": { must: [], may: [], children: [] },
};

function misfits(element: Element): string[] {
  const rule = allowed[element.name];
  if (rule === undefined) return [`<${element.name}>`];
  const names = Object.keys(element.attributes);
  return [
    ...rule.must.filter((name) => !names.includes(name)).map((name) => `${element.name} without ${name}`),
    ...names.filter((name) => ![...rule.must, ...rule.may].includes(name)).map((name) => `${element.name} ${name}`),
    ...element.children
      .filter(({ name }) => !rule.children.includes(name))
      .map(({ name }) => `${name} in ${element.name}`),
    ...element.children.flatMap(misfits),
  ];
}

function read(one: Report, more: Partial<ReportContext> = {}): Element {
  const root = readXml(junit(one, { ...context, ...more }));
  expect(misfits(root)).toEqual([]);
  return root;
}

const verdicts = (root: Element) => elementsOf(root, "testcase").map(({ children }) => children[0]?.name ?? "passed");

describe("a suite a target, a case a finding", () => {
  test.each([
    ["a clean target", report([], [target("a")]), ["passed"]],
    ["an error", report([finding()]), ["failure"]],
    ["a warning", report([finding({ severity: "warning" })]), ["system-out"]],
    ["information", report([finding({ severity: "info" })]), ["system-out"]],
    ["a waived error", report([finding({ waived: true })]), ["skipped"]],
    ["a target that could not be read", report([], [target("a", { status: "error" })]), ["error"]],
    ["the repository itself", report([finding({ target: "." })]), ["failure"]],
    ["nothing", report(), []],
  ])("%s", (_, one, expected) => {
    expect(verdicts(read(one))).toEqual(expected);
  });

  test("a warning is a failure where it makes the run fail", () => {
    const root = read(report([finding({ severity: "warning" })]), { failOn: "warning" });
    expect(verdicts(root)).toEqual(["failure"]);
  });

  test("the counts are those of the cases", () => {
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

test("a failure says where, what and how", () => {
  const [failure] = elementsOf(read(report([finding()])), "failure");
  expect(failure?.text).toBe(
    'base/settings.yaml:6:3\nConfigMap.data.debug is true; expected a string\n→ Put it in quotes: "true".',
  );
});
