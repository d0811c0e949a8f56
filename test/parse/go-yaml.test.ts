import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { isObject, type Json } from "../../tools/core/json.ts";
import { parseDocuments } from "../../tools/parse/documents.ts";

/** Odd texts and the JSON that kubectl's parser, sigs.k8s.io/yaml 1.6.0 (go-yaml 2.4.2), makes of them; null if it rejects them. */
const table: [text: string, json: string | null][] = JSON.parse(
  readFileSync(new URL("fixtures/go-yaml.json", import.meta.url), "utf8"),
);

describe("reads YAML like sigs.k8s.io/yaml", () => {
  test.each(table)("%j → %s", (text, json) => {
    const { documents, problems } = parseDocuments(text, "odd.yaml");
    const rejected = problems.some(({ rule }) => rule === "schema/parse-error");
    if (json === null) expect(rejected).toBe(true);
    else expect([rejected, comparable(documents[0]?.value ?? null)]).toEqual([false, comparable(fromGo(json))]);
  });
});

/** Parses Go's JSON, which prints 64-bit integers in full. */
function fromGo(json: string): Json {
  const quoted = json.replace(/(?<=^|[:[,])-?\d{16,}(?=$|[,}\]])/g, (digits) =>
    Number.isSafeInteger(Number(digits)) ? digits : `"integer:${digits}"`,
  );
  return JSON.parse(quoted);
}

/** Marks large integers, because Go prints a double beyond 2^53 as an integer. */
function comparable(value: Json): Json {
  if (Array.isArray(value)) return value.map(comparable);
  if (isObject(value))
    return Object.fromEntries(Object.keys(value).map((key) => [key, comparable(value[key] as Json)]));
  if (typeof value === "bigint") return `integer:${value}`;
  // We only have one zero: a replica count of -0 would surprise everyone.
  if (value === 0) return 0;
  if (typeof value !== "number" || Number.isSafeInteger(value) || !Number.isInteger(value)) return value;
  return Math.abs(value) < 1e21 ? `integer:${value}` : value;
}

test("keys named like built-in properties are ordinary keys", () => {
  const { documents } = parseDocuments('{"__proto__": 1, constructor: 2, toString: {a: 3}}', "-");
  const value = documents[0]?.value;
  expect(Object.keys(value as object)).toEqual(["__proto__", "constructor", "toString"]);
  expect(({} as Record<string, unknown>).a).toBeUndefined();
});

test("all JSON escapes are read, although YAML 1.1 lacks some of them", () => {
  expect(parseDocuments('{"a": "\\/\\ud83d\\ude00"}', "-").documents[0]?.value).toEqual({ a: "/😀" });
  expect(parseDocuments('{"a": "b\\ud83d"}', "-").documents[0]?.value).toEqual({ a: "b\ufffd" });
});
