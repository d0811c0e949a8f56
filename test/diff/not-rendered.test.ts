import { expect, test } from "vitest";
import { markdown } from "../../tools/diff/formats/markdown.ts";
import { pretty } from "../../tools/diff/formats/pretty.ts";
import type { DiffReport, SideProblem, TargetChange } from "../../tools/diff/report.ts";
import { summaryOf } from "../../tools/diff/summary.ts";

const broken = (path: string, message: string, ...sides: SideProblem["side"][]): TargetChange => ({
  path,
  status: "error",
  problems: sides.map((side) => ({ side, message })),
});

const changes: DiffReport["changes"] = [
  {
    target: "web",
    resource: "v1/ConfigMap/c",
    kind: "ConfigMap",
    name: "c",
    action: "changed",
    effects: ["config"],
    fields: [],
    reasons: [],
  },
];

function reportOf(...others: TargetChange[]): DiffReport {
  const targets: TargetChange[] = [...others, { path: "web", status: "changed" }];
  return {
    schemaVersion: 1,
    base: "main",
    head: "next",
    targets,
    changes,
    summary: summaryOf(targets, changes, performance.now()),
  };
}

const shown = (...others: TargetChange[]) => pretty(reportOf(...others), { colours: false, objects: [] });
const titles = (text: string) => text.split("\n").filter((line) => /^\S.* {2}/.test(line));

test("targets that do not render any more come first, with a reason that they share once", () => {
  const text = shown(broken("a", "no base", "head"), broken("b", "no base", "head"));
  expect(titles(text)).toEqual(["a, b  not rendered", "web  changed"]);
  expect(text.match(/no base/g)).toHaveLength(1);
});

test("targets that did not render before either come last, because the change has not caused this", () => {
  const text = shown(
    broken("a", "one", "base", "head"),
    broken("b", "other", "base"),
    broken("c", "one", "base", "head"),
  );
  expect(titles(text)).toEqual(["b  not rendered", "web  changed", "a, c  not rendered"]);
  expect(text).toContain("neither base nor head renders\n      one\n");
  expect(text).toContain("1 target changed, 3 not rendered");
});

test("many targets that did not render before either are named, and some reasons left to gitops check", () => {
  const many = Array.from({ length: 9 }, (_, index) => broken(`t${index}`, `reason ${index}`, "base", "head"));
  const text = shown(...many);
  expect(titles(text)).toEqual([
    "web  changed",
    "t0  not rendered",
    "t1  not rendered",
    "t2  not rendered",
    "t3, t4 and 4 more  not rendered",
  ]);
  expect(text).toContain("gitops check says why");
  const comment = markdown(reportOf(...many), { colours: false, objects: [] });
  expect(comment.indexOf("<summary>web: changed")).toBeLessThan(comment.indexOf("<summary>t0: not rendered"));
  expect(comment).toContain("<summary>t3, t4 and 4 more: not rendered</summary>");
});
