import { expect, test } from "vitest";
import { isObject, type Json, type JsonObject } from "../../tools/core/json.ts";
import { join } from "../../tools/core/pointer.ts";
import { resourceOf } from "../../tools/core/resource.ts";
import { evaluate } from "../../tools/policy/evaluate.ts";
import { rules } from "../../tools/rules/index.ts";
import { documentsOf, fixtures } from "./fixtures.ts";

/** A manifest may contain any value anywhere: a rule that throws has a bug. */
const strange: readonly Json[] = [null, 0, -1.5, "", "x", true, [], [null], {}, { x: null }, 10n ** 20n, "100%"];

/** The pointers of all values inside a value. */
function* placesIn(value: Json, pointer = ""): Generator<string> {
  if (pointer !== "") yield pointer;
  const entries = Array.isArray(value) ? value.entries() : isObject(value) ? Object.entries(value) : [];
  for (const [key, child] of entries) yield* placesIn(child, join(pointer, key));
}

function withValue(value: Json, pointer: string, put: Json, at = ""): Json {
  if (at === pointer) return put;
  if (!pointer.startsWith(`${at}/`) && at !== "") return value;
  if (Array.isArray(value)) return value.map((child, index) => withValue(child, pointer, put, join(at, index)));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [key, withValue(child, pointer, put, join(at, key))]),
  );
}

test.each(fixtures)("no rule throws, whatever %s contains", async (file) => {
  const documents = documentsOf(file);
  const target = { path: file, kind: "kustomization" } as const;
  let turn = file.length;
  for (const [index, document] of documents.entries()) {
    for (const pointer of placesIn(document)) {
      const put = strange[turn++ % strange.length] ?? null;
      const changed = documents.with(index, withValue(document, pointer, put) as JsonObject);
      const resources = changed.map((object) => resourceOf(object));
      const { crashes } = await evaluate(rules, { target, resources, versions: ["1.36"] });
      expect(crashes, `${pointer} is ${typeof put} ${String(put)}`).toEqual([]);
    }
  }
});
