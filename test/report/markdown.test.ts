import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { escapeMarkdown, literal, markdown } from "../../tools/report/markdown.ts";
import { context, finding, hostile, many, odd, report, target } from "./reports.ts";

test("lists the targets, and the findings by file", () => {
  const findings = [
    finding(),
    finding({ target: "overlays/prod" }),
    finding({ severity: "warning", line: 9, waived: true }),
  ];
  expect(markdown(report(findings), context)).toBe(
    `### ❌ 2 targets, 2 resources checked, 0 skipped: 2 errors, 0 warnings, 1 waived

Kubernetes 1.36, kustomize v4.5.4, 42 ms

| | target | checked | found |
|---|---|---|---|
| ❌ | overlays/dev | 1 resource | 1 error, 1 waived |
| ❌ | overlays/prod | 1 resource | 1 error |

#### \`base/settings.yaml\`

- ❌ error 6:3 \`schema/type\` \`v1/ConfigMap/dev/settings /data/debug\`<br>
  ConfigMap.data.debug is true; expected a string<br>
  → Put it in quotes: "true".<br>
  in overlays/dev, overlays/prod
- ⚠️ waived 9:3 \`schema/type\` \`v1/ConfigMap/dev/settings /data/debug\`<br>
  ConfigMap.data.debug is true; expected a string<br>
  → Put it in quotes: "true".<br>
  in overlays/dev
`,
  );
});

describe("the size limit of a comment", () => {
  const room = 65_536;

  test("counts findings that do not fit", () => {
    const text = markdown(report(many(2000)), context);
    const shown = text.match(/^- /gm)?.length ?? 0;
    expect(text.length).toBeLessThanOrEqual(room);
    expect(shown).toBeGreaterThan(300);
    expect(text).toContain(`**${2000 - shown} more findings cut: a comment is limited to 65536 characters.`);
  });

  test("cuts a long message, but no character in two", () => {
    const text = markdown(report([finding({ message: "👩".repeat(10_000) })]), context);
    expect(text).toContain("👩…");
    expect(text).not.toContain("\\u{d8");
  });

  test.each([101, 5000])("sums up %i clean targets in one line", (count) => {
    const text = markdown(
      report(
        [],
        Array.from({ length: count }, (_, index) => target(`overlays/${index}`)),
      ),
      context,
    );
    expect(text).toContain(`and ${count} more targets, all clean`);
  });

  test("of many targets, lists only those with findings", () => {
    const targets = Array.from({ length: 200 }, (_, index) => target(`overlays/${index}`));
    const text = markdown(report([finding({ target: "overlays/7" })], targets), context);
    expect(text.match(/^\| [✅❌]/gmu)).toHaveLength(1);
    expect(text).toContain("and 199 more targets, all clean");
  });

  test("leaves room for findings despite long target paths", () => {
    const findings = many(100).map((one, index) => ({ ...one, target: `${"<".repeat(400)}${index}` }));
    const text = markdown(report(findings), context);
    expect(text.length).toBeLessThanOrEqual(room);
    expect(text).toMatch(/and \d+ more targets\n/);
    expect(text).toContain("#### `base/settings.yaml`");
  });
});

test("text from a target cannot add a cell, a heading, a block or HTML", () => {
  const text = markdown(hostile(), context);
  for (const row of text.split("\n").filter((line) => line.startsWith("| "))) expect(row.split("|")).toHaveLength(6);
  const own = /^(?:### |#### |- |\| |\|---| {2}\S|Kubernetes |⚠️ |$)/;
  expect(text.split("\n").filter((line) => !own.test(line))).toEqual([]);
  const outsideOfCode = text.replace(/(`+)(?!`).*?(?<!`)\1(?!`)/g, "");
  expect(outsideOfCode.match(/<(?!br>)/g)).toBeNull();
});

test.each([
  ["@octocat", "@&#8203;octocat"],
  ["see #12 and GH-34", "see #&#8203;12 and GH-&#8203;34"],
  ["#12; &#12;", "#&#8203;12; &#38;#&#8203;12;"],
  ["https://a.example www.a.example", "https:&#8203;//a.example www&#8203;.a.example"],
  [":+1: :tada:", ":&#8203;+1: :&#8203;tada:"],
  ["[a](b) <b> &amp;", "&#91;a&#93;(b) &#60;b&#62; &#38;amp;"],
  ["a|b\\|c", "a&#124;b&#92;&#124;c"],
  ["`a` *b* _c_ ~~d~~ $e$", "&#96;a&#96; &#42;b&#42; &#95;c&#95; &#126;&#126;d&#126;&#126; &#36;e&#36;"],
  ["a\nb", "a<br>b"],
  ["containers: 3, a.b/c-d: x", "containers: 3, a.b/c-d: x"],
])("%j is written as %j", (text, expected) => {
  expect(escapeMarkdown(text)).toBe(expected);
});

test("any text stays text, and can be decoded", () => {
  const texts = fc.oneof(fc.string({ unit: "grapheme-ascii" }), fc.constantFrom(...odd.slice(0, -1)));
  fc.assert(
    fc.property(texts, (text) => {
      const escaped = escapeMarkdown(text);
      expect(escaped.replaceAll("<br>", "")).not.toMatch(/[\\`*_[\]<>|~$\n]|@\w|:\/\/|www\./i);
      const decoded = literal(text)
        .replaceAll("<br>", "\n")
        .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(code));
      if (/^[ -~]*$/.test(text)) expect(decoded).toBe(text);
    }),
  );
});
