import { describe, expect, test } from "vitest";
import type { Finding } from "../../tools/core/finding.ts";
import { pretty } from "../../tools/report/pretty.ts";
import type { Report, ReportContext } from "../../tools/report/report.ts";
import { visible, visibleLines, wantsColours } from "../../tools/report/style.ts";
import { shortened } from "../../tools/report/words.ts";
import { context, finding, odd, report, target } from "./reports.ts";

const print = (one: Report, more: Partial<ReportContext> = {}) => pretty(one, { ...context, ...more });

test("prints a line per target, the findings by file without duplicates, and the totals", () => {
  const findings = [
    finding(),
    finding({ target: "overlays/prod" }),
    finding({ target: "overlays/prod", waived: true, line: 9 }),
  ];
  expect(print(report(findings, [target("broken", { status: "error", resources: 0 })]))).toBe(
    `✗ overlays/dev   1 resource  1 error
✗ overlays/prod  1 resource  1 error
✗ broken         not rendered: the rule that explains why is off, but a target that was not checked is never clean

base/settings.yaml
  9:3     waived   schema/type  v1/ConfigMap/dev/settings /data/debug
          ConfigMap.data.debug is true; expected a string
          → Put it in quotes: "true".
          in overlays/prod

base/settings.yaml
  6:3     error    schema/type  v1/ConfigMap/dev/settings /data/debug
          ConfigMap.data.debug is true; expected a string
          → Put it in quotes: "true".
          in overlays/dev, overlays/prod

✗ 3 targets, 2 resources checked, 0 skipped: 2 errors, 0 warnings, 1 waived, at 1 place (Kubernetes 1.36, kustomize v4.5.4, 42 ms)
`,
  );
});

test("names what adds something to targets next to them", () => {
  const findings = [
    finding({ appliedBy: ["Kustomization web"] }),
    finding({ target: "overlays/prod", appliedBy: ["Application a", "Application b"] }),
    finding({ target: "overlays/test", appliedBy: ["Kustomization web"] }),
    finding({ target: "overlays/test" }),
    finding({ file: "overlays/dev", appliedBy: ["Kustomization web"] }),
  ];
  const lines = print(report(findings)).split("\n");
  expect(lines.filter((line) => / as (?:Kustomization|Application) /.test(line)).map((line) => line.trim())).toEqual([
    "in 4 resources of overlays/dev as Kustomization web, overlays/prod as Application a, Application b, overlays/test",
    "as Kustomization web",
  ]);
});

test("lists more than five findings with the same help below that help, and does not move waived ones", () => {
  const each = (count: number, more: Partial<Finding> = {}) =>
    Array.from({ length: count }, (_, index) =>
      finding({ line: index + 1, severity: "warning", message: `ConfigMap settings has ${index}`, ...more }),
    );
  const text = print(
    report([
      ...each(6),
      finding({ target: "overlays/prod", line: 1, severity: "warning", message: "ConfigMap settings has 0" }),
      finding({ line: 7, severity: "warning", message: "ConfigMap.data is wrong", file: "overlays/dev/more.yaml" }),
      ...each(6).map(({ file: _, line: __, ...one }, index) => {
        return { ...one, severity: "error" as const, message: "has no file", resource: `v1/ConfigMap/dev/c${index}` };
      }),
      ...each(5, { rule: "schema/value" }),
      ...each(6, { rule: "schema/required", waived: true }),
    ]),
  );
  expect(text.split("\n\n").slice(-3, -1).join("\n\n")).toBe(`schema/type  7 warnings
  → Put it in quotes: "true".
  base/settings.yaml:1:3      ConfigMap settings has 0  in 2 targets
  base/settings.yaml:2:3      ConfigMap settings has 1  in overlays/dev
  base/settings.yaml:3:3      ConfigMap settings has 2  in overlays/dev
  base/settings.yaml:4:3      ConfigMap settings has 3  in overlays/dev
  base/settings.yaml:5:3      ConfigMap settings has 4  in overlays/dev
  base/settings.yaml:6:3      ConfigMap settings has 5  in overlays/dev
  overlays/dev/more.yaml:7:3  ConfigMap.data is wrong  v1/ConfigMap/dev/settings

schema/type  6 errors
  → Put it in quotes: "true".
  overlays/dev  has no file  v1/ConfigMap/dev/c0
  overlays/dev  has no file  v1/ConfigMap/dev/c1
  overlays/dev  has no file  v1/ConfigMap/dev/c2
  overlays/dev  has no file  v1/ConfigMap/dev/c3
  overlays/dev  has no file  v1/ConfigMap/dev/c4
  overlays/dev  has no file  v1/ConfigMap/dev/c5`);
});

