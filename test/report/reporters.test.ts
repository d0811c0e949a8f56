import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type Format, reporters } from "../../tools/report/index.ts";
import { unsafe } from "../../tools/report/style.ts";
import { context, finding, hostile, report, target } from "./reports.ts";
import { readXml } from "./xml.ts";

/** Checks for each format that another program can read the output, whatever the report. */
const readable: Record<Format, (output: string) => void> = {
  pretty: () => {},
  json: (output) => JSON.parse(output),
  sarif: (output) => JSON.parse(output),
  junit: (output) => readXml(output),
  github: (output) => {
    for (const line of output.split("\n").slice(0, -1))
      expect(line).toMatch(/^::(?:error|warning|notice) [^:]*::[^\r]*$/);
  },
  tap: (output) => {
    for (const [, block] of output.matchAll(/^ {2}---\n(.*?)^ {2}\.\.\.$/gms)) parse(block ?? "");
    expect(output).toMatch(/^TAP version 14\n1\.\.\d+/);
  },
  markdown: (output) => expect(output.length).toBeLessThanOrEqual(65_536),
  html: (output) => expect(output).not.toMatch(/<(?:script|img)|\son\w+='/),
};

const reports = {
  "without targets": report(),
  "without findings": report([], [target("overlays/dev"), target("-")]),
  "with a finding without a position": report([
    finding({ file: undefined, line: undefined, column: undefined } as object),
  ]),
  "about the repository itself": report([finding({ target: ".", file: "policies/waivers.yaml" })]),
  "with only waived findings": report([finding({ waived: true })]),
  "with hostile text": hostile(),
};

const loaded = await Promise.all(
  Object.entries(reporters).map(async ([format, load]) => [format as Format, await load()] as const),
);

describe.each(loaded)("%s", (format, reporter) => {
  test.each(Object.entries(reports))("a report %s", (_, one) => {
    for (const failOn of ["error", "warning"] as const) {
      const output = reporter(one, { ...context, failOn });
      expect(output === "" || output.endsWith("\n")).toBe(true);
      expect(output.replaceAll("\n", "").match(unsafe)).toBeNull();
      readable[format](output);
    }
  });

  test("what adds something to a target is named, if the target has a finding only with it", () => {
    const findings = [finding({ appliedBy: ["Kustomization web"] }), finding({ rule: "schema/value" })];
    expect(reporter(report(findings), context).match(/Kustomization web/g)).toHaveLength(1);
  });

  test("the same report gives the same output", () => {
    expect(reporter(hostile(), context)).toBe(reporter(hostile(), context));
  });
});

test.each(["README.md", "README.zh.md"])("%s lists every format", (file) => {
  const text = readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
  const rows = [...text.matchAll(/^\| `(\w+)` +\|/gm)].map(([, name]) => name);
  expect(rows.filter((name) => name !== undefined && Object.hasOwn(reporters, name))).toEqual(Object.keys(reporters));
});
