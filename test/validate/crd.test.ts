import { describe, expect, it } from "vitest";
import type { Json, JsonObject } from "../../tools/core/json.ts";
import { resourceOf } from "../../tools/core/resource.ts";
import { loadSchemas, validate, withCrds } from "../../tools/validate/index.ts";
import { definitionOf } from "../definition.ts";
import { said, sentences } from "./subject.ts";

const schema: JsonObject = {
  type: "object",
  required: ["spec"],
  properties: {
    spec: {
      type: "object",
      required: ["size", "mode"],
      properties: {
        size: { type: "integer", minimum: 1, maximum: 9 },
        // This is not representable as a double: the effective bound is 23 less.
        rank: { type: "integer", maximum: 9223372036854774807n },
        mode: { type: "string", enum: ["fast", "safe"], default: "safe" },
        schedule: { type: "string", pattern: "^[a-z]+$", nullable: true },
        port: { "x-kubernetes-int-or-string": true },
        labels: { type: "object", additionalProperties: { type: "string" } },
        extra: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
        parts: {
          type: "array",
          maxItems: 2,
          "x-kubernetes-list-type": "map",
          "x-kubernetes-list-map-keys": ["name"],
          items: { type: "object", properties: { name: { type: "string" } } },
        },
        pod: { type: "object", "x-kubernetes-embedded-resource": true, properties: { spec: { type: "object" } } },
        target: {
          type: "object",
          properties: { name: { type: "string" }, url: { type: "string", format: "uri" } },
          oneOf: [{ required: ["name"] }, { required: ["url"] }],
        },
        address: {
          type: "object",
          properties: { type: { type: "string", default: "IP" }, value: { type: "string" } },
          oneOf: [
            { properties: { type: { enum: ["IP"] } } },
            { properties: { type: { not: { enum: ["IP"] } }, value: { maxLength: 3 } } },
          ],
        },
        filters: {
          type: "array",
          "x-kubernetes-preserve-unknown-fields": true,
          items: { type: "object", properties: { name: { type: "string" }, in: { type: "object" } } },
        },
      },
    },
  },
};

const crd: JsonObject = {
  spec: {
    group: "example.com",
    scope: "Namespaced",
    names: { kind: "Widget" },
    versions: [
      { name: "v1", served: true, schema: { openAPIV3Schema: schema } },
      { name: "v0", served: false },
    ],
  },
};

const schemas = await loadSchemas([crd]);
const widget = (spec: JsonObject): JsonObject => ({
  apiVersion: "example.com/v1",
  kind: "Widget",
  metadata: { name: "w" },
  spec: { size: 3, ...spec },
});

