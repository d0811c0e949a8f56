import { expect, test } from "vitest";
import { helmTemplates } from "../../tools/parse/helm-templates.ts";

test("each document has the template that its comment names", () => {
  const text =
    "---\n# Source: a/templates/x.yaml\nkind: A\n---\nkind: B\n---\n# Source: a/charts/b/y z.yaml\r\nkind: C\n";
  expect(helmTemplates(text)).toEqual([
    { line: 1 },
    { line: 2, path: "a/templates/x.yaml" },
    { line: 4 },
    { line: 6 },
    { line: 7, path: "a/charts/b/y z.yaml" },
  ]);
});

test.each([
  ["a comment in a text", "data:\n  x: |\n    # Source: y\n"],
  ["an empty comment", "# Source: \nkind: A\n"],
])("%s names none", (_, text) => {
  expect(helmTemplates(text).some(({ path }) => path !== undefined)).toBe(false);
});
