import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../tools/core/json.ts";
import { definitionOf } from "../definition.ts";
import { said } from "./subject.ts";

const at = "/spec/versions/0/schema/openAPIV3Schema/properties/x";

/** The problems of a schema, with pointers relative to its place in the definition. */
function problemsOf(schema: JsonObject): string[] {
  const definition = definitionOf("Jar", "jars", { type: "object", properties: { x: schema } });
  return said(definition).map((line) => line.replace(at, ""));
}

const either = [{ type: "integer" }, { type: "string" }];

describe("a type inside allOf, anyOf, oneOf or not, unless x-kubernetes-int-or-string permits it", () => {
  // As kube-apiserver 1.36.3 answered.
  it.each<[JsonObject, string[]]>([
    [{ "x-kubernetes-int-or-string": true, anyOf: either }, []],
    [{ "x-kubernetes-int-or-string": true, allOf: [{ anyOf: either }, { pattern: "a" }] }, []],
    [{ type: "string", anyOf: either }, []],
    [{ type: "string", anyOf: [{ type: "integer", additionalProperties: false }, { type: "string" }] }, []],
    [
      { type: "string", anyOf: [{ type: "integer", additionalProperties: {} }, { type: "string" }] },
      ["/anyOf/0/type", "/anyOf/0/additionalProperties", "/anyOf/1/type"],
    ],
    [
      { "x-kubernetes-int-or-string": true, allOf: [{ pattern: "a" }, { anyOf: either }] },
      ["/allOf/1/anyOf/0/type", "/allOf/1/anyOf/1/type"],
    ],
    [{ type: "string", not: { anyOf: either } }, ["/not/anyOf/0/type", "/not/anyOf/1/type"]],
    [{ type: "string", oneOf: [{ anyOf: either }] }, ["/oneOf/0/anyOf/0/type", "/oneOf/0/anyOf/1/type"]],
    [
      { type: "string", allOf: [{ allOf: [{ anyOf: either }] }] },
      ["/allOf/0/allOf/0/anyOf/0/type", "/allOf/0/allOf/0/anyOf/1/type"],
    ],
    [
      { type: "array", items: { type: "string" }, allOf: [{ items: { anyOf: either } }] },
      ["/allOf/0/items/anyOf/0/type", "/allOf/0/items/anyOf/1/type"],
    ],
    [{ type: "string", anyOf: [...either, { type: "string" }] }, ["/anyOf/0/type", "/anyOf/1/type", "/anyOf/2/type"]],
  ])("%j", (schema, expected) => {
    expect(problemsOf(schema)).toEqual(expected.map((path) => `apply/field ${path}`));
  });
});