describe("custom resource kinds", () => {
  it.each<[string, JsonObject, string[]]>([
    ["accept a valid object", { port: "http", labels: { a: "b" }, extra: { any: [1] }, schedule: null }, []],
    ["reject unknown fields", { sizes: 3 }, ["schema/unknown-field /spec/sizes"]],
    ["check types", { labels: { a: 1 } }, ["schema/type /spec/labels/a"]],
    ["reject null for a field that is not nullable", { size: null }, ["schema/type /spec/size"]],
    ["check ranges", { size: 10 }, ["schema/value /spec/size"]],
    ["compare integers with bounds as doubles", { rank: 9223372036854774807n }, ["schema/value /spec/rank"]],
    ["accept the bound itself", { rank: 9223372036854774784n }, []],
    ["check enums", { mode: "slow" }, ["schema/value /spec/mode"]],
    ["check patterns", { schedule: "A1" }, ["schema/value /spec/schedule"]],
    [
      "limit the number of elements",
      { parts: [{ name: "a" }, { name: "b" }, { name: "c" }] },
      ["schema/value /spec/parts"],
    ],
    ["reject duplicate elements", { parts: [{ name: "a" }, { name: "a" }] }, ["apply/list-key /spec/parts/1"]],
    [
      "check embedded objects",
      { pod: { apiVersion: "v1", kind: "Pod", metadata: { label: {} }, spec: {} } },
      ["schema/unknown-field /spec/pod/metadata/label"],
    ],
    ["fill in defaults before choosing among alternatives", { address: { value: "1.1.1.1" } }, []],
    ["check the chosen alternative", { address: { type: "Name", value: "long" } }, ["schema/value /spec/address"]],
    ["keep unknown fields in the elements of a list that preserves them", { filters: [{ "pipeline.id": "main" }] }, []],
    [
      "reject unknown fields further below",
      { filters: [{ name: 1, in: { a: 1 } }] },
      ["schema/type /spec/filters/0/name", "schema/unknown-field /spec/filters/0/in/a"],
    ],
    ["require one of the alternatives", { target: {} }, ["schema/value /spec/target"]],
    [
      "allow only one of the alternatives",
      { target: { name: "a", url: "https://a.example" } },
      ["schema/value /spec/target"],
    ],
  ])("%s", (_, spec, expected) => {
    expect(said(widget(spec), ["1.36"], schemas)).toEqual(expected);
  });

  it.each<[string, JsonObject, RegExp]>([
    [
      "in a field, which only server-side apply rejects",
      { port: null },
      /is null; .* Or remove the field if .* drops null/,
    ],
    [
      "in a list, which is rejected",
      { parts: [null] },
      /is null; expected an object\. Add its fields below it: name\.$/,
    ],
  ])("explain a null %s", (_, spec, expected) => {
    expect(sentences(widget(spec), ["1.36"], schemas)).toEqual([expect.stringMatching(expected)]);
  });

  it("suggest quotes for a fraction where only whole numbers and strings are allowed", () => {
    expect(sentences(widget({ port: 1.1 }), ["1.36"], schemas)).toEqual([
      expect.stringMatching(/is the number 1\.1; expected a whole number or a string\. Put it in quotes: "1\.1"\.$/),
    ]);
  });

  it("require fields without a default", () => {
    const bare = { ...widget({}), spec: {} };
    expect(said(bare, ["1.36"], schemas)).toEqual(["schema/required /spec/size"]);
  });

  it("exist only in served versions", () => {
    const old = { ...widget({}), apiVersion: "example.com/v0" };
    expect(said(old, ["1.36"], schemas)).toEqual(["schema/unknown-kind "]);
    expect(sentences(old, ["1.36"], schemas)).toEqual([
      "Widget is served in v1, not in v0, by its CustomResourceDefinition. Set apiVersion: example.com/v1 " +
        "or serve v0 in the definition.",
    ]);
  });

  it("tolerate malformed definitions", async () => {
    const broken = [
      {},
      { spec: { group: "a", names: { kind: "B" }, versions: [null, { name: "v1", served: true, schema: 5 }] } },
    ];
    const loose = await loadSchemas(broken);
    expect(said({ apiVersion: "a/v1", kind: "B", metadata: { name: "b" }, x: 1 }, ["1.36"], loose)).toEqual([]);
  });
});

