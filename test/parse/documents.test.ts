import { describe, expect, test } from "vitest";
import { maxNodes, parseDocuments } from "../../tools/parse/documents.ts";

function findings(text: string): string[] {
  return parseDocuments(text, "a.yaml").problems.map(({ rule, line, column }) => `${rule} ${line}:${column}`);
}

function values(text: string): unknown[] {
  return parseDocuments(text, "a.yaml").documents.map(({ index, value }) => [index, value]);
}

describe("documents", () => {
  test.each<[string, string, unknown[]]>([
    ["none", "", []],
    ["comments only", "# a\n# b\n", []],
    [
      "empty ones in between",
      "---\n---\na: 1\n---\n# nothing\n---\nb: 2\n",
      [
        [1, { a: 1 }],
        [3, { b: 2 }],
      ],
    ],
    [
      "an end marker",
      "a: 1\n...\n---\nb: 2\n...\n",
      [
        [0, { a: 1 }],
        [1, { b: 2 }],
      ],
    ],
    [
      "no start after an end marker",
      "a: 1\n...\nb: 2\n",
      [
        [0, { a: 1 }],
        [1, { b: 2 }],
      ],
    ],
    ["a licence before the first", "# licence\n\n---\na: 1\n", [[0, { a: 1 }]]],
    [
      "content after the marker",
      "--- {a: 1}\n--- # c\nb: 2\n",
      [
        [0, { a: 1 }],
        [1, { b: 2 }],
      ],
    ],
    [
      "dashes in a block scalar",
      "a: |\n  ---\n  b\n---\nc: 1\n",
      [
        [0, { a: "---\nb\n" }],
        [1, { c: 1 }],
      ],
    ],
    ["a byte order mark", "\ufeff---\na: 1\n", [[0, { a: 1 }]]],
    [
      "CRLF",
      "a: 1\r\n---\r\nb: |\r\n  x\r\n  y\r\n",
      [
        [0, { a: 1 }],
        [1, { b: "x\ny\n" }],
      ],
    ],
    ["JSON", '{\n\t"a": [1, 2.5, "x"],\n\t"b": null\n}\n', [[0, { a: [1, 2.5, "x"], b: null }]]],
    ["null", "null\n---\n~\n", []],
    ["64-bit integers", "a: 9223372036854775807\n", [[0, { a: 9223372036854775807n }]]],
    ["a line separator in quotes", 'a: "b\u2028c"\n', [[0, { a: "b\u2028c" }]]],
    ["a line separator at the end of a comment", "# b\u2028\na: 1 # c\u2028# d\n", [[0, { a: 1 }]]],
    ["a line separator before an indented line", "a: |\n  b\u2028  c\n", [[0, { a: "b\u2028  c\n" }]]],
    ["no line break at the end of a block scalar", "a: |\n  x", [[0, { a: "x" }]]],
  ])("%s", (_, text, expected) => {
    expect(findings(text)).toEqual([]);
    expect(values(text)).toEqual(expected);
  });

  test("one that does not parse does not hide the others", () => {
    const text = "a: 1\n---\nb: [\n---\nc: 3\n---\n'd: 4\n";
    expect(values(text)).toEqual([
      [0, { a: 1 }],
      [2, { c: 3 }],
    ]);
    expect(findings(text)).toEqual(["schema/parse-error 4:1", "schema/parse-error 8:1"]);
  });

  test.each([
    ["kind: A\nname: {{name}}\n", /template/],
    ["kind: A\n{{- if .Values.on }}\nname: a\n", /template/],
    ["kind: A\nname: {name\n", undefined],
    ["# {{name}}\nkind: A\n\nother: 1\nname: [\n", undefined],
  ])("a template is recognised: %j", (text, help) => {
    const [problem] = parseDocuments(text, "-").problems;
    if (help === undefined) expect(problem).not.toHaveProperty("help");
    else expect(problem?.help).toMatch(help);
  });

  test("aliases become copies", () => {
    const value = Object(parseDocuments("a: &a {x: [1]}\nb: *a\n", "-").documents[0]?.value);
    expect(value.a).toEqual(value.b);
    expect(value.a).not.toBe(value.b);
  });
});