describe("a default", () => {
  const text: JsonObject = { type: "string" };
  const filled: JsonObject = { type: "string", default: "q" };
  const object = (properties: JsonObject, given: JsonObject, required: string[] = []): JsonObject => ({
    type: "object",
    properties,
    required,
    default: given,
  });

  const open: JsonObject = { "x-kubernetes-preserve-unknown-fields": true };
  const metadata: JsonObject = { type: "object", properties: { name: text } };
  const resource = { type: "object", "x-kubernetes-embedded-resource": true, properties: { metadata } };

  // As kube-apiserver 1.36.3 answered.
  it.each<[string, JsonObject, string[]]>([
    ["has the required fields", object({ a: filled }, { a: "b" }, ["a"]), []],
    ["is not completed by other defaults", object({ a: filled }, {}, ["a"]), ["/a"]],
    [
      "is not completed in nested objects",
      object({ a: { type: "object", properties: { b: filled }, required: ["b"] } }, { a: {} }),
      ["/a/b"],
    ],
    ["may be null if it is nullable", object({ a: { ...text, nullable: true } }, { a: null }, ["a"]), []],
    [
      "has any value for additionalProperties: true",
      { type: "object", additionalProperties: true, default: { a: [1, [], [{}]] } },
      [],
    ],
    [
      "has no object fields in such values",
      { type: "object", additionalProperties: true, default: { a: { b: 1 } } },
      ["/a/b"],
    ],
    [
      "has no object fields in a list of such values",
      { type: "object", additionalProperties: true, ...open, default: { a: [{ b: 1 }] } },
      ["/a/0/b"],
    ],
    [
      "has unknown fields in the elements of a list that keeps them",
      { type: "array", items: { type: "object", properties: { a: text } }, ...open, default: [{ b: 1 }] },
      [],
    ],
    [
      "has unknown fields in metadata",
      { ...resource, default: { apiVersion: "v1", kind: "A", metadata: { a: 1, labels: { a: "b" } } } },
      [],
    ],
    [
      "has metadata that fits its schema",
      { ...resource, default: { apiVersion: "v1", kind: "A", metadata: { name: 1 } } },
      ["/metadata/name"],
    ],
    ["of x-kubernetes-int-or-string may be any scalar", { "x-kubernetes-int-or-string": true, default: 1.5 }, []],
    ["of x-kubernetes-int-or-string may be a list", { "x-kubernetes-int-or-string": true, default: [1, {}] }, []],
    ["of x-kubernetes-int-or-string has no fields", { "x-kubernetes-int-or-string": true, default: { a: 1 } }, ["/a"]],
    [
      "of x-kubernetes-int-or-string is within its range",
      { "x-kubernetes-int-or-string": true, default: 1.5, maximum: 1 },
      [""],
    ],
    ["may contain x-kubernetes-int-or-string", object({ a: { "x-kubernetes-int-or-string": true } }, { a: true }), []],
    ["is a multiple of multipleOf", { type: "number", multipleOf: 0.01, default: 4.35 }, [""]],
  ])("%s", (_, schema, expected) => {
    expect(problemsOf(schema)).toEqual(expected.map((path) => `apply/field /default${path}`));
  });
});

it.each<[what: string, JsonObject]>([
  ["an unknown format, which is only a warning", { properties: { a: { type: "number", format: "int32" } } }],
  [
    "two rules with the same text, which only server-side apply rejects",
    { "x-kubernetes-validations": [{ rule: "self.b" }, { rule: "self.b" }] },
  ],
])("compiles the rules of a schema with %s", (_, schema) => {
  const rules = [{ rule: "self.b == 1" }];
  expect(problemsOf({ type: "object", "x-kubernetes-validations": rules, ...schema })).toContain(
    "apply/field /x-kubernetes-validations/0/rule",
  );
});

it("does not compile rules in parts that the type of the value does not have", () => {
  const rules = { "x-kubernetes-validations": [{ rule: "true" }] };
  const part = { type: "string", ...rules };
  const holder = (schema: JsonObject): JsonObject => ({ type: "object", ...rules, properties: { y: schema } });
  const said = (schema: JsonObject) => problemsOf(schema).map((line) => line.replace("/properties/y", ""));
  // As kube-apiserver 1.36.3 answered.
  expect(problemsOf({ type: "string", items: part })).toEqual([]);
  expect(said(holder({ type: "string", items: part }))).toEqual(["apply/field /items/x-kubernetes-validations"]);
  expect(said(holder({ type: "array", items: part }))).toEqual([]);
  const untyped = { "x-kubernetes-preserve-unknown-fields": true, properties: { a: part } };
  expect(said(holder(untyped))).toEqual(["apply/field /properties/a/x-kubernetes-validations"]);
});

it("rejects a kind whose list has too long a name", () => {
  const named = (kind: string, listKind?: string) => {
    const names = { plural: "jars", kind, ...(listKind && { listKind }) };
    const definition = definitionOf("Jar", "jars", { type: "object" });
    return said({ ...definition, spec: { ...(definition.spec as JsonObject), names } });
  };
  expect(named("J".repeat(59))).toEqual([]);
  expect(named("J".repeat(60))).toEqual(["apply/name /spec/names/listKind"]);
  expect(named("J".repeat(60), "Jars")).toEqual([]);
});