describe("the bundled definitions", async () => {
  const bundled = await loadSchemas(
    [],
    ["argoproj.io", "kustomize.toolkit.fluxcd.io", "compute.cnrm.cloud.google.com"],
  );
  const one = (apiVersion: string, kind: string, spec: JsonObject) => ({
    apiVersion,
    kind,
    metadata: { name: "x" },
    spec,
  });

  it("include Argo CD", () => {
    const spec = { project: "default", destination: {}, syncPolicy: { automated: { selfheal: true } } };
    expect(sentences(one("argoproj.io/v1alpha1", "Application", spec), ["1.36"], bundled)).toEqual([
      "Application.spec.syncPolicy.automated.selfheal is not a field of automated. Did you mean selfHeal?",
    ]);
  });

  it.each([
    ["Application", "resources-finalizer", "info", /^Nothing has to be done. resources-finalizer.*\/foreground means/],
    ["Application", "post-delete-finalizer", "info", /^Keep it: /],
    ["ApplicationSet", "resources-finalizer", "info", /^Keep it: /],
    ["AppProject", "resources-finalizer", "info", /^Keep it: /],
    ["Application", "my", undefined, /^Write it as domain\/name /],
  ])("expect the finalizer names of Argo CD: %s %s", (kind, name, severity, help) => {
    const finalizers = [`${name}.argocd.argoproj.io`];
    const application = { project: "default", destination: {} };
    const set = { generators: [], template: { metadata: {}, spec: application } };
    const spec = { Application: application, ApplicationSet: set }[kind] ?? {};
    const object = { ...one("argoproj.io/v1alpha1", kind, spec), metadata: { name: "x", finalizers } };
    const { problems } = validate(resourceOf(object), { versions: ["1.36"], schemas: bundled });
    const warnings = problems.filter(({ rule }) => rule === "apply/warning");
    expect(warnings).toEqual([
      expect.objectContaining({ pointer: "/metadata/finalizers/0", help: expect.stringMatching(help) }),
    ]);
    expect(warnings[0]?.severity).toBe(severity);
  });

  it("include Flux", () => {
    const spec = { interval: "ten", prune: true, sourceRef: { kind: "GitRepository", name: "x" } };
    const object = one("kustomize.toolkit.fluxcd.io/v1", "Kustomization", spec);
    expect(said(object, ["1.36"], bundled)).toEqual(["schema/value /spec/interval"]);
  });

  it.each<[Json, string]>([
    [30, "Add a unit, such as 30s or 30m."],
    ["30", "Add a unit, such as 30s or 30m."],
    ["1.5", "Add a unit, such as 30s or 30m."],
    ["30min", "Use a duration such as 30s or 30m."],
    ["", "Use a duration such as 30s or 30m."],
    ["1d", "Use a duration such as 30s or 30m."],
    [true, 'Put it in quotes: "true"; without quotes, YAML also reads yes, on and y as true.'],
  ])("suggest a unit for a duration: %j", (interval, help) => {
    const spec = { interval, prune: true, sourceRef: { kind: "GitRepository", name: "x" } };
    const object = one("kustomize.toolkit.fluxcd.io/v1", "Kustomization", spec);
    const options = { versions: ["1.36"], schemas: bundled };
    expect(validate(resourceOf(object), options).problems.map((each) => each.help)).toEqual([
      expect.stringMatching(new RegExp(`^${help} Kustomization is checked`)),
    ]);
  });

  it.each<[JsonObject, Json, string]>([
    [{ type: "string", format: "byte" }, "...", 'is "...", which is not base64'],
    [{ type: "string", minLength: 1 }, "", "is empty"],
    [{ type: "array", minItems: 1, items: { type: "string" } }, [], "has 0 elements; at least 1 is required"],
    [{ type: "array", maxItems: 1, items: { type: "string" } }, ["a", "b"], "has 2 elements; at most 1 is allowed"],
    [{ type: "array", minItems: 2, items: { type: "string" } }, ["a"], "has 1 element; at least 2 are required"],
  ])("say in plain words what %j allows", (property, value, says) => {
    const known = withCrds(bundled, [definitionOf("Plan", "plans", { type: "object", properties: { a: property } })]);
    const object = { apiVersion: "example.com/v1", kind: "Plan", metadata: { name: "x" }, a: value };
    expect(sentences(object, ["1.36"], known).join("\n")).toContain(`Plan.a ${says}`);
  });

  it("suggest no unit where the pattern accepts other letters", () => {
    const schedule = { type: "string", pattern: "^[a-z0-9]+$" };
    const schema = { type: "object", properties: { schedule } };
    const known = withCrds(bundled, [definitionOf("Plan", "plans", schema)]);
    const object = { apiVersion: "example.com/v1", kind: "Plan", metadata: { name: "x" }, schedule: 30 };
    expect(sentences(object, ["1.36"], known)).toEqual([expect.stringMatching(/Put it in quotes: "30"\.$/)]);
  });

  it("name their project and version, because a cluster may have another", async () => {
    const of = (kind: string) => ({ providerRef: { name: "x" }, eventSources: [{ kind, name: "*" }] });
    const alert = (kind: string) => resourceOf(one("notification.toolkit.fluxcd.io/v1beta3", "Alert", of(kind)));
    const options = { versions: ["1.36"], schemas: await loadSchemas([], ["notification.toolkit.fluxcd.io"]) };
    expect(validate(alert("Bucket"), options).problems).toEqual([]);
    expect(validate(alert("Deployment"), options).problems.map(({ help }) => help)).toEqual([
      "Use a value that the schema allows. Alert is checked as in Flux's controllers 1.9; if the cluster has another version, " +
        "add its CustomResourceDefinition to schemas in gitops.yaml.",
    ]);
  });

  it.each([
    ["kustomize.toolkit.fluxcd.io/v1beta2", "Kustomization", "Kustomization is served in v1, not in v1beta2, by"],
    ["gateway.networking.k8s.io/v1alpha2", "HTTPRoute", "HTTPRoute is served in v1 and v1beta1, not in v1alpha2, by"],
  ])("name the versions they serve: %s %s", async (apiVersion, kind, expected) => {
    const known = await loadSchemas([], [apiVersion.split("/")[0] ?? ""], ["gateway-api"]);
    expect(sentences(one(apiVersion, kind, {}), ["1.36"], known)).toEqual([
      expect.stringMatching(`^${expected} the bundled definition of .*\\. Set apiVersion: .*/v1\\. If .* to schemas`),
    ]);
  });

  it("include the firewall of Config Connector", () => {
    const object = one("compute.cnrm.cloud.google.com/v1beta1", "ComputeFirewall", { networkRef: {} });
    expect(said(object, ["1.36"], bundled)).toEqual(["schema/value /spec/networkRef"]);
  });
});

