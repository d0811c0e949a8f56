import { expect, test } from "vitest";
import type { JsonObject } from "../../tools/core/json.ts";
import { resourceOf } from "../../tools/core/resource.ts";
import { storedDifferences } from "../../tools/diff/stored.ts";
import { loadSchemas } from "../../tools/validate/index.ts";
import { updateProblems } from "../../tools/validate/update/index.ts";
import { definitionOf } from "../definition.ts";

const definition = definitionOf("Jar", "jars", {
  type: "object",
  properties: {
    spec: { type: "object", properties: { lid: { type: "string", default: "screw" }, size: { type: "integer" } } },
  },
});
const options = { versions: ["1.36"], schemas: await loadSchemas([definition]) };

function jar(spec: JsonObject, metadata: JsonObject = {}) {
  return resourceOf({ apiVersion: "example.com/v1", kind: "Jar", metadata: { name: "a", ...metadata }, spec });
}

function changed(before: ReturnType<typeof jar>, after: ReturnType<typeof jar>): string[] {
  return storedDifferences(before, after, options).map(({ pointer }) => pointer);
}

test("adding or omitting a default does not change a custom resource", () => {
  expect(changed(jar({ size: 1 }), jar({ size: 1, lid: "screw" }))).toEqual([]);
  expect(changed(jar({ size: 1, lid: "screw" }), jar({ size: 1 }))).toEqual([]);
  expect(changed(jar({ size: 1, lid: "cork" }), jar({ size: 1 }))).toEqual(["/spec/lid"]);
  expect(changed(jar({ size: 1 }), jar({ size: 2 }))).toEqual(["/spec/size"]);
});

test("empty metadata and fields that the server sets do not change a custom resource", () => {
  const empty = { labels: {}, annotations: {}, finalizers: [], creationTimestamp: "2026-01-02T03:04:05Z" };
  expect(changed(jar({}), jar({}, empty))).toEqual([]);
  expect(changed(jar({}), jar({}, { labels: { a: "b" } }))).toEqual(["/metadata/labels"]);
});

test("an update cannot delete a custom resource", () => {
  const rejections = (metadata: JsonObject) =>
    updateProblems(jar({}), jar({}, metadata), options).map(({ rule, pointer }) => `${rule} ${pointer}`);
  expect(rejections({ deletionGracePeriodSeconds: 0 })).toEqual([
    "apply/immutable-field /metadata/deletionGracePeriodSeconds",
  ]);
  expect(rejections({ deletionTimestamp: "2026-01-02T03:04:05Z" })).toEqual([
    "apply/immutable-field /metadata/deletionTimestamp",
  ]);
  expect(rejections({ labels: {} })).toEqual([]);
});
