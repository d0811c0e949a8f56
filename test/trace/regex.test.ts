import fc from "fast-check";
import { expect, test } from "vitest";
import { matchesSelector } from "../../tools/trace/regex.ts";
import { matchesLabels } from "../../tools/trace/selector.ts";

test.each([
  ["web", "web", true],
  ["web", "web-1", false],
  ["web.*", "web-1", true],
  [".*", "", true],
  ["a|b", "b", true],
  ["a|b", "ab", false],
  ["^web$", "web", true],
  ["(web|db)-[0-9]+", "db-12", true],
  ["(?:web|db)-\\d{2,3}", "db-1", false],
  ["[^a-c]x", "dx", true],
  ["[^a-c]x", "bx", false],
  ["[-a]+", "a-a", true],
  ["a{2}", "aa", true],
  ["a{2,}", "aaaa", true],
  ["a{0,1}b?", "", true],
  ["\\w+\\.example", "a_b.example", true],
  ["\\w+\\.example", "a_bxexample", false],
  ["a+?b*?", "aab", true],
  ["[]]", "]", true],
  ["()", "", true],
  ["(a*)*", "aaa", true],
  ["(a*)*", "aab", false],
  ["(a|aa)+$", "aaaa", true],
  ["(?P<n>a)", "a", true],
  ["\\p{L}", "é", true],
  ["[[:alpha:]]+", "abc", true],
  ["(?i)WEB", "web", true],
])("%s on %s: %s", (pattern, name, matches) => {
  expect(matchesSelector(pattern, name)).toBe(matches);
});

test.each(["(", "[", "a**", "*a", "a{1001}", "\\", "a)", "[a-\\d]"])(
  "an invalid expression is compared literally: %s",
  (pattern) => {
    expect(matchesSelector(pattern, pattern)).toBe(true);
    expect(matchesSelector(pattern, "a")).toBe(false);
  },
);

test.each([
  ["(a+)+$", `${"a".repeat(500)}b`],
  ["(a|a)*b", "a".repeat(900)],
  [`${"(".repeat(400)}a${")*".repeat(400)}`, "a".repeat(900)],
  [".*".repeat(400), `${"x".repeat(900)}\n`],
  ["((a{0,1000}){0,1000}){0,1000}", `${"a".repeat(999)}b`],
  ["(".repeat(999), "a"],
])("a hostile expression terminates: %#", (pattern, name) => {
  expect(matchesSelector(pattern, name)).toBe(false);
});

test("agrees with JavaScript on expressions that both support", () => {
  const atom = fc.constantFrom("a", "b", ".", "[ab]", "[^a]", "\\w", "(a|b)", "(?:ab)", "(a*b)", "(b|)");
  const count = fc.constantFrom("", "", "*", "+", "?", "{2}", "{1,2}");
  const expression = fc.array(fc.tuple(atom, count), { maxLength: 5 }).map((parts) => parts.flat().join(""));
  const name = fc.string({ unit: fc.constantFrom("a", "b", "-"), maxLength: 8 });
  fc.assert(
    fc.property(expression, expression, name, (one, other, text) => {
      const pattern = `${one}|${other}`;
      return matchesSelector(pattern, text) === (pattern === text || new RegExp(`^(?:${pattern})$`).test(text));
    }),
    { numRuns: 2000 },
  );
});

test.each([
  ["", true],
  ["app=web", true],
  ["app==web", true],
  ["app = web", true],
  ["app=db", false],
  ["app!=db", true],
  ["missing!=x", true],
  ["app", true],
  ["!app", false],
  ["!missing", true],
  ["app in (db, web),tier", true],
  ["app in (db)", false],
  ["app notin (db)", true],
  ["missing notin (db)", true],
  ["app,missing", false],
  ["example.com/name=x", true],
])("label selector %s: %s", (selector, matches) => {
  const labels = new Map([
    ["app", "web"],
    ["tier", ""],
    ["example.com/name", "x"],
  ]);
  expect(matchesLabels(selector, labels)).toBe(matches);
});
