import { expect, test } from "vitest";
import { readManifest } from "../../tools/parse/file.ts";

const one = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n";
const flow = "{apiVersion: v1, kind: ConfigMap, metadata: {name: b}}\n";

const problemsOf = (text: string) =>
  readManifest({ text }, "a.yaml").problems.map(({ line, column, message }) => `${line}:${column} ${message}`);

// kubectl 1.32 and kustomize 4.5.4 and 5.5.0 were given these texts.
test.each<[string, string, string[]]>([
  ["a document on the line of its mark", `--- ${flow}`, [expect.stringMatching(/^1:1 .* reject/)]],
  ["another one", `${one}---\t${flow}`, [expect.stringMatching(/^4:1 .* reject/)]],
  ["a tag", `${one}--- !!map\n${one}`, [expect.stringMatching(/^4:1 .* reject/)]],
  [
    "a certificate that begins a line",
    `${one}data:\n  a: "\n-----BEGIN CERTIFICATE-----\n"\n`,
    [expect.stringMatching(/^6:1 .* reject/)],
  ],
  ["a document after the end of another", `${one}...\n# b\n\n${one}`, [expect.stringMatching(/^7:1 .* ignore/)]],
  ["comments, blanks and empty documents", `---\n${one}---  # b\n\n---\t\r\n${one}---`, []],
  ["an end", `${one}...\n`, []],
  ["an end, and comments", `${one}... # b\n# c\n\n`, []],
  ["an end before a mark", `${one}...\n\n# b\n---\n${one}`, []],
  ["marks in a block", `${one}data:\n  a: |\n    --- b\n    ...\n    c\n`, []],
])("%s", (_, text, expected) => {
  expect(problemsOf(text)).toEqual(expected);
});