it("rejects resources embedded in the metadata of the root", () => {
  const embedded = {
    type: "object",
    "x-kubernetes-embedded-resource": true,
    "x-kubernetes-preserve-unknown-fields": true,
  };
  const definition = definitionOf("Jar", "jars", {
    type: "object",
    properties: { kind: { type: "string", items: { type: "object", properties: { a: embedded } } } },
  });
  expect(said(definition)).toEqual([
    "apply/field /spec/versions/0/schema/openAPIV3Schema/properties/kind/items/properties/a/x-kubernetes-embedded-resource",
  ]);
});

it("allows an empty webhook with conversion strategy None", () => {
  const definition = definitionOf("Jar", "jars", { type: "object" });
  const converted = (conversion: JsonObject) =>
    said({ ...definition, spec: { ...(definition.spec as JsonObject), conversion } });
  const webhook = { conversionReviewVersions: ["v1"], clientConfig: { url: "https://a.example" } };
  const path = "/spec/conversion/webhook";
  expect(converted({ strategy: "None", webhook: {} })).toEqual([]);
  expect(converted({ strategy: "None", webhook: { conversionReviewVersions: [] } })).toEqual([]);
  expect(converted({ strategy: "None", webhook: { clientConfig: { url: "https://a.example" } } })).toEqual([
    `apply/field ${path}/clientConfig`,
  ]);
  expect(converted({ strategy: "Webhook", webhook })).toEqual([]);
  expect(converted({ strategy: "Webhook", webhook: {} })).toEqual([
    `apply/field ${path}/clientConfig`,
    `apply/field ${path}/conversionReviewVersions`,
  ]);
});

describe("a default in the metadata of an embedded resource", () => {
  const within = (properties: JsonObject): JsonObject => ({
    type: "object",
    "x-kubernetes-embedded-resource": true,
    properties: { metadata: { type: "object", properties } },
  });
  const of = (type: string, value: Json): JsonObject => ({ type, default: value });
  const at = "apply/field /properties/metadata/properties";
  const managed = { type: "array", items: { type: "object" }, default: [{}] };

  // As kube-apiserver 1.36.3 answered.
  it.each<[JsonObject, string[]]>([
    [{ creationTimestamp: of("string", "2020-01-01T00:00:00Z"), uid: of("string", "x"), other: of("string", "x") }, []],
    [{ deletionGracePeriodSeconds: of("integer", -1) }, []],
    [{ creationTimestamp: of("string", "x") }, [`${at}/creationTimestamp/default`]],
    [{ deletionTimestamp: of("string", "x") }, [`${at}/deletionTimestamp/default`]],
    [{ generation: of("integer", -1) }, [`${at}/generation/default`]],
    [{ generation: of("string", "x") }, [`${at}/generation/default`]],
    [{ managedFields: managed }, [`${at}/managedFields/default`]],
    [{ labels: { type: "object", properties: { a: of("integer", 1) } } }, [`${at}/labels/properties/a/default`]],
  ])("%j", (properties, expected) => {
    expect(problemsOf(within(properties))).toEqual(expected);
  });

  it("is also checked in the default of the resource", () => {
    const schema = { ...within({}), "x-kubernetes-preserve-unknown-fields": true };
    const given = (metadata: Json) => problemsOf({ ...schema, default: { apiVersion: "v1", kind: "A", metadata } });
    expect(given({ creationTimestamp: "2020-01-01T00:00:00Z", other: 1 })).toEqual([]);
    expect(given({ creationTimestamp: "x" })).toEqual(["schema/type /default/metadata/creationTimestamp"]);
    expect(given({ labels: { a: 1 } })).toEqual(["schema/type /default/metadata/labels/a"]);
  });
});
