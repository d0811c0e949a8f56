import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../tools/core/json.ts";
import { loadSchemas } from "../../tools/validate/index.ts";
import { definitionOf } from "../definition.ts";
import { sentences } from "./subject.ts";

const bundled = await loadSchemas([], ["helm.toolkit.fluxcd.io"]);
const seatIn = (object: JsonObject, schemas = bundled) =>
  /It belongs in ([\w.]+?)\.\s/.exec(`${sentences(object, ["1.36"], schemas).join("\n")}\n`)?.[1];

describe("a field that belongs elsewhere is not sent to a place that something else takes", () => {
  const release = (spec: JsonObject): JsonObject => ({
    apiVersion: "helm.toolkit.fluxcd.io/v2",
    kind: "HelmRelease",
    metadata: { name: "web" },
    spec: { interval: "1h", version: "1.2.3", ...spec },
  });
  const sourceRef = { kind: "HelmRepository", name: "web" };

  test.each<[title: string, object: JsonObject, seat: string | undefined]>([
    ["beside it, the rest of it", release({ chart: { spec: { chart: "web", sourceRef } } }), "spec.chart.spec"],
    ["beside it, nothing", release({}), "spec.chart.spec"],
    ["beside it, what excludes it", release({ chartRef: { kind: "OCIRepository", name: "web" } }), undefined],
  ])("by a rule: %s", (_, object, seat) => {
    expect(seatIn(object)).toBe(seat);
  });

  const string = { type: "string" };
  const side = (field: string) => ({ type: "object", properties: { [field]: string } });
  const definition = definitionOf("Store", "stores", {
    type: "object",
    properties: {
      spec: {
        type: "object",
        properties: { vault: side("address"), file: side("path") },
        oneOf: [{ required: ["vault"] }, { required: ["file"] }],
      },
    },
  });
  const store = (spec: JsonObject): JsonObject => ({
    apiVersion: "example.com/v1",
    kind: "Store",
    metadata: { name: "web" },
    spec: { address: "a", ...spec },
  });

  test.each<[object: JsonObject, seat: string | undefined]>([
    [store({}), "spec.vault"],
    [store({ vault: {} }), "spec.vault"],
    [store({ file: {} }), undefined],
  ])("by the schema: %j", async (object, seat) => {
    expect(seatIn(object, await loadSchemas([definition]))).toBe(seat);
  });

  const ingress = (backend: JsonObject): JsonObject => ({
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name: "web" },
    spec: { rules: [{ http: { paths: [{ path: "/", pathType: "Prefix", backend: { number: 80, ...backend } }] } }] },
  });

  test.each<[backend: JsonObject, seat: string | undefined]>([
    [{}, "spec.rules.http.paths.backend.service.port"],
    [{ resource: { apiGroup: "example.com", kind: "Bucket", name: "web" } }, undefined],
  ])("by Kubernetes: %j", (backend, seat) => {
    expect(seatIn(ingress(backend))).toBe(seat);
  });
});