test("explains a target that was not rendered if no finding does", () => {
  const broken = target("a", { status: "error", resources: 0 });
  const line = (...findings: Finding[]) => print({ ...report(), targets: [broken], findings }).split("\n")[0];
  const off = "✗ a  not rendered: the rule that explains why is off, but a target that was not checked is never clean";
  expect(line()).toBe(off);
  expect(line(finding({ target: "a", rule: "gitops/unused-file", severity: "warning" }))).toBe(`${off}  1 warning`);
  expect(line(finding({ target: "a", rule: "render/plugin", waived: true }))).toBe("✗ a  not rendered");
});

test("shows skipped resources", () => {
  expect(print(report([], [target("a", { resources: 3, skipped: 2 })]), { failed: false })).toBe(
    "✓ a  3 resources, 2 skipped (no schema)\n\n" +
      "✓ 1 target, 3 resources checked, 2 skipped: 0 errors, 0 warnings, 0 waived (Kubernetes 1.36, kustomize v4.5.4, 42 ms)\n",
  );
});

test("counts clean targets if there are many", () => {
  const many = (count: number) =>
    Array.from({ length: count }, (_, index) => target(`apps/${index}`, { resources: 2 }));
  const lines = (one: Report) => print(one).split("\n\n")[0]?.split("\n");
  expect(lines(report([], many(100)))).toHaveLength(100);
  expect(lines(report([], many(101)))).toEqual([expect.stringContaining("101 targets, 202 resources checked"), ""]);
  const waived = finding({ target: "apps/waived", waived: true });
  const others = [target("apps/odd", { skipped: 1 }), target("apps/broken", { status: "error", resources: 0 })];
  expect(lines(report([finding(), waived], [...many(100), ...others]))).toEqual([
    "✗ overlays/dev  1 resource  1 error",
    "✓ apps/odd      1 resource, 1 skipped (no schema)",
    expect.stringContaining("✗ apps/broken   not rendered"),
    "✓ 101 others    201 resources",
  ]);
});

test("colours do not change the text", () => {
  const one = report([finding(), finding({ severity: "warning", line: 9 })]);
  const painted = print(one, { colours: true });
  expect(painted).not.toBe(print(one));
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colours are escape sequences
  expect(painted.replace(/\u001b\[\d+m/g, "")).toBe(print(one));
});

describe("whether to use colours", () => {
  test.each([
    [{}, true, true],
    [{}, false, false],
    [{ NO_COLOR: "1" }, true, false],
    [{ NO_COLOR: "" }, true, true],
    [{ TERM: "dumb" }, true, false],
    [{ FORCE_COLOR: "1" }, false, true],
    [{ FORCE_COLOR: "true" }, false, true],
    [{ FORCE_COLOR: "" }, false, false],
    [{ FORCE_COLOR: "0" }, true, false],
    [{ FORCE_COLOR: "false" }, true, false],
    [{ FORCE_COLOR: "1", NO_COLOR: "1" }, false, true],
  ])("%j on a terminal: %s → %s", (env, isTerminal, expected) => {
    expect(wantsColours(env, isTerminal)).toBe(expected);
  });
});

describe("text from a target", () => {
  test.each(odd)("%j is made safe for a terminal", (text) => {
    expect(visible(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
    expect(visibleLines(text).replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u);
  });

  test.each([
    ["abc", 3, "abc"],
    ["abcd", 3, "ab…"],
    ["a👩👩", 3, "a…"],
    ["", 1, ""],
  ])("%j in %i columns", (text, most, expected) => {
    expect(shortened(text, most)).toBe(expected);
  });
});
