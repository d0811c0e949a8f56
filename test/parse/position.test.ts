import { describe, expect, test } from "vitest";
import { positionOf } from "../../tools/parse/position.ts";

const text = `# a comment
apiVersion: v1
---
a: &anchor
  b:
  - c: 1
    'd/e': |
      text
  - 3
  -   "quoted"
  2: x
copy: *anchor
merged: {<<: *anchor, own: [1, {deep: true}]}
flow: [
{x: 1}
]
`;

describe("the position of a pointer", () => {
  test.each<[number, string, number, number]>([
    [0, "/apiVersion", 2, 1],
    [1, "", 4, 1],
    [1, "/a", 4, 1],
    [1, "/a/b/0", 6, 5],
    [1, "/a/b/0/c", 6, 5],
    [1, "/a/b/0/d~1e", 7, 5],
    [1, "/a/b/1", 9, 5],
    [1, "/a/b/2", 10, 7],
    [1, "/a/2", 11, 3],
    [1, "/copy/b/1", 9, 5],
    [1, "/merged/b", 5, 3],
    [1, "/merged/own/1/deep", 13, 33],
    [1, "/flow/0/x", 15, 2],
    // Not found: the nearest existing parent.
    [1, "/a/missing/deep", 4, 1],
    [1, "/a/b/9", 5, 3],
    [1, "/a/b/0/c/x", 6, 5],
  ])("document %i, %j → %i:%i", (document, pointer, line, column) => {
    expect(positionOf(text, document, pointer)).toEqual({ line, column });
  });
});

test("a missing document has no position", () => {
  expect(positionOf(text, 2, "")).toBeUndefined();
});

test("the position in a document that does not parse is its start", () => {
  expect(positionOf("---\n\na: [\n", 0, "/a")).toEqual({ line: 3, column: 1 });
});

test("CRLF line breaks are counted", () => {
  expect(positionOf("a: 1\r\nb:\r\n  c: 1\r\n", 0, "/b/c")).toEqual({ line: 3, column: 3 });
});