describe("duplicate validation rules, which server-side apply detects", () => {
  const rules = [
    { rule: "true", message: "a" },
    { rule: "true", message: "b" },
  ];
  const part = { type: "string", maxLength: 5, "x-kubernetes-validations": rules };
  it.each<[string, JsonObject, string[]]>([
    ["not below items", { type: "array", maxItems: 3, items: part }, []],
    ["not below additionalProperties", { type: "object", maxProperties: 3, additionalProperties: part }, []],
    [
      "below properties",
      { type: "object", properties: { a: part } },
      [
        "apply/list-key /spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/a/x-kubernetes-validations/1",
      ],
    ],
  ])("%s", (_, spec, expected) => {
    const definition = definitionOf("Jar", "jars", { type: "object", properties: { spec } });
    expect(said(definition)).toEqual(expected);
  });
});

it("also accepts a property named like a CEL keyword without escaping", async () => {
  const rules = [{ rule: "!has(self.namespace) || self.namespace == 'a' && self.__namespace__ == 'a'" }];
  const spec: JsonObject = {
    type: "object",
    properties: { namespace: { type: "string", maxLength: 9 } },
    "x-kubernetes-validations": rules,
  };
  const definition = definitionOf("Jar", "jars", { type: "object", properties: { spec } });
  expect(said(definition)).toEqual([]);
  const schemas = await loadSchemas([definition]);
  const jar = (one: JsonObject) => ({ apiVersion: "example.com/v1", kind: "Jar", metadata: { name: "a" }, spec: one });
  expect(said(jar({ namespace: "a" }), ["1.36"], schemas)).toEqual([]);
  expect(said(jar({}), ["1.36"], schemas)).toEqual([]);
  expect(said(jar({ namespace: "b" }), ["1.36"], schemas)).toEqual(["schema/value /spec"]);
});

