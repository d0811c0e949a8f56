import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../tools/core/json.ts";
import { scopeOf } from "../../tools/validate/index.ts";
import { said, sentences } from "./subject.ts";

const metadata = { name: "a" };

describe("a resource with", () => {
  it.each<[string, JsonObject, RegExp]>([
    ["no apiVersion", { kind: "Pod", metadata }, /has no apiVersion/],
    [
      "a misspelt apiVersion",
      { apiversion: "v1", kind: "Pod", metadata },
      /^the manifest has no apiVersion\. Did you mean apiVersion\?$/,
    ],
    [
      "a misspelt key for its kind",
      { apiVersion: "v1", kynd: "Pod", metadata },
      /^the manifest has no kind\. Did you mean kind\?$/,
    ],
    [
      "a key that only resembles kind",
      { apiVersion: "v1", find: "all", kin: ["A"], metadata },
      /^the manifest has no kind\. Add a kind/,
    ],
    ["no kind", { apiVersion: "v1", metadata }, /has no kind/],
    ["a kind that is a number", { apiVersion: "v1", kind: 5, metadata }, /kind is 5; expected a string/],
    ["a misspelt kind", { apiVersion: "apps/v1", kind: "Deploymnet", metadata }, /Did you mean Deployment\?/],
    ["a kind of another group", { apiVersion: "v1", kind: "Deployment", metadata }, /is a kind of apps\/v1/],
    [
      "an old kind of OpenShift",
      { apiVersion: "v1", kind: "Route", metadata },
      /OpenShift serves Route as route\.openshift\.io\/v1: set apiVersion: route\.openshift\.io\/v1\.$/,
    ],
    [
      "a kind of a bundled project",
      { apiVersion: "v1", kind: "HTTPRoute", metadata },
      /Set its apiVersion: HTTPRoute is a kind of gateway\.networking\.k8s\.io\/v1\.$/,
    ],
    ["a kind of no group", { apiVersion: "v1", kind: "X", metadata }, /Check the spelling of apiVersion and kind\.$/],
    [
      "an unknown kind",
      { apiVersion: "example.com/v1", kind: "X", metadata },
      /^unknown kind X in example.com\/v1. .* or the kind to allowUnknownKinds: \[example.com\/\*\]\.$/,
    ],
    [
      "a kind that gitops.yaml cannot name",
      { apiVersion: "example.com/v1", kind: "X]", metadata },
      /or the kind to allowUnknownKinds\.$/,
    ],
    [
      "an unknown kind with the name of a built-in kind",
      { apiVersion: "talos.dev/v1alpha1", kind: "ServiceAccount", metadata },
      /to schemas.*allowUnknownKinds: \[talos.dev\/\*\]\. Or did you mean another API\? ServiceAccount is a kind of v1\.$/,
    ],
    ["a subresource", { apiVersion: "policy/v1", kind: "Eviction", metadata }, /is a subresource/],
    [
      "an API that is off",
      { apiVersion: "resource.k8s.io/v1beta1", kind: "DeviceClass", metadata, spec: {} },
      /not served unless/,
    ],
    [
      "an API added later",
      { apiVersion: "networking.k8s.io/v1", kind: "ServiceCIDR", metadata },
      /was added after Kubernetes 1\.32/,
    ],
  ])("%s", (_, object, expected) => {
    expect(sentences(object, ["1.32"]).join("\n")).toMatch(expected);
  });
});

it("reports a misspelt apiVersion and kind where they are", () => {
  expect(said({ apiVerison: "v1", Kind: "Pod", metadata })).toEqual([
    "schema/required /apiVerison",
    "schema/required /Kind",
  ]);
});

