import { expect, test } from "vitest";
import type { Json } from "../../tools/core/json.ts";
import { pretty } from "../../tools/diff/formats/pretty.ts";
import { sideBySide } from "../../tools/diff/formats/side-by-side.ts";
import type { DiffReport } from "../../tools/diff/report.ts";
import { summaryOf } from "../../tools/diff/summary.ts";
import { style } from "../../tools/report/style.ts";

function shown(before: Json, after: Json, columns?: number): string[] {
  const targets = [{ path: "a", status: "changed" } as const];
  const changes: DiffReport["changes"] = [
    {
      target: "a",
      resource: "v1/ConfigMap/c",
      kind: "ConfigMap",
      name: "c",
      action: "changed",
      effects: ["config"],
      fields: [{ pointer: "/data/a", path: "data.a", before, after, effect: "config", file: "c.yaml", line: 3 }],
      reasons: [],
    },
  ];
  const summary = summaryOf(targets, changes, performance.now());
  const report: DiffReport = { schemaVersion: 1, base: "main", head: "next", targets, changes, summary };
  return pretty(report, { colours: false, objects: [], ...(columns !== undefined && { columns }) })
    .split("\n")
    .slice(2, -3);
}

const long = (...lines: string[]) => lines.map((line) => line.padEnd(30, ".")).join("\n");

test("short values are on one line, however wide the terminal is", () => {
  expect(shown("1", "2", 200)).toEqual(['      data.a  "1" → "2"  c.yaml:3']);
});

test("long values are cut if there is no room for two columns", () => {
  const [line, ...more] = shown(long("a", "b", "c"), long("a", "x", "c"), 119);
  expect(more).toEqual([]);
  expect(line).toMatch(/^ {6}data\.a {2}"a\.+.*… → "a\.+.*… {2}c\.yaml:3$/);
});

test("long values that begin alike are shown where they differ", () => {
  const like = (end: string) => `${"x".repeat(1000)}${end}${"z".repeat(1000)}`;
  const [line] = shown(like("one"), like("two"), 80);
  expect(line).toMatch(/^ {6}data\.a {2}"?…x+one(z+)… → "?…x+two\1… {2}c\.yaml:3$/);
  const paint = style(false);
  const [side = ""] = sideBySide(like("one"), like("two"), 80, 0, paint);
  expect(side).toMatch(/^…x+onez+… │ …x+twoz+…$/);
  expect(side.length).toBeLessThanOrEqual(80);
});

test("long values are side by side if there is room", () => {
  const lines = shown(long("a", "b", "c"), long("a", "x", "y", "c"), 120);
  expect(lines[0]).toBe("      data.a  c.yaml:3");
  expect(lines.slice(1).map((line) => line.replace(/\.+/g, "").replace(/ +/g, " "))).toEqual([
    " a │ a",
    " b │ x",
    " │ y",
    " c │ c",
  ]);
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(120);
});

test("objects are YAML, sides may be empty, long values are cut, and escape sequences are removed", () => {
  const paint = style(false);
  const yaml = sideBySide({ image: "i:1", name: "web" }, { image: "i:2", name: "web" }, 60, 0, paint);
  expect(yaml.map((line) => line.replace(/ +/g, " "))).toEqual(["image: i:1 │ image: i:2", "name: web │ name: web"]);
  expect(sideBySide(null, "x", 60, 0, paint).map((line) => line.trim())).toEqual(["│ x"]);
  const many = sideBySide("", Array.from({ length: 40 }, (_, index) => `l${index}`).join("\n"), 60, 0, paint);
  expect(many).toHaveLength(25);
  expect(many.at(-1)).toBe("and 16 more lines");
  expect(sideBySide("a\u001b[31m", "b", 60, 0, paint).join("")).not.toContain("\u001b");
});

test("nothing is not painted: it would be printed as a part of the line", () => {
  expect(style(true).dim("")).toBe("");
});
