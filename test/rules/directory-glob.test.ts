import { expect, test } from "vitest";
import { isOfGlob } from "../../tools/rules/lib/sync/directory-glob.ts";

/** The results of github.com/gobwas/glob. */
test.each([
  ["application.yaml", "application.yaml", true],
  ["application.yaml", "a/application.yaml", false],
  ["*.yaml", "a/b/c.yaml", true],
  ["**/c.yaml", "c.yaml", false],
  ["*/c.yaml", "a/b/c.yaml", true],
  ["{a,b*/c}.yaml", "b/d/c.yaml", true],
  ["{a,b*/c}.yaml", "c.yaml", false],
  ["{a{1,2},}.yaml", "a2.yaml", true],
  ["{a{1,2},}.yaml", ".yaml", true],
  ["a?.yaml", "a/.yaml", true],
  ["[a-c]x[!ab]", "bxc", true],
  ["[a-c]x[!ab]", "dxc", false],
  ["a.yaml", "a-yaml", false],
  ["a,}", "a,}", true],
  ["\\*", "*", true],
  ["\\*", "a", false],
  ["{a", "a", false],
  ["[a", "[a", false],
  ["[a-cx]", "a", false],
  [`${"*a".repeat(100)}b`, "a".repeat(200), false],
  ["{".repeat(100_000), "a", false],
])("isOfGlob(%j, %j) is %j", (pattern, path, expected) => {
  expect(isOfGlob(pattern, path)).toBe(expected);
});

test.each([
  ["https://example.com/shop/*", "https://example.com/shop/web", true],
  ["https://example.com/shop/*", "https://example.com/shop/web/api", false],
  ["https://example.com/**", "https://example.com/shop/web/api", true],
  ["https://*/web", "https://example.com/shop/web", false],
  ["https://example.com/shop/*web*", "https://example.com/shop/web", true],
  ["https://example.com/sho?/web", "https://example.com/shop/web", true],
  ["https://example.com?shop", "https://example.com/shop", false],
  ["*", "", true],
  [`${"*a".repeat(100)}b`, "a".repeat(200), false],
])("isOfGlob(%j, %j) by segments is %j", (pattern, path, expected) => {
  expect(isOfGlob(pattern, path, true)).toBe(expected);
});
