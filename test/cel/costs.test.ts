import { expect, test } from "vitest";
import { compile } from "../../tools/cel/compile.ts";
import { costOf } from "../../tools/cel/cost/cost.ts";
import { type Sizes, sizesBelow, sizesOf } from "../../tools/cel/cost/sizes.ts";
import { environmentOf } from "../../tools/cel/environment.ts";
import { typeOfSchema } from "../../tools/cel/schema-types.ts";
import type { Type } from "../../tools/cel/types.ts";
import type { JsonObject } from "../../tools/core/json.ts";
import { resourceOf } from "../../tools/core/resource.ts";
import { loadSchemas, validate } from "../../tools/validate/index.ts";
import { definitionOf } from "../definition.ts";
import recorded from "./costs.json" with { type: "json" };

const schema = recorded.schema as unknown as JsonObject;
const self = typeOfSchema(schema, "self") as Type;
const sizesAt = sizesBelow(sizesOf(schema) as Sizes);
const environment = environmentOf("1.36", { variables: { self, oldSelf: self } });

/** A hundred budgets: beyond this, the server no longer names a factor. */
const beyond = 1_000_000_000;

test.each(recorded.costs as [string, number | null][])("%s costs as much as in a real API server", (rule, cost) => {
  const { max } = costOf(compile(rule, environment), sizesAt);
  if (cost === null) expect(max).toBeGreaterThan(beyond);
  // The server's cost is derived from a factor with six digits.
  else expect(Math.abs(max - cost)).toBeLessThanOrEqual(Math.max(0.5, cost * 2e-6));
});

const schemas = await loadSchemas();

test.each(recorded.schemas as unknown as [string, JsonObject, string[]][])(
  "%s: the cost of a rule is multiplied by the number of values that its schema allows",
  (_, spec, factors) => {
    const definition = definitionOf("Cost", "costs", { type: "object", properties: { spec } });
    const { problems } = validate(resourceOf(definition), { versions: ["1.36"], schemas });
    const ours = problems.flatMap(({ message }) => /cost of ((?:more than )?[\d.]+) times/.exec(message)?.[1] ?? []);
    expect(ours.map(rounded)).toEqual(factors.map(rounded));
    expect(problems.every(({ reason }) => reason === "Forbidden")).toBe(true);
  },
);

/** Rounds to the digits that both print. */
function rounded(factor: string): string {
  return factor.startsWith("more") ? factor : Number(factor).toPrecision(2);
}

test("the range of a macro that repeats it is estimated once", () => {
  const chain = Array.from({ length: 40 }, (_, index) => `.optMap(x${index}, x${index} + 'a')`).join("");
  const lists = Array.from({ length: 20 }, (_, index) => `.sortBy(y${index}, y${index})`).join("");
  const rule = `self.?s${chain}.orValue('') == '' || self.l${lists}.size() > 0`;
  expect(costOf(compile(rule, environment), sizesAt).max).toBeGreaterThan(beyond);
});

test.each([
  ["device.attributes.all(a, device.attributes.all(b, a == b))", 10, true],
  ["device.attributes.all(a, device.attributes.all(b, a == b))", 300, false],
  ["cel.bind(d, device.attributes['a.b'], d.x == 'a')", 2000, true],
  ["device.attributes['a.b'].c.matches(device.driver)", 1000, true],
  ["device.attributes['x'].all(k, device.attributes['a.b'].c.matches(device.driver))", 1000, false],
])(
  "device selectors are accepted or rejected as in a real API server: %s, %i times",
  (expression, times, isAccepted) => {
    const numbers = Array.from({ length: times }, (_, index) => index);
    const selectors = [{ cel: { expression: `[${numbers}].all(i, ${expression})` } }];
    const object = {
      apiVersion: "resource.k8s.io/v1",
      kind: "DeviceClass",
      metadata: { name: "x" },
      spec: { selectors },
    };
    const { problems } = validate(resourceOf(object as unknown as JsonObject), { versions: ["1.36"], schemas });
    expect(problems.map(({ reason }) => reason)).toEqual(isAccepted ? [] : ["Forbidden"]);
  },
);

test("the cost of a very long expression is estimated", () => {
  const elements = Array.from({ length: 49_000 }, (_, index) => index % 10);
  const { max } = costOf(compile(`[${elements}].all(x, x < self.n)`, environment), sizesAt);
  expect(max).toBeGreaterThan(49_000);
  const words = elements.map(String);
  expect(sizesOf({ type: "string", enum: words })).toEqual({ max: 1, bytes: 2 });
});