describe("duplicate keys", () => {
  test.each<[string, string[]]>([
    ["a: 1\nb: 2\na: 3\n", ["schema/duplicate-key 3:1"]],
    ["x:\n- {a: 1, 'a': 2}\n", ["schema/duplicate-key 2:10"]],
    ["---\nb: 1\n---\n  a: 1\n  a: 2\n  a: 3\n", ["schema/duplicate-key 5:3", "schema/duplicate-key 6:3"]],
    ['{"a": 1,\n "a": 2}', ["schema/duplicate-key 2:2"]],
    ["1: a\n0x1: b\n", ["schema/duplicate-key 2:1"]],
    ["a: &a {x: 1}\nb: {<<: *a, x: 2}\n", []],
    ["a: &a {x: 1}\nb: {<<: *a, x: 2, x: 3}\n", ["schema/duplicate-key 2:19"]],
  ])("%j", (text, expected) => {
    expect(findings(text)).toEqual(expected);
  });

  test("the last one wins, and the finding names the key", () => {
    const { documents, problems } = parseDocuments("replicas: 1\nreplicas: 2\n", "a.yaml");
    expect(documents[0]?.value).toEqual({ replicas: 2 });
    expect(problems[0]).toMatchObject({ file: "a.yaml", message: expect.stringContaining('"replicas"') });
  });

  test("a missing separator between objects is reported once", () => {
    const object = (name: string) => `apiVersion: v1\nitems: []\nkind: List\nmetadata:\n  name: ${name}\n`;
    const { documents, problems } = parseDocuments(["a", "b", "c"].map(object).join(""), "a.yaml");
    expect(documents.map(({ value }) => value)).toMatchObject([{ metadata: { name: "c" } }]);
    expect(problems.map(({ line, help }) => `${line} ${help}`)).toEqual(
      [6, 11].map((line) => `${line} Separate them with a line --- above this one.`),
    );
  });

  test("repeated keys are no missing separator if some are not repeated, or at another place", () => {
    expect(findings("apiVersion: v1\nkind: List\nkind: Pod\nmetadata: {}\nmetadata: {}\n")).toHaveLength(2);
    const nested = "x:\n  apiVersion: v1\n  kind: A\n  metadata: {}\n  apiVersion: v1\n  kind: A\n  metadata: {}\n";
    expect(findings(nested)).toHaveLength(3);
  });

  test("only a hundred are listed", () => {
    const { problems } = parseDocuments("a: 1\n".repeat(50_000), "a.yaml");
    expect(problems).toHaveLength(101);
    expect(problems[100]?.message).toMatch(/more keys/);
  });
});

describe("indentation that YAML 1.2 forbids and go-yaml accepts", () => {
  test.each<[string, unknown]>([
    ["a: [\n1,\n2\n]\nb: 1\n", { a: [1, 2], b: 1 }],
    ["a:\n  b: {\n}\n", { a: { b: {} } }],
    ['a: {\n"x": [\n{"y": "it\'s"}, # ]\n3]\n}\nb: [1,\n2]\n', { a: { x: [{ y: "it's" }, 3] }, b: [1, 2] }],
    ["a: \"x\ny\n\nz\"\nb: 'p\n''q'\n", { a: "x y\nz", b: "p 'q" }],
    ["- a: [x y\nz, it's]\n- b\n", [{ a: ["x y z", "it's"] }, "b"]],
  ])("%j", (text, expected) => {
    const { documents, problems } = parseDocuments(text, "-");
    expect([problems, documents[0]?.value]).toEqual([[], expected]);
  });

  test("positions refer to the file", () => {
    expect(findings("a: {\nb: 1,\nb: 2\n}\nc: 1\nc: 2\n")).toEqual([
      "schema/duplicate-key 3:1",
      "schema/duplicate-key 6:1",
    ]);
    expect(findings("a: [\nb,\n")).toEqual(["schema/parse-error 3:1"]);
  });

  test("large texts are read fast", () => {
    const { problems, documents } = parseDocuments(`a: [\n${"b,\n".repeat(50_000)}]\n`, "-");
    expect(problems).toEqual([]);
    expect(Object(documents[0]?.value).a).toHaveLength(50_000);
  });
});

describe("quoted scalars with lines indented no more than their key", () => {
  const few = "  a: 'one\n  two'\n  b: |\n    c: 'three\n    four\n\n  - d: \"five\n six\"\n";

  test("are read, and nothing else changes", () => {
    const text = `data:\n${few.replace("  - d", "  d")}  # e: 'x\n  f: g # 'y\n  h: 'i'\n  j:\n  - 'k\n  l'\n`;
    const { problems, documents } = parseDocuments(text, "-");
    expect(problems).toEqual([]);
    expect(documents[0]?.value).toEqual({
      data: { a: "one two", b: "c: 'three\nfour\n", d: "five six", f: "g", h: "i", j: ["k l"] },
    });
  });

  test("are read by the thousand", () => {
    const keys = Array.from(
      { length: 3000 },
      (_, index) => `  k${index}: 'one line of text that is wrapped\n  more'\n`,
    );
    const { problems, documents } = parseDocuments(`data:\n${keys.join("")}`, "-");
    expect(problems).toEqual([]);
    expect(Object.keys(Object(documents[0]?.value).data)).toHaveLength(3000);
  });

  test.each(["- ".repeat(300_000), `${"a:".repeat(300_000)}`, `  x: '${"- ' ".repeat(100_000)}`])(
    "are read before hostile lines",
    (line) => {
      expect(parseDocuments(`data:\n  a: 'b\n  c'\n${line}\n`, "-").documents.length).toBeLessThan(2);
    },
    5000,
  );
});

