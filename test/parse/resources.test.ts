import { describe, expect, test } from "vitest";
import { resourceId } from "../../tools/core/resource.ts";
import { parseDocuments } from "../../tools/parse/documents.ts";
import { resourcesOf } from "../../tools/parse/resources.ts";

function read(text: string) {
  return resourcesOf(parseDocuments(text, "a.yaml").documents, "a.yaml");
}

const item = (name: string) => `{apiVersion: v1, kind: Secret, metadata: {name: ${name}}}`;

test("every document is a resource with its source", () => {
  const { resources, problems } = read(`${item("a")}\n---\n---\n${item("b")}\n`);
  expect(problems).toEqual([]);
  expect(resources.map((resource) => [resourceId(resource), resource.source])).toEqual([
    ["v1/Secret/a", { file: "a.yaml", document: 0, pointer: "" }],
    ["v1/Secret/b", { file: "a.yaml", document: 2, pointer: "" }],
  ]);
});

describe("lists", () => {
  test.each<[string, string, string[]]>([
    ["v1 List", `{apiVersion: v1, kind: List, items: [${item("a")}, ${item("b")}]}`, ["a /items/0", "b /items/1"]],
    ["a list of a single kind", `{apiVersion: v1, kind: SecretList, items: [${item("a")}]}`, ["a /items/0"]],
    [
      "a list in a list",
      `{apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: List, items: [${item("a")}]}]}`,
      ["a /items/0/items/0"],
    ],
    ["an empty list", "{apiVersion: v1, kind: List, items: []}", []],
    ["another kind that ends in List", "{apiVersion: x/v1, kind: AllowList, metadata: {name: a}, spec: {}}", ["a "]],
    ["a list without items", "{apiVersion: v1, kind: List, metadata: {name: a}}", ["a "]],
  ])("%s", (_, text, expected) => {
    expect(read(text).resources.map(({ name, source }) => `${name} ${source?.pointer}`)).toEqual(expected);
  });

  test("nested too deeply are not unpacked", () => {
    const text = `${"{apiVersion: v1, kind: List, items: [".repeat(30)}${"]}".repeat(30)}`;
    expect(read(text).resources).toHaveLength(1);
  });
});

test.each([
  ["- a\n", "document 1 is a list", ""],
  ["just text\n", "document 1 is a string", ""],
  ["a: 1\n---\n5\n", "document 2 is a number", ""],
  ["{apiVersion: v1, kind: List, items: [null]}", "/items/0 is null", "/items/0"],
])("%j is not an object", (text, message, pointer) => {
  const { problems } = read(text);
  expect(problems).toMatchObject([
    { rule: "schema/parse-error", file: "a.yaml", pointer, message: expect.stringContaining(message) },
  ]);
});