describe("the status of a new object, if status is a subresource", () => {
  const status: JsonObject = {
    type: "object",
    required: ["phase"],
    properties: {
      phase: { type: "string", enum: ["A"] },
      count: { type: "integer" },
      texts: { type: "array", items: { type: "string" } },
      tags: { type: "array", "x-kubernetes-list-type": "set", items: { type: "string" } },
      conditions: {
        type: "array",
        "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["type"],
        items: {
          type: "object",
          required: ["type"],
          properties: { type: { type: "string" }, status: { type: "string" } },
        },
      },
    },
    "x-kubernetes-validations": [{ rule: "self.phase == 'A'" }],
  };
  const version = (subresources: JsonObject): JsonObject => ({
    spec: {
      group: "example.com",
      scope: "Namespaced",
      names: { kind: "Task" },
      versions: [
        {
          name: "v1",
          served: true,
          subresources,
          schema: { openAPIV3Schema: { type: "object", properties: { status } } },
        },
      ],
    },
  });

  // As kube-apiserver 1.36.3 answered dry runs of a create and of a server-side apply.
  it.each<[JsonObject[string], number, number]>([
    [{}, 0, 1],
    [{ phase: "B" }, 0, 1],
    [null, 0, 1],
    [{ phase: "A", count: 1.5 }, 0, 1],
    [{ phase: 5 }, 1, 1],
    [{ phase: "A", other: 1 }, 1, 1],
    ["text", 1, 1],
    [{ phase: null }, 0, 1],
    [{ phase: "A", tags: null }, 0, 1],
    [{ phase: "A", tags: [null] }, 1, 1],
    [{ phase: "A", tags: ["a", "a"] }, 1, 1],
    [{ phase: "A", texts: [null] }, 0, 1],
    [{ phase: "A", conditions: [null] }, 1, 1],
    [{ phase: "A", conditions: [{ type: null }] }, 0, 1],
    [{ phase: "A", conditions: [{ type: "a", status: null }] }, 0, 1],
    [{ phase: "A", conditions: [{ status: "a" }] }, 1, 1],
    [{ phase: "A", conditions: [{ type: "a" }, { type: "a" }] }, 1, 1],
  ])("%j", async (given, dropped, judged) => {
    const task = { apiVersion: "example.com/v1", kind: "Task", metadata: { name: "t" }, status: given };
    const found = async (crd: JsonObject) => Math.min(1, said(task, ["1.36"], await loadSchemas([crd])).length);
    expect([await found(version({ status: {} })), await found(version({}))]).toEqual([dropped, judged]);
  });
});

describe("what an API server checks beyond a custom resource's schema", () => {
  const open: JsonObject = { type: "object", "x-kubernetes-preserve-unknown-fields": true };
  const replicas: JsonObject = { type: "object", properties: { replicas: { type: "integer" } } };
  const whole: JsonObject = { type: "object", properties: { spec: replicas, status: replicas } };
  const scale = { specReplicasPath: ".spec.replicas", statusReplicasPath: ".status.replicas" };
  const version = (name: string, more: JsonObject) => ({
    name,
    served: true,
    schema: { openAPIV3Schema: open },
    ...more,
  });
  const versions = [
    version("v1", { schema: { openAPIV3Schema: whole }, subresources: { scale } }),
    version("v2beta1", { deprecated: true }),
    version("v1beta1", { deprecated: true, deprecationWarning: "Tabs of v1beta1 go away." }),
    version("v1alpha1", { deprecated: true }),
    version("v3", { deprecated: true }),
  ];
  const tabs: JsonObject = { spec: { group: "example.com", scope: "Namespaced", names: { kind: "Tab" }, versions } };
  const tab = (name: string, metadata: JsonObject = {}, more: JsonObject = {}): JsonObject => ({
    apiVersion: `example.com/${name}`,
    kind: "Tab",
    metadata: { name: "a", ...metadata },
    ...more,
  });
  const schemas = () => loadSchemas([tabs]);

  it.each([
    ["v1", []],
    ["v2beta1", ["example.com/v2beta1 Tab is deprecated; use example.com/v1 Tab"]],
    ["v1beta1", ["Tabs of v1beta1 go away."]],
    ["v1alpha1", ["example.com/v1alpha1 Tab is deprecated; use example.com/v1 Tab"]],
    ["v3", ["example.com/v3 Tab is deprecated"]],
  ])("deprecated versions are warned about: %s", async (name, expected) => {
    expect(sentences(tab(name), ["1.36"], await schemas())).toEqual(expected);
    expect(said(tab(name), ["1.36"], await schemas())).toEqual(expected.map(() => "api/deprecated /apiVersion"));
  });

  it("replicas of a scalable kind are non-negative 32-bit integers", async () => {
    for (const count of [-1, 2 ** 31])
      expect(
        said(tab("v1", {}, { spec: { replicas: count }, status: { replicas: count } }), ["1.36"], await schemas()),
      ).toEqual(["apply/field /spec/replicas", "apply/field /status/replicas"]);
    expect(said(tab("v1", {}, { spec: { replicas: 0 } }), ["1.36"], await schemas())).toEqual([]);
    expect(said(tab("v1"), ["1.36"], await schemas())).toEqual([]);
  });

  it("finalizers that are not of the form domain/name are warned about", async () => {
    const finalizers = ["kubernetes", "plain", "with.dot", "example.com/x"];
    expect(said(tab("v1", { finalizers }), ["1.36"], await schemas())).toEqual([
      "apply/warning /metadata/finalizers/1",
      "apply/warning /metadata/finalizers/2",
    ]);
  });

  it("the generation in a manifest is ignored", async () => {
    expect(said(tab("v1", { generation: -4 }), ["1.36"], await schemas())).toEqual([]);
  });
});