/** Each must quickly give a finding or a value. */
describe("hostile text", () => {
  const bomb = Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(9).fill(`*a${i}`)}]`).join("\n");
  test.each<[string, string, RegExp | undefined]>([
    ["an alias bomb", `a0: &a0 [x]\n${bomb}`, /excessively large/],
    ["an anchor inside itself", "a: &a [*a]", /contains itself/],
    ["an alias without an anchor", "a: *b", /no anchor/],
    ["brackets", "[".repeat(100_000), /200 levels/],
    ["mappings", "{a: ".repeat(10_000), /200 levels/],
    ["dashes", `${"- ".repeat(10_000)}a`, /200 levels/],
    ["question marks", `${"? ".repeat(10_000)}a`, /200 levels/],
    ["colons", "a: ".repeat(100_000), /bad indentation/],
    ["an unclosed quote", `"${"a\n".repeat(100_000)}`, /end of the stream/],
    ["a long key", `${"k".repeat(1_000_000)}: 1`, undefined],
    ["many documents", "---\n".repeat(100_000), undefined],
    ["many keys", Array.from({ length: 100_000 }, (_, i) => `k${i}: 1`).join("\n"), undefined],
    ["pairs in a list", `[${"a: b, ".repeat(50_000)}]`, undefined],
    ["digits", `a: ${"1".repeat(1_000_000)}`, undefined],
    ["backslashes", `a: "${"\\\n".repeat(50_000)}"`, undefined],
    ["blanks in quotes", `a: "x\n  y${" ".repeat(500_000)}z"`, undefined],
    ["blank lines in quotes", `a: 'x${"\n ".repeat(200_000)} y'`, undefined],
    ["lines of text", `a: x${"\n  y".repeat(200_000)}`, undefined],
    ["blank lines in a literal", `a: |\n  x${"\n ".repeat(200_000)}\n  y\n`, undefined],
    ["infinity", "a: .inf", /cannot contain the number/],
    ["a directive", "# c\n%YAML 1.1\n---\na: 1", /directive/],
    ["a directive in a later document", "a: 1\n...\n%TAG ! tag:x:\n---\nb: 2\n", /directive/],
    ["a key that is a list", "[a]: 1", /key must be/],
    ["a key that is null", "~: 1", /key must be/],
  ])(
    "%s",
    (_, text, message) => {
      const { problems } = parseDocuments(text, "-");
      if (message) expect(problems.map((problem) => problem.message).join()).toMatch(message);
      for (const problem of problems) expect(problem.line).toBeGreaterThan(0);
    },
    5_000,
  );

  test("a document with too many values for memory", () => {
    const { problems, documents } = parseDocuments(`a:\n${"- 1\n".repeat(maxNodes + 1)}`, "-");
    expect(documents).toEqual([]);
    expect(problems).toMatchObject([{ rule: "schema/parse-error", message: expect.stringContaining("values") }]);
  });
});

describe("merge conflicts", () => {
  const conflict = "<<<<<<< HEAD\na: 1\n=======\na: 2\n>>>>>>> other\n";
  const message = "not valid YAML: the file contains the markers of a merge conflict";
  const help = "Resolve the conflict: keep one side, or combine both, and remove the lines with the markers.";
  const rule = "schema/parse-error";

  test.each<[string, text: string, line: number]>([
    ["in a mapping", `kind: A\n${conflict}`, 2],
    ["with CRLF", `kind: A\n${conflict}`.replaceAll("\n", "\r\n"), 2],
    ["with the common ancestor", "b: 1\n<<<<<<< a\na: 1\n||||||| b\na: 0\n=======\na: 2\n>>>>>>> c\n", 2],
    ["across documents", "a: 1\n---\n<<<<<<< a\nb: 1\n---\nc: 1\n=======\nb: 2\n---\n>>>>>>> c\nd: 1\n", 3],
    ["twice", `${conflict}${conflict}`, 1],
  ])("%s", (_, text, line) => {
    const { problems } = parseDocuments(text, "a.yaml");
    expect(problems).toEqual([{ rule, pointer: "", message, help, file: "a.yaml", line, column: 1 }]);
  });

  test("other documents are reported as well", () => {
    const { problems } = parseDocuments(`${conflict}---\nb: [\n`, "a.yaml");
    expect(problems.map((one) => [one.line, one.message === message])).toEqual([
      [1, true],
      [8, false],
    ]);
  });

  test.each([
    ["in a text that parses", "a: |\n  x\nb: 1\nc: |2\n  <<<<<<< a\n  =======\n  >>>>>>> b\n"],
    ["in part", "<<<<<<< a\nb: [\n"],
    ["that are not at the start of lines", `a: |\n  ${conflict.replaceAll("\n", "\n  ")}\nb: [\n`],
    ["in another order", "b: [\n>>>>>>> b\n=======\n<<<<<<< a\n"],
  ])("no markers of a conflict: %s", (_, text) => {
    expect(parseDocuments(text, "a.yaml").problems.map((one) => one.message)).not.toContain(message);
  });
});
