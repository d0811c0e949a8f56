import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { escapeData, escapeProperty, github } from "../../tools/report/github.ts";
import { context, finding, hostile, many, report } from "./reports.ts";

const lines = (...args: Parameters<typeof github>) =>
  github(...args)
    .split("\n")
    .slice(0, -1);

test("an annotation is on the line to edit, relative to the repository", () => {
  expect(lines(report([finding()]), { ...context, folder: "apps/web" })).toEqual([
    "::error file=apps/web/base/settings.yaml,line=6,col=3,title=schema/type::ConfigMap.data.debug is true; expected a string" +
      '%0A→ Put it in quotes: "true".%0Av1/ConfigMap/dev/settings /data/debug',
  ]);
});

test.each([
  ["error", "::error "],
  ["warning", "::warning "],
  ["info", "::notice "],
] as const)("%s is %s", (severity, start) => {
  expect(lines(report([finding({ severity })]), context)[0]?.startsWith(start)).toBe(true);
});

test("waived findings are not annotated, and a clean run prints nothing", () => {
  expect(github(report([finding({ waived: true })]), context)).toBe("");
});

test("findings in standard input have no line", () => {
  const [line] = lines(report([finding({ file: "-", target: "-" })]), context);
  expect(line).toMatch(/^::error title=schema\/type::/);
});

describe("as many as GitHub shows", () => {
  const rest = (count: string) =>
    `::notice title=gitops check::${count} not annotated: GitHub shows 10 per severity. The run summary and the log list all of them.`;

  test("the most severe come first, ten per severity, and the rest are counted", () => {
    const findings = [
      ...many(30, { severity: "info", file: "i" }),
      ...many(11, { severity: "warning", file: "w" }),
      ...many(12, { file: "e" }),
    ];
    const all = lines(report(findings), context);
    const kinds = all.map((line) => line.slice(2, line.indexOf(" ")));
    expect(kinds).toEqual([...Array(10).fill("error"), ...Array(10).fill("warning"), ...Array(10).fill("notice")]);
    expect(all.at(-1)).toBe(rest("24 more findings"));
  });

  test("a single finding too many is counted in the singular", () => {
    expect(lines(report(many(11)), context).at(-1)).toBe(rest("1 more finding"));
  });

  test("a mistake in a base is annotated once", () => {
    const findings = Array.from({ length: 50 }, (_, index) => finding({ target: `overlays/${index}` }));
    expect(lines(report(findings), context)).toHaveLength(1);
  });
});

test("text from a target cannot add a command or a line", () => {
  const all = lines(hostile(), context);
  expect(all.every((line) => /^::(?:error|warning|notice) /.test(line))).toBe(true);
  expect(all.length).toBeLessThanOrEqual(30);
});

const decode = (text: string) =>
  text.replace(/%(25|0D|0A|3A|2C)/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)));

test("escaped text stays on one line, does not end a property, and can be decoded", () => {
  const texts = fc.oneof(fc.string({ unit: "binary" }), fc.stringMatching(/^[%0-9A-D:,\r\n]*$/));
  fc.assert(
    fc.property(texts, (text) => {
      expect(escapeData(text)).not.toMatch(/[\r\n]/);
      expect(escapeProperty(text)).not.toMatch(/[\r\n:,]/);
      expect(decode(escapeData(text))).toBe(text);
      expect(decode(escapeProperty(text))).toBe(text);
    }),
  );
});
