import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../tools/core/json.ts";
import { loadSchemas } from "../../tools/validate/index.ts";
import { definitionOf } from "../definition.ts";
import { said } from "./subject.ts";

/** A schema, values of it that kube-apiserver 1.36.3 takes in a custom resource, and values that it refuses. */
type Row = [schema: JsonObject, taken: Json[], refused: Json[]];

/** Of the values, those in which the gate finds nothing. */
async function takenBy(schema: JsonObject, values: readonly Json[]): Promise<Json[]> {
  const schemas = await loadSchemas([definitionOf("Jar", "jars", { type: "object", properties: { x: schema } })]);
  const jar = (x: Json) => ({ apiVersion: "example.com/v1", kind: "Jar", metadata: { name: "a" }, x });
  return values.filter((value) => said(jar(value), ["1.36"], schemas).length === 0);
}

function agreesOn(rows: readonly Row[]): void {
  it.each(rows)("%j", async (schema, taken, refused) => {
    expect(await takenBy(schema, [...taken, ...refused])).toEqual(taken);
  });
}

const texts: JsonObject = { type: "array", items: { type: "string" } };
const [a, b]: JsonObject[] = [{ items: { pattern: "^a" } }, { items: { pattern: "^b" } }];

describe("alternatives and conditions look at the elements of lists", () => {
  agreesOn([
    [{ ...texts, allOf: [a as JsonObject] }, [["a"], []], [["b"], ["a", "b"]]],
    [{ ...texts, anyOf: [a as JsonObject, b as JsonObject] }, [["a1", "a2"], ["b"], []], [["c"], ["a1", "b1"]]],
    [{ ...texts, oneOf: [a as JsonObject, b as JsonObject] }, [["a1"]], [[], ["c"], ["a", "b"]]],
    [{ ...texts, not: a as JsonObject }, [["b"], ["a", "b"]], [["a"], []]],
    [
      {
        type: "object",
        properties: { a: texts },
        not: { required: ["a"], properties: { a: { items: { enum: ["bad"] } } } },
      },
      [{}, { a: ["ok"] }, { a: ["bad", "ok"] }],
      [{ a: ["bad"] }],
    ],
    [
      {
        type: "object",
        properties: {
          a: { type: "array", items: { type: "object", properties: { c: { type: "integer" } } } },
        },
        allOf: [{ properties: { a: { items: { required: ["c"], properties: { c: { maximum: 3 } } } } } }],
      },
      [{}, { a: [{ c: 1 }] }],
      [{ a: [{ c: 5 }] }, { a: [{}] }],
    ],
  ]);
});

const open: JsonObject = { "x-kubernetes-preserve-unknown-fields": true };

describe("additionalProperties: true keeps values, but no field of an object in them", () => {
  const anyValue: JsonObject = { type: "object", additionalProperties: true };
  const taken = [{ a: 1 }, { a: null }, { a: {} }, { a: [1, [], [{}]] }];
  const refused = [{ a: { b: 1 } }, { a: [{ b: 1 }] }, { a: [[{ b: { c: 1 } }]] }];
  agreesOn([
    [anyValue, taken, refused],
    [{ ...anyValue, ...open }, taken, refused],
    [{ type: "array", items: anyValue }, [taken], [refused]],
    [{ type: "array", items: anyValue, ...open }, [taken], [refused]],
    [{ ...anyValue, properties: { a: { type: "object", ...open } } }, [{ a: { b: 1 }, c: {} }], [{ c: { b: 1 } }]],
    [{ type: "object", additionalProperties: open }, [{ a: { b: 1 } }], []],
  ]);
});
