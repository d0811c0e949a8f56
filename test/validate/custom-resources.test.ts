import { expect, test } from "vitest";
import type { Json, JsonObject } from "../../tools/core/json.ts";
import { resourceOf } from "../../tools/core/resource.ts";
import { loadSchemas, validate } from "../../tools/validate/index.ts";
import { changed, isAtOneOf, type Recorded } from "./agreement.ts";
import table from "./custom-resources.json" with { type: "json" };

type Row = [seed: string, op: Recorded["op"], path: string, value: Json, verdict: string, causes?: [string, string][]];

const rows = table.lines as unknown as Row[];
const seeds = table.seeds as unknown as Record<string, JsonObject>;
const schemas = await loadSchemas(table.crds as unknown as JsonObject[]);

/** The gate's verdict on a line: pointers to its problems, and the number of rules that it did not evaluate. */
function judge([seed, op, path, value]: Row) {
  const object = changed(seeds[seed] as JsonObject, { op, path, value });
  const { problems, unevaluated } = validate(resourceOf(object), { versions: ["1.36"], schemas });
  return { pointers: problems.map(({ pointer }) => pointer), unevaluated };
}

test("accepts the seeds", () => {
  for (const object of Object.values(seeds)) {
    const { problems, unevaluated } = validate(resourceOf(object), { versions: ["1.36"], schemas });
    expect([problems, unevaluated]).toEqual([[], 0]);
  }
});

test(`agrees with a real API server on all ${rows.length} changes`, () => {
  const wrong = rows.filter((row) => judge(row).pointers.length > 0 !== (row[4] !== "accepted"));
  expect(wrong.map((row) => row.slice(0, 5))).toEqual([]);
});

test("reports the field that a real API server names", () => {
  const withFields = rows.filter(([, , , , , causes = []]) => causes.length > 0);
  const fieldsOf = ([, , , , , causes = []]: Row) => causes.map(([field]) => field);
  const elsewhere = withFields.filter((row) => !isAtOneOf(fieldsOf(row), judge(row).pointers));
  expect(elsewhere.length / withFields.length).toBeLessThan(0.01);
});

test("evaluates every rule", () => {
  expect(rows.reduce((sum, row) => sum + judge(row).unevaluated, 0)).toBe(0);
});

test("warns if a rule cannot be evaluated", async () => {
  const crd = structuredClone((table.crds as unknown as JsonObject[])[0]) as {
    spec: { names: { kind: string }; group: string; versions: { schema: { openAPIV3Schema: JsonObject } }[] };
  };
  const [version] = crd.spec.versions;
  const later = [{ rule: "self.comesLater()" }, { rule: "true" }];
  Object.assign(version?.schema.openAPIV3Schema as JsonObject, { "x-kubernetes-validations": later });
  const own = Object.values(seeds).find(({ kind }) => kind === crd.spec.names.kind) as JsonObject;
  const known = await loadSchemas([crd as unknown as JsonObject]);
  const { problems, unevaluated } = validate(resourceOf(own), { versions: ["1.36"], schemas: known });
  expect(unevaluated).toBe(1);
  expect(problems).toMatchObject([{ severity: "warning", message: expect.stringContaining("could not be evaluated") }]);
});
