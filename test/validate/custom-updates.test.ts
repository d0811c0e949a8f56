import { expect, test } from "vitest";
import type { Json, JsonObject } from "../../tools/core/json.ts";
import { resourceOf } from "../../tools/core/resource.ts";
import { loadSchemas } from "../../tools/validate/index.ts";
import { applyProblems } from "../../tools/validate/update/index.ts";
import { changed, isAtOneOf, type Recorded } from "./agreement.ts";
import table from "./custom-updates.json" with { type: "json" };

type Operation = [op: Recorded["op"], path: string, value: Json];
type Row = [seed: string, operations: Operation[], verdict: string, causes?: [string, string][]];

const rows = table.lines as unknown as Row[];
const seeds = table.seeds as unknown as Record<string, JsonObject>;
const schemas = await loadSchemas(table.crds as unknown as JsonObject[]);

/** The gate's problems with one manifest applied over another. */
function judge([seed, operations]: Row) {
  const before = seeds[seed] as JsonObject;
  const after = operations.reduce<JsonObject>(
    (object, [op, path, value = null]) => changed(object, { op, path, value }),
    before,
  );
  return applyProblems(resourceOf(before), resourceOf(after), { versions: ["1.36"], schemas });
}

test(`agrees with a real API server on all ${rows.length} updates`, () => {
  const wrong = rows.filter((row) => judge(row).length > 0 !== (row[2] !== "accepted"));
  expect(wrong.map((row) => JSON.stringify([...row.slice(0, 3), judge(row)]))).toEqual([]);
});

test("reports the field that a real API server names", () => {
  const withFields = rows.filter(([, , , causes = []]) => causes.length > 0);
  const elsewhere = withFields.filter((row) => {
    const fields = (row[3] ?? []).map(([field]) => field);
    const pointers = judge(row).map(({ pointer }) => pointer);
    return !isAtOneOf(fields, pointers);
  });
  expect(elsewhere.map((row) => JSON.stringify([row, judge(row)]))).toEqual([]);
});
