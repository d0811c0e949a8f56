import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { isObject, type Json } from "../../tools/core/json.ts";
import { parseDocuments } from "../../tools/parse/documents.ts";

/**
 * What sigs.k8s.io/yaml 1.6.0 (over go-yaml 2.4.2), which kubectl reads manifests with, makes of odd texts: its JSON, or
 * null where it refuses them.
 */
const table: [text: string, json: string | null][] = JSON.parse(
  readFileSync(new URL("fixtures/go-yaml.json", import.meta.url), "utf8"),
);

describe("reads YAML as sigs.k8s.io/yaml", () => {
  test.each(table)("%j → %s", (text, json) => {
    const { documents, problems } = parseDocuments(text, "odd.yaml");
    const refused = problems.some(({ rule }) => rule === "schema/parse-error");
    if (json === null) expect(refused).toBe(true);
    else expect([refused, comparable(documents[0]?.value ?? null)]).toEqual([false, comparable(fromGo(json))]);
  });
});

/** Go prints 64-bit integers in full. */
function fromGo(json: string): Json {
  const quoted = json.replace(/(?<=^|[:[,])-?\d{16,}(?=$|[,}\]])/g, (digits) =>
    Number.isSafeInteger(Number(digits)) ? digits : `"integer:${digits}"`,
  );
  return JSON.parse(quoted);
}

/** A double that holds an integer beyond 2^53 is printed by Go as that integer. */
function comparable(value: Json): Json {
  if (Array.isArray(value)) return value.map(comparable);
  if (isObject(value))
    return Object.fromEntries(Object.keys(value).map((key) => [key, comparable(value[key] as Json)]));
  if (typeof value === "bigint") return `integer:${value}`;
  // There is one zero here: a replica count of -0 would surprise everyone.
  if (value === 0) return 0;
  if (typeof value !== "number" || Number.isSafeInteger(value) || !Number.isInteger(value)) return value;
  return Math.abs(value) < 1e21 ? `integer:${value}` : value;
}

test("keys that JavaScript objects have anyway are keys like others", () => {
  const { documents } = parseDocuments('{"__proto__": 1, constructor: 2, toString: {a: 3}}', "-");
  const value = documents[0]?.value;
  expect(Object.keys(value as object)).toEqual(["__proto__", "constructor", "toString"]);
  expect(({} as Record<string, unknown>).a).toBeUndefined();
});

test("escapes of JSON are read although YAML 1.1 has not all of them", () => {
  expect(parseDocuments('{"a": "\\/\\ud83d\\ude00"}', "-").documents[0]?.value).toEqual({ a: "/😀" });
  expect(parseDocuments('{"a": "b\\ud83d"}', "-").documents[0]?.value).toEqual({ a: "b\ufffd" });
});
