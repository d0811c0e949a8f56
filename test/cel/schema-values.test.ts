import { expect, test } from "vitest";
import { compile } from "../../tools/cel/compile.ts";
import { environmentOf } from "../../tools/cel/environment.ts";
import { evaluate } from "../../tools/cel/evaluate.ts";
import { Fault } from "../../tools/cel/fault.ts";
import { typeOfSchema } from "../../tools/cel/schema-types.ts";
import { seenOf } from "../../tools/cel/schema-values.ts";
import { dyn } from "../../tools/cel/types.ts";
import type { Value } from "../../tools/cel/values.ts";
import type { Json, JsonObject } from "../../tools/core/json.ts";

/** The result of a rule for a value with a schema. */
function resultOf(schema: JsonObject, value: Json, rule: string): Value | "fault" {
  const environment = environmentOf("1.36", { variables: { self: typeOfSchema(schema, "self") ?? dyn } });
  const self = seenOf(value, schema);
  try {
    const { node } = compile(rule, environment);
    return evaluate(node, {
      overloads: environment.overloads,
      variable: (name) => (name === "self" ? self : undefined),
    });
  } catch (error) {
    if (error instanceof Fault) return "fault";
    throw error;
  }
}

const setOf = (items: JsonObject): JsonObject => ({ type: "array", "x-kubernetes-list-type": "set", items });
const set = setOf({ type: "string" });
const mapBy = (key: string): JsonObject => ({
  type: "array",
  "x-kubernetes-list-type": "map",
  "x-kubernetes-list-map-keys": [key],
  items: { type: "object", properties: { [key]: { type: "string" }, v: { type: "integer" } } },
});
const map = mapBy("k");
const [a, b] = [
  { k: "a", v: 1 },
  { k: "b", v: 2 },
];

// Each result as a real 1.36.3 API server gave it in a rule over a default.
test.each<[rule: string, schema: JsonObject, value: Json, wanted: unknown]>([
  ["self == ['a', 'b']", set, ["b", "a"], true],
  ["['a', 'b'] == self", set, ["b", "a"], false],
  ["dyn(self) == dyn(['a', 'b'])", set, ["b", "a"], true],
  ["[self] == [['a', 'b']]", set, ["b", "a"], true],
  ["['a', 'b'] in [self]", set, ["b", "a"], false],
  ["self + ['b', 'c'] == ['b', 'c']", set, ["b"], true],
  ["(self + ['c', 'c']).size() == 2", set, ["a"], true],
  ["self[0] == 'b' && (self + ['0'])[2] == '0'", set, ["b", "a"], true],
  ["self == [1, 2]", setOf({ type: "integer" }), [2, 1], true],
  ["dyn(self) == dyn([1.0, 2.0])", setOf({ type: "integer" }), [2, 1], false],
  ["self == [2.5, 1.5]", setOf({ type: "number" }), [1.5, 2.5], true],
  ["self == self", setOf({ type: "number" }), [1, 2], false],
  ["self == self", setOf({ type: "string", format: "date-time" }), ["2020-01-01T00:00:00Z"], false],
  ["self == self", setOf({ type: "string", format: "byte" }), ["YQ=="], "fault"],
  ["self == self", setOf(map.items as JsonObject), [a], "fault"],
  ["(self + self).size() == 1", map, [a], true],
  ["self == self.filter(x, x.k == 'b') + self.filter(x, x.k == 'a')", map, [a, b], true],
  ["self.filter(x, x.k == 'b') + self.filter(x, x.k == 'a') == self", map, [a, b], false],
  ["dyn(self) == dyn([{'k': dyn('a'), 'v': dyn(1)}, {'k': dyn('b'), 'v': dyn(2)}])", map, [a, b], false],
  ["self == self", mapBy("a-b"), [{ "a-b": "a" }, { "a-b": "b" }], false],
  ["self == self", mapBy("namespace"), [{ namespace: "a" }, { namespace: "b" }], false],
])("%s of %j", (rule, schema, value, wanted) => {
  expect(resultOf(schema, value, rule)).toEqual(wanted);
});
