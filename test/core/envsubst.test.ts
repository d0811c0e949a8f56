import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { substitute } from "../../tools/core/envsubst.ts";

/** What github.com/fluxcd/pkg/envsubst 1.9 makes of texts with these values, and an empty one for all other variables. */
interface Case {
  readonly text: string;
  readonly value?: string;
  readonly refused?: true;
}

const cases = JSON.parse(readFileSync(join(import.meta.dirname, "envsubst.json"), "utf8")) as Case[];

const values = new Map(
  Object.entries({
    NAME: "web",
    DOMAIN: "example.com",
    PATH_: "a/b/a/c",
    UP: "Hello World",
    N: "3",
    S: "x y",
  }),
);

test(`${cases.length} texts`, () => {
  const made = cases.map(({ text }) => {
    const result = substitute(text, (name) => values.get(name) ?? "");
    return "text" in result ? { text, value: result.text } : { text, refused: true };
  });
  expect(made).toEqual(cases);
});

/* biome-ignore-start lint/suspicious/noTemplateCurlyInString: variables of Flux */
test.each([
  ["${A} and ${B}", "a and ${B}"],
  ["${B:=b} ${B:-} ${B:-${A}} ${B:-${C}}", "b  a ${C}"],
  ["${B^^} ${#B} ${B/a/b}", "${B^^} ${#B} ${B/a/b}"],
  ["$${B} $$", "${B} $"],
])("a variable without a known value stays, unless it has a default: %s", (text, made) => {
  expect(substitute(text, (name) => (name === "A" ? "a" : undefined))).toEqual({ text: made });
});

test.each([
  ["echo ${FILES[@]}; echo", "${FILES[@]}", 5, "a closing brace is missing"],
  ["${A} ${B-b}", "${B-b}", 5, "a closing brace is missing"],
  ["${", "${", 0, "it does not begin with the name of a variable"],
])("the expression that Flux refuses in %s", (text, expression, offset, fault) => {
  expect(substitute(text, () => "")).toEqual({ expression, offset, fault });
});
test.each([
  ["very deep expressions", `${"${A:-".repeat(100_000)}${"}".repeat(100_000)}`, "too many expressions are nested"],
  ["very long results", "${A//a/${A}}", "its values are too long"],
  ["very many values", "${A}".repeat(100), "its values are too long"],
  ["patterns with a long value", "${A##*a*a*a*b}", "its value is too long for a pattern"],
])("hostile texts are refused: %s", (_, text, fault) => {
  expect(substitute(text, () => (text.startsWith("${A:-") ? "" : "a".repeat(100_000)))).toMatchObject({ fault });
});

test("patterns match in linear time", () => {
  expect(substitute("${A##*a*a*a*a*a*a*a*a*b}", () => "a".repeat(1000))).toEqual({ text: "a".repeat(1000) });
});
/* biome-ignore-end lint/suspicious/noTemplateCurlyInString: variables of Flux */
