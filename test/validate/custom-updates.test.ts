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

/** What the gate says of a manifest that is applied over another one. */
function judge([seed, operations]: Row) {
  const before = seeds[seed] as JsonObject;
  const after = operations.reduce<JsonObject>(
    (object, [op, path, value = null]) => changed(object, { op, path, value }),
    before,
  );
  return applyProblems(resourceOf(before), resourceOf(after), { versions: ["1.36"], schemas });
}

test(`agrees with a real API server about all of ${rows.length} updates`, () => {
  const wrong = rows.filter((row) => judge(row).length > 0 !== (row[2] !== "accepted"));
  expect(wrong.map((row) => JSON.stringify([...row.slice(0, 3), judge(row)]))).toEqual([]);
});

test("refuses at the field at which a real API server does", () => {
  const withFields = rows.filter(([, , , causes = []]) => causes.length > 0);
  const elsewhere = withFields.filter((row) => {
    const fields = (row[3] ?? []).map(([field]) => field);
    const pointers = judge(row).map(({ pointer }) => pointer);
    return !isAtOneOf(fields, pointers);
  });
  expect(elsewhere.map((row) => JSON.stringify([row, judge(row)]))).toEqual([]);
});