describe("an unknown format", () => {
  it.each<[string, JsonObject, RegExp]>([
    [
      "of a string",
      { type: "string", format: "semver" },
      /is "semver", which is unknown and ignored\. Use pattern instead\.$/,
    ],
    [
      "that means two types",
      { type: "string", format: "int-or-string" },
      /ignored\. Use x-kubernetes-int-or-string: true instead, without type and format\.$/,
    ],
    [
      "that repeats both types",
      { "x-kubernetes-int-or-string": true, format: "int-or-string" },
      /ignored\. Remove the format\.$/,
    ],
    [
      "of a number",
      { type: "number", format: "int64" },
      /is "int64", which is unknown and ignored\. Remove the format\.$/,
    ],
    ["of an integer", { type: "integer", format: "uint16" }, /Remove the format\.$/],
    ["of an int-or-string", { "x-kubernetes-int-or-string": true, format: "int64" }, /Remove the format\.$/],
  ])("%s", (_, spec, expected) => {
    const definition = definitionOf("Jar", "jars", { type: "object", properties: { spec } });
    expect(sentences(definition)).toEqual([expect.stringMatching(expected)]);
  });
});

describe("the root of a custom resource", () => {
  const kind = async (schema: JsonObject, subresources: JsonObject, object: JsonObject) => {
    const definition = definitionOf("Jar", "jars", { type: "object", ...schema });
    const [version] = (definition.spec as { versions: JsonObject[] }).versions;
    Object.assign(version as JsonObject, { subresources });
    return said(
      { apiVersion: "example.com/v1", kind: "Jar", metadata: { name: "a" }, ...object },
      ["1.36"],
      await loadSchemas([definition]),
    );
  };

  // As kube-apiserver 1.36.3 answered.
  it("has a name that fits its schema, even if the server generates it", async () => {
    const schema: JsonObject = {
      properties: {
        metadata: { type: "object", properties: { name: { type: "string", maxLength: 9, pattern: "^a" } } },
      },
    };
    expect(await kind(schema, {}, { metadata: { generateName: "abc-" } })).toEqual([]);
    expect(await kind(schema, {}, { metadata: { generateName: "abcd-" } })).toEqual(["schema/value /metadata/name"]);
    expect(await kind(schema, {}, { metadata: { generateName: "b" } })).toEqual(["schema/value /metadata/name"]);
    expect(await kind(schema, {}, { metadata: { name: "abcdefghij" } })).toEqual(["schema/value /metadata/name"]);
  });

  it("is validated without its status if status is a subresource", async () => {
    const schema: JsonObject = { required: ["status"], properties: { status: { type: "object" } } };
    expect(await kind(schema, {}, { status: {} })).toEqual([]);
    expect(await kind(schema, { status: {} }, { status: {} })).toEqual(["schema/required /status"]);
    expect(await kind(schema, { status: {} }, {})).toEqual(["schema/required /status"]);
  });

  it("has integer replicas if it can be scaled", async () => {
    const scale = { specReplicasPath: ".spec.replicas", statusReplicasPath: ".status.replicas" };
    const of = (type: string, replicas: Json) => {
      const spec: JsonObject = { type: "object", properties: { replicas: { type } } };
      return kind({ properties: { spec } }, { scale }, { spec: { replicas } });
    };
    expect(await of("number", 2)).toEqual([]);
    expect(await of("number", 1.5)).toEqual(["apply/field /spec/replicas"]);
    expect(await of("string", "x")).toEqual(["apply/field /spec/replicas"]);
  });
});
