import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../tools/core/json.ts";
import { loadSchemas } from "../../tools/validate/index.ts";
import { definitionOf } from "../definition.ts";
import { said } from "./subject.ts";

/** A schema, and values that kube-apiserver 1.36.3 accepts and rejects for it in a custom resource. */
type Row = [schema: JsonObject, accepted: Json[], rejected: Json[]];

/** The values in which the gate finds no problem. */
async function acceptedBy(schema: JsonObject, values: readonly Json[]): Promise<Json[]> {
  const schemas = await loadSchemas([definitionOf("Jar", "jars", { type: "object", properties: { x: schema } })]);
  const jar = (x: Json) => ({ apiVersion: "example.com/v1", kind: "Jar", metadata: { name: "a" }, x });
  return values.filter((value) => said(jar(value), ["1.36"], schemas).length === 0);
}

function agreesOn(rows: readonly Row[]): void {
  it.each(rows)("%j", async (schema, accepted, rejected) => {
    expect(await acceptedBy(schema, [...accepted, ...rejected])).toEqual(accepted);
  });
}

const texts: JsonObject = { type: "array", items: { type: "string" } };
const [a, b]: JsonObject[] = [{ items: { pattern: "^a" } }, { items: { pattern: "^b" } }];

describe("allOf, anyOf, oneOf and not apply to the elements of lists", () => {
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

describe("the types of an anyOf apply to values of any type", () => {
  const either = [{ type: "integer" }, { type: "string" }];
  agreesOn([
    [{ type: "boolean", anyOf: either }, [], [true]],
    [{ type: "number", anyOf: either }, [1], [1.5]],
    [{ type: "string", anyOf: either }, ["a"], [1]],
    [{ "x-kubernetes-int-or-string": true, anyOf: either }, [1, "a"], [1.5, true]],
    [{ type: "array", items: { type: "object", anyOf: either } }, [[]], [[{}]]],
    [{ type: "object", allOf: [{ anyOf: either }] }, [], [{}]],
  ]);
});

const open: JsonObject = { "x-kubernetes-preserve-unknown-fields": true };

describe("additionalProperties: true keeps values, but not the fields of objects in them", () => {
  const anyValue: JsonObject = { type: "object", additionalProperties: true };
  const accepted = [{ a: 1 }, { a: null }, { a: {} }, { a: [1, [], [{}]] }];
  const rejected = [{ a: { b: 1 } }, { a: [{ b: 1 }] }, { a: [[{ b: { c: 1 } }]] }];
  agreesOn([
    [anyValue, accepted, rejected],
    [{ ...anyValue, ...open }, accepted, rejected],
    [{ type: "array", items: anyValue }, [accepted], [rejected]],
    [{ type: "array", items: anyValue, ...open }, [accepted], [rejected]],
    [{ ...anyValue, properties: { a: { type: "object", ...open } } }, [{ a: { b: 1 }, c: {} }], [{ c: { b: 1 } }]],
    [{ type: "object", additionalProperties: open }, [{ a: { b: 1 } }], []],
  ]);
});

describe("numbers are compared as in Go", () => {
  const large = 1e30;
  agreesOn([
    [
      { type: "number", multipleOf: 0.01 },
      [0.01, 0.07, 1.1, -0.01, -1.5],
      [4.35, 19.99, 1.15, 8.2, 1.13, 0.29, -4.35, -0.07, 100],
    ],
    [{ type: "number", multipleOf: 0.1 }, [0.3, -0.3, 0.7, 1.1, 2.5], [0.35]],
    // A whole number only has to be a multiple of the integer part of the factor.
    [{ type: "number", multipleOf: 2.5 }, [7.5, 4, 2], [5, 7.4]],
    [{ type: "integer", multipleOf: 1.5 }, [], [3, 4]],
    [{ ...open, multipleOf: 1.5 }, [3, 4, 4.5, "a"], [4.6]],
    [{ type: "number", minimum: 0.5, maximum: 10.5 }, [0, 0.5, 10, 10.5], [0.4, 10.6, 11]],
    [{ type: "number", maximum: 10.5, exclusiveMaximum: true }, [9, 10.4], [10, 10.5]],
    [{ type: "number", maximum: -0.5 }, [0, -1], [-0.2]],
    [{ type: "number", maximum: large }, [5.5], [5]],
    [{ type: "number", minimum: large }, [5], [5.5]],
    // No integer fits a bound that is not an integer.
    [{ type: "integer", minimum: 0.5 }, [], [0, 1]],
    [{ type: "integer", maximum: 10.5 }, [], [1, 11]],
    [{ type: "integer", maximum: 1e19 }, [], [1]],
    [{ type: "integer", format: "int32", maximum: 3000000000 }, [], [1]],
    [{ type: "number", format: "float", maximum: 1e39 }, [], [1]],
    [{ "x-kubernetes-int-or-string": true, maximum: 10.5 }, [10, "a"], [11]],
    // Formats of numbers count only next to their type (StripUnsupportedFormatsPostProcessorForVersion).
    [{ type: "number", allOf: [{ format: "float", minimum: 3, maximum: 1e301 }] }, [3.5, 1e300], [2]],
    [{ type: "integer", allOf: [{ format: "int32" }] }, [3000000000], []],
    [{ type: "number", not: { format: "float" } }, [], [1, 1e300]],
  ]);
});

describe("null never matches an enum", () => {
  const text: JsonObject = { type: "string", nullable: true, enum: ["a", null] };
  agreesOn([
    [text, ["a"], [null]],
    [{ ...text, default: "a" }, ["a"], [null]],
    [{ type: "string", enum: ["a"], default: "a" }, ["a", null], ["b"]],
    [{ type: "integer", nullable: true, enum: [3] }, [3], [null]],
    [{ type: "array", items: text }, [["a"]], [[null]]],
    [{ type: "array", items: { ...text, enum: [] }, allOf: [{ items: { enum: ["a"] } }] }, [["a"]], [[null]]],
    [{ type: "object", properties: { a: text } }, [{}, { a: "a" }], [{ a: null }]],
    [{ ...open, enum: ["a"] }, ["a"], [null]],
    // Null is not checked against anything else.
    [{ type: "string", nullable: true, minLength: 3, pattern: "a", not: { enum: ["b"] } }, [null], ["a"]],
    [{ type: "array", items: { type: "string", nullable: true }, allOf: [{ items: { minLength: 3 } }] }, [[null]], []],
  ]);
});

describe("a required field may be null if it is nullable", () => {
  const nullable: JsonObject = { type: "string", nullable: true };
  const object = (of: JsonObject): JsonObject => ({ type: "object", required: ["a"], ...of });
  agreesOn([
    [object({ properties: { a: nullable } }), [{ a: "b" }, { a: null }], [{}]],
    [object({ properties: { a: { ...nullable, type: "object" } } }), [{ a: {} }, { a: null }], [{}]],
    [object({ properties: { a: { type: "string" } } }), [{ a: "b" }], [{}, { a: null }]],
    [object(open), [{ a: "b" }, { a: null }], [{}]],
    [object({ properties: { a: open } }), [{ a: "b" }], [{}, { a: null }]],
    [object({ additionalProperties: nullable }), [{ a: "b" }, { a: null }], [{}, { a: 1 }]],
    [object({ additionalProperties: { type: "string" } }), [{ a: "b" }], [{}, { a: null }, { a: 1 }]],
  ]);
});

describe("elements are distinguished by value and type", () => {
  const set = (items: JsonObject): JsonObject => ({ type: "array", "x-kubernetes-list-type": "set", items });
  const map = (keys: string[], of: JsonObject): JsonObject => ({
    type: "array",
    "x-kubernetes-list-type": "map",
    "x-kubernetes-list-map-keys": keys,
    items: { type: "object", required: keys, properties: Object.fromEntries(keys.map((key) => [key, of])) },
  });
  const either: JsonObject = { "x-kubernetes-int-or-string": true };
  agreesOn([
    [
      set(either),
      [[1, "1"]],
      [
        [1, 1],
        ["1", "1"],
      ],
    ],
    [
      set(open),
      [
        [true, "true"],
        [1, 1.5],
      ],
      [["a", "a"], [{ a: 1 }], [["a"]]],
    ],
    [
      map(["k"], either),
      [[{ k: 1 }, { k: "1" }]],
      [
        [{ k: 1 }, { k: 1 }],
        [{ k: "a" }, { k: "a" }],
      ],
    ],
    [
      map(["k", "l"], either),
      [
        [
          { k: 1, l: "c" },
          { k: "1", l: "c" },
        ],
      ],
      [
        [
          { k: 1, l: "c" },
          { k: 1, l: "c" },
        ],
      ],
    ],
    [
      map(["k", "l"], { type: "string" }),
      [
        [
          { k: "a, b", l: "c" },
          { k: "a", l: "b, c" },
        ],
      ],
      [],
    ],
    [map(["k"], { type: "boolean" }), [[{ k: true }, { k: false }]], [[{ k: true }, { k: true }]]],
    // Server-side apply only accepts sets of scalars.
    [set({ type: "array", items: { type: "string" } }), [[]], [[["a"]], [["a"], ["a"]]]],
    [set({ type: "object", "x-kubernetes-map-type": "atomic", ...open }), [[]], [[{ a: 1 }], [{ a: 1 }, { a: 1 }]]],
  ]);
});

describe("a schema without a type still constrains objects and lists", () => {
  const text: JsonObject = { type: "string" };
  agreesOn([
    [
      { ...open, required: ["a"], properties: { a: { type: "integer", minimum: 3 } } },
      [{ a: 3, b: { c: 1 } }, "b", 5, [{ b: 1 }]],
      [{}, { a: 1 }, { a: "b" }, { a: null }],
    ],
    [
      { ...open, properties: { a: { type: "object", properties: { b: text } } } },
      [{ a: { b: "c" } }],
      [{ a: { c: 1 } }],
    ],
    [{ ...open, items: text }, [["a"], [], {}, "b"], [[1], [null]]],
    [{ ...open, items: { type: "object", properties: { a: text } } }, [[{ b: 1 }]], [[{ a: 1 }]]],
    [{ ...open, additionalProperties: text }, [{ a: "b" }, "b", [1]], [{ a: 1 }]],
    [{ ...open, additionalProperties: true }, [{ a: {} }, [{ a: 1 }], "b"], [{ a: { b: 1 } }]],
    [{ ...open, additionalProperties: false }, [{}, "b"], [{ a: 1 }]],
    [{ ...open, type: "object", additionalProperties: false }, [{}], [{ a: 1 }]],
    [
      { ...open, properties: { a: { type: "array", items: text, "x-kubernetes-list-type": "set" } } },
      [{ a: ["b", "c"] }],
      [{ a: ["b", "b"] }],
    ],
    [{ ...open, format: "ipv4" }, ["1.2.3.4", [], null], ["b", 5, true, {}]],
    [{ ...open, format: "int32" }, ["b", 1.5, 3000000000], []],
    [{ type: "integer", allOf: [{ format: "ipv4" }] }, [], [5]],
    [{ type: "integer", format: "ipv4" }, [5], []],
    [{ "x-kubernetes-int-or-string": true, format: "ipv4" }, [5, "1.2.3.4"], ["b"]],
  ]);
});

describe("the metadata of an embedded resource", () => {
  const resource = { type: "object", "x-kubernetes-embedded-resource": true, ...open };
  const of = (metadata: JsonObject): Json => ({ apiVersion: "v1", kind: "Pod", metadata });
  const manager = { operation: "Apply", manager: "m", fieldsType: "FieldsV1", subresource: "status" };
  agreesOn([
    [
      resource,
      [
        of({ namespace: "a", generation: 0, deletionGracePeriodSeconds: -1, managedFields: [manager] }),
        of({ namespace: "", managedFields: [{ operation: "Update" }] }),
      ],
      [
        of({ namespace: "A" }),
        of({ namespace: "a.b" }),
        of({ generation: -1 }),
        of({ managedFields: [{}] }),
        of({ managedFields: [{ operation: "Patch" }] }),
        of({ managedFields: [{ ...manager, fieldsType: "FieldsV2" }] }),
        of({ managedFields: [{ ...manager, manager: "m".repeat(129) }] }),
        of({ managedFields: [{ ...manager, manager: "a\tb" }] }),
        of({ managedFields: [{ ...manager, subresource: "s".repeat(257) }] }),
      ],
    ],
    [{ type: "array", items: resource }, [[of({ generation: 1 })]], [[of({ generation: -1 })]]],
  ]);
});

describe("enum values", () => {
  agreesOn([
    [
      { type: "object", ...open, enum: [{ a: 1, b: [2] }] },
      [
        { a: 1, b: [2] },
        { b: [2], a: 1 },
      ],
      [{ a: 1 }, { a: 1, b: [3] }],
    ],
    [{ ...open, enum: ["a", 1, [1], { b: 1 }, true] }, ["a", 1, [1], { b: 1 }, true], ["1", [2], [], {}, false]],
    // Go converts a number to the type of the enum's value before it compares.
    [{ type: "number", enum: [1, 2.5] }, [1, 1.5, 2.5], [2, 2.7, 0.9]],
  ]);
});

describe("string formats", () => {
  const of = (format: string): JsonObject => ({ type: "string", format });
  agreesOn([
    [
      of("date-time"),
      ["2020-01-01T00:00:00Z", "2020-01-01t00:00:00z", "2020-01-01T00:00:00.5+99:99"],
      [
        "2020-01-01T0:00:00Z",
        "2020-01-01T24:00:00Z",
        "2020-01-01 00:00:00Z",
        "2020-01-01T00:00:00",
        "2020-02-30T00:00:00Z",
      ],
    ],
    [of("byte"), ["YQ==", "YWFh", "YWE="], ["YQ==\n", "YQ=", "Y", ""]],
    [of("creditcard"), ["4111111111111111", "4111 1111 1111 1111"], ["1", "4111111111111112", "", "a"]],
    [of("isbn"), ["978-3-16-148410-0", "0-306-40615-2", "080442957X"], ["1", "978-3-16-148410-1"]],
    [of("isbn10"), ["0306406152"], ["x", "0306406153", "9783161484100"]],
    [of("isbn13"), ["9783161484100"], ["978", "9783161484101", "0306406152"]],
    [of("ssn"), ["111-11-1111", "111 11 1111"], ["111111111", "1", ""]],
    [of("ipv4"), ["1.2.3.4", "::ffff:1.2.3.4"], ["1.2.3", "::1"]],
    [of("mac"), ["00:11:22:33:44:55", "0011.2233.4455", "001122334455"], ["00112233445", "00:11"]],
    [
      of("email"),
      ["a@b", "a@b (c)", "A B <a@b>", '"a b"@c', "a@[1.2.3.4]", "<a@b> (c (d))"],
      ["a", "a@", "a@b (c", "a@b c", "<a@b", ".a@b", "a@[x]", '""@b'],
    ],
    [of("password"), ["", "a"], []],
  ]);
});