describe("removed APIs", () => {
  it("are reported with the version, the replacement and the required changes", () => {
    const template = {
      metadata: { labels: { app: "redis" } },
      spec: { containers: [{ name: "master", image: "redis" }] },
    };
    const object = { apiVersion: "extensions/v1beta1", kind: "Deployment", metadata, spec: { template } };
    expect(said(object)).toEqual(["api/removed /apiVersion"]);
    expect(sentences(object)[0]).toMatch(/removed in Kubernetes 1\.16; use apps\/v1 Deployment\. .*add spec\.selector/);
  });

  it("are reported once, without findings for the fields that change", () => {
    const backend = { serviceName: "web", servicePort: 80 };
    const ingress = (spec: JsonObject) => ({
      apiVersion: "networking.k8s.io/v1beta1",
      kind: "Ingress",
      metadata,
      spec,
    });
    expect(said(ingress({ backend }))).toEqual(["api/removed /apiVersion"]);
    const rules = [{ http: { paths: [{ path: "/", pathType: "Prefix", backend }] } }];
    expect(said(ingress({ rules }))).toEqual(["api/removed /apiVersion"]);
    expect(said(ingress({ rules, ruels: [] }))).toEqual([
      "api/removed /apiVersion",
      "schema/unknown-field /spec/ruels",
    ]);
  });

  it("are reported without changes that the manifest does not need", () => {
    const selector = { matchLabels: { app: "redis" } };
    const object = { apiVersion: "apps/v1beta2", kind: "ReplicaSet", metadata, spec: { selector } };
    expect(sentences(object)[0]).not.toContain("selector");
  });

  it("are distinguished from deprecated ones by version", () => {
    const object = { apiVersion: "flowcontrol.apiserver.k8s.io/v1beta3", kind: "FlowSchema", metadata };
    expect(said(object, ["1.31"])[0]).toBe("api/deprecated /apiVersion");
    expect(said(object, ["1.31", "1.32"])[0]).toBe("api/removed /apiVersion");
  });

  it("without a replacement are reported with what to use instead", () => {
    const object = { apiVersion: "policy/v1beta1", kind: "PodSecurityPolicy", metadata };
    expect(sentences(object)).toEqual([
      expect.stringMatching(/removed in Kubernetes 1\.25; use Pod Security Admission/),
    ]);
  });
});

it("knows which kinds are namespaced", () => {
  expect(scopeOf("v1", "Pod")).toBe("namespaced");
  expect(scopeOf("v1", "Namespace")).toBe("cluster");
  expect(scopeOf("policy/v1", "Eviction")).toBeUndefined();
  expect(scopeOf("example.com/v1", "X")).toBeUndefined();
});

describe("in plain words", () => {
  const crd = (spec: JsonObject) => ({
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "widgets.example.com" },
    spec,
  });
  const pod = (more: JsonObject) => ({
    apiVersion: "v1",
    kind: "Pod",
    metadata,
    spec: { containers: [{ name: "web", ...more }] },
  });
  it.each<[string, JsonObject, string]>([
    [
      "a prefix of names is shown as it is written",
      { apiVersion: "v1", kind: "ConfigMap", metadata: { generateName: "hang-failFast-" } },
      'ConfigMap.metadata.generateName is "hang-failFast-", which is not a DNS name',
    ],
    ["a definition without the parts of its name", crd({}), "Set both fields, and name it after them."],
    ["a container without an image", pod({}), "Pod.spec.containers[0].image is required. Set it."],
    [
      "a Service without ports",
      { apiVersion: "v1", kind: "Service", metadata, spec: {} },
      "Service.spec.ports is required. Set it.",
    ],
    [
      "labels in metadata itself",
      { apiVersion: "v1", kind: "ConfigMap", metadata: { ...metadata, "app.kubernetes.io/name": "a" } },
      "Move it below labels or annotations.",
    ],
    [
      "a kind that nothing replaces",
      { apiVersion: "policy/v1beta1", kind: "PodSecurityPolicy", metadata },
      "Remove the object: no API replaces it.",
    ],
    [
      "brackets around a single value",
      { apiVersion: "v1", kind: "ConfigMap", metadata, data: { a: ["b"] } },
      "Remove the dash or the brackets: this is a single value.",
    ],
  ])("%s", (_, object, expected) => {
    expect(sentences(object, ["1.36"]).join("\n")).toContain(expected);
  });
});
