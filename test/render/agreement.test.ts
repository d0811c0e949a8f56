import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseAllDocuments } from "yaml";
import { isObject, type Json, type JsonObject } from "../../tools/core/json.ts";
import { parseDocuments } from "../../tools/parse/documents.ts";
import { build, defaultLimits } from "../../tools/render/build.ts";
import { canonical, canonicalValue } from "../../tools/render/canonical.ts";
import type { Kustomize } from "../../tools/render/kustomize.ts";
import { tree } from "../load/tree.ts";
import { json, oddText } from "./json.ts";
import { kustomizes, named } from "./kustomizes.ts";

/** Builds objects with kustomize. */
async function through(kustomize: Kustomize, objects: readonly JsonObject[]): Promise<string> {
  const folder = tree({
    "kustomization.yaml": "resources: [all.yaml]\nsortOptions: {order: fifo}\n".replace(/sort.*\n/, ""),
  });
  writeFileSync(join(folder, "all.yaml"), objects.map(canonicalValue).join("---\n"));
  const built = await build(kustomize, folder, folder, defaultLimits);
  if ("problem" in built) throw new Error(built.problem.message);
  return built.text;
}

const name = (index: number) => `n${String(index).padStart(4, "0")}`;

function configMaps(data: readonly Record<string, string>[]): JsonObject[] {
  return data.map((each, index) => ({
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: name(index) },
    data: each,
  }));
}

/** Replaces what kustomize cannot print or Go cannot hold: control characters, lone surrogates. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: kustomize cannot print these
  return text.replace(/[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]|\p{Surrogate}/gu, "?");
}

/** Makes keys printable and keeps kustomize from interpreting them. */
function plain(value: Json): Json {
  if (typeof value === "string") return printable(value);
  if (Array.isArray(value)) return value.map(plain);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [`k${printable(key).slice(0, 200)}`, plain(inner)]),
  );
}

const entries = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), oddText.map(printable), {
  minKeys: 1,
  noNullPrototype: true,
});

describe.each(named)("%s", (_, kustomize) => {
  test("texts are unchanged by kustomize", async () => {
    const data = fc.sample(entries, { numRuns: 400, seed: 1 });
    const { documents, problems } = parseDocuments(await through(kustomize, configMaps(data)), "-");
    expect(problems).toEqual([]);
    expect(documents.map(({ value }) => Object(value).data)).toEqual(data);
  });

  test("the parser agrees with the yaml package", async () => {
    const values = fc.sample(json, { numRuns: 400, seed: 2 }).map(plain);
    const objects = values.map((spec, index) => ({
      apiVersion: "example.com/v1",
      kind: "X",
      metadata: { name: name(index) },
      spec,
    }));
    const text = await through(kustomize, objects);
    const { documents, problems } = parseDocuments(text, "-");
    expect(problems).toEqual([]);
    const theirs = parseAllDocuments(text, {
      version: "1.1",
      merge: false,
      intAsBigInt: true,
      customTags: (tags) => tags.filter((tag) => typeof tag === "string" || !/timestamp|binary/.test(tag.tag)),
    });
    const strings = (value: unknown) =>
      JSON.stringify(value, (_, inner) => (typeof inner === "bigint" ? Number(inner) : inner));
    expect(documents.map(({ value }) => strings(value))).toEqual(theirs.map((document) => strings(document.toJS())));
  });
});

test("every kustomize gives the same canonical text", async () => {
  const values = fc.sample(json, { numRuns: 300, seed: 3 }).map(plain);
  const objects = values.map((spec, index) => ({
    apiVersion: "example.com/v1",
    kind: "X",
    metadata: { name: name(index) },
    spec,
  }));
  const texts = await Promise.all(kustomizes.map((kustomize) => through(kustomize, objects)));
  const canonicals = texts.map((text) =>
    canonical(parseDocuments(text, "-").documents.map(({ value }) => ({ object: value as JsonObject }))),
  );
  for (const other of canonicals) expect(other).toBe(canonicals[0]);
});
