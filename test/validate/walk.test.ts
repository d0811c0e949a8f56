import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { JsonObject } from "../../tools/core/json.ts";
import { resourceOf } from "../../tools/core/resource.ts";
import { loadSchemas, validate } from "../../tools/validate/index.ts";
import { deployment, pod, said, sentences } from "./subject.ts";

describe("structure", () => {
  it.each<[string, JsonObject, string[]]>([
    ["accepts a valid object", deployment(), []],
    ["finds an unknown field", deployment({ replica: 3 }), ["schema/unknown-field /spec/replica"]],
    ["finds a number in quotes", deployment({ replicas: "3" }), ["schema/type /spec/replicas"]],
    ["finds a fraction", deployment({ replicas: 1.5 }), ["schema/type /spec/replicas"]],
    ["finds a number beyond 32 bits", deployment({ replicas: 2 ** 31 }), ["schema/type /spec/replicas"]],
    ["accepts a bigint in a 64-bit field", pod({ terminationGracePeriodSeconds: 2n ** 60n }), []],
    ["treats null as absent", deployment({ replicas: null, strategy: null }), []],
    ["finds a missing field", pod({ containers: null }), ["schema/required /spec/containers"]],
    ["finds a string instead of a list", pod({ volumes: "x" }), ["schema/type /spec/volumes"]],
    ["finds a number in a list of strings", pod({}, { args: [8080] }), ["schema/type /spec/containers/0/args/0"]],
    [
      "finds a malformed quantity",
      pod({}, { resources: { limits: { cpu: "1x" } } }),
      ["schema/type /spec/containers/0/resources/limits/cpu"],
    ],
    ["accepts a number as a quantity", pod({}, { resources: { limits: { cpu: 0.5 } } }), []],
    [
      "finds bytes that are not base64",
      { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, data: { a: "%" } },
      ["schema/type /data/a"],
    ],
    [
      "finds a malformed time",
      { ...pod(), metadata: { name: "web", creationTimestamp: "today" } },
      ["schema/type /metadata/creationTimestamp"],
    ],
  ])("%s", (_, object, expected) => {
    expect(said(object)).toEqual(expected);
  });

  it("suggests the intended field, and how to quote", () => {
    expect(sentences(deployment({ replica: 3 }))).toEqual([
      "Deployment.spec.replica is not a field of DeploymentSpec. Did you mean replicas?",
    ]);
    expect(sentences(deployment({ replicas: "3" }))[0]).toMatch(
      /the string "3"; expected a 32-bit integer\. Write 3 without quotes\./,
    );
    expect(sentences(pod({}, { env: [{ name: "PORT", value: 80 }] }))[0]).toMatch(/Put it in quotes: "80"\./);
    const variables = sentences(pod({}, { envFrom: [{ configMap: { name: "a" } }] })).join("\n");
    expect(variables).toContain("Did you mean configMapRef?");
    const service = { selector: { matchLabels: { app: "a" } }, ports: [{ port: 80 }] };
    expect(sentences({ apiVersion: "v1", kind: "Service", metadata: { name: "a" }, spec: service })).toEqual([
      "Service.spec.selector.matchLabels is an object; expected a string. Put the labels directly below selector, without matchLabels.",
    ]);
  });

  it("does not suggest moving a field into a volume of another type", () => {
    const volumes = [{ name: "data", storageos: { volumeName: "v", pool: "p" } }];
    expect(sentences(pod({ volumes }))[0]).toMatch(
      /pool is not a field of StorageOSVolumeSource\. Its fields are fsType/,
    );
  });

  it.each<[string, JsonObject]>([
    ["stringData of a Secret", { kind: "Secret", stringData: { pin: 444555666 } }],
    ["data of a Secret", { kind: "Secret", data: { pin: 444555666 } }],
    ["a variable", { ...pod({}, { env: [{ name: "DB_PASSWORD", value: 444555666 }] }) }],
  ])("never shows a number that is a secret: %s", (_, object) => {
    const [sentence] = sentences({ apiVersion: "v1", metadata: { name: "s" }, ...object });
    expect(sentence).toMatch(/ is a number; expected /);
    expect(sentence).not.toContain("444555666");
  });

  it("never shows the content of a Secret", () => {
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, data: { password: "hunter2!" } };
    expect(sentences(secret).join()).not.toContain("hunter2");
  });
});

describe("versions", () => {
  it("names the versions that do not know a field", () => {
    const object = pod({ hostnameOverride: "db" });
    expect(said(object, ["1.35", "1.36"])).toEqual([]);
    expect(sentences(object, ["1.30", "1.33", "1.36"])[0]).toContain(
      "was added in Kubernetes 1.34; unknown to 1.30 and 1.33",
    );
  });

  it("names the versions that reject an object", () => {
    const service = { apiVersion: "v1", kind: "Service", metadata: { name: "1st" }, spec: { ports: [{ port: 80 }] } };
    expect(said(service, ["1.36"])).toEqual([]);
    expect(sentences(service, ["1.35", "1.36"])[0]).toContain("(rejected up to 1.35, valid from 1.36)");
    const containers = [{ name: "c", image: "c:1", restartPolicy: "Never" }];
    const regular = (versions: string[]) =>
      sentences({ apiVersion: "v1", kind: "Pod", metadata: { name: "p" }, spec: { containers } }, versions);
    expect(regular(["1.33", "1.36"])[0]).toContain("(rejected up to 1.33, valid from 1.36)");
    expect(regular(["1.36", "1.37"])).toEqual([]);
  });

  it("reports once what all versions reject by different rules", () => {
    const named = (name: string) => pod({}, { env: [{ name, value: "v" }] });
    expect(sentences(named("a b=c"), ["1.30", "1.36"])).toEqual([
      expect.stringMatching(/"a b=c", which is not a valid environment variable name\./),
    ]);
    expect(sentences(named("a b"), ["1.30", "1.36"])).toEqual([
      expect.stringMatching(/\(rejected up to 1\.30, valid from 1\.36\)/),
    ]);
  });

  it("may have a patch level and a leading v, and must be supported", () => {
    expect(said(pod(), ["v1.36.3"])).toEqual([]);
    expect(() => said(pod(), ["1.12"])).toThrow(/1\.12 is not supported; use a version from 1\.30 to 1\.37/);
    expect(() => said(pod(), [])).toThrow(/no Kubernetes version/);
  });
});

describe("hostile input", () => {
  it("never makes validation throw", async () => {
    const schemas = await loadSchemas();
    const seeds = [
      deployment(),
      pod(),
      { apiVersion: "networking.k8s.io/v1", kind: "Ingress", metadata: { name: "i" } },
    ];
    const path = fc.array(
      fc.oneof(fc.string(), fc.constantFrom("spec", "template", "metadata", "containers", "0", "env")),
      { maxLength: 7 },
    );
    fc.assert(
      fc.property(fc.constantFrom(...seeds), path, fc.jsonValue(), (seed, steps, value) => {
        const object = structuredClone(seed) as JsonObject;
        put(object, steps, value);
        const verdict = validate(resourceOf(object), { versions: ["1.30", "1.36"], schemas });
        expect(Array.isArray(verdict.problems)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  it("is checked for fields named like prototype properties", () => {
    for (const key of ["__proto__", "constructor", "toString", "hasOwnProperty"]) {
      const spec = JSON.parse(`{"containers":[{"name":"main","image":"redis"}],${JSON.stringify(key)}:{"x":1}}`);
      expect(said({ ...pod(), spec })).toEqual([`schema/unknown-field /spec/${key}`]);
      expect(said({ ...pod(), apiVersion: key })).toEqual(["schema/unknown-kind "]);
      expect(said({ ...pod(), kind: key })).toEqual(["schema/unknown-kind "]);
    }
  });

  it("is reported if it is nested too deeply", () => {
    let schema: JsonObject = { type: "object" };
    for (let depth = 0; depth < 100_000; depth++) schema = { properties: { a: schema } };
    const versions = [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: schema } }];
    const names = { kind: "X", plural: "xs" };
    const crd = {
      apiVersion: "apiextensions.k8s.io/v1",
      kind: "CustomResourceDefinition",
      metadata: { name: "xs.example.com" },
      spec: { group: "example.com", names, scope: "Cluster", versions },
    };
    expect(sentences(crd as JsonObject).join()).toContain("nested deeper");
  });
});

function put(object: JsonObject, steps: readonly string[], value: unknown): void {
  let holder: unknown = object;
  for (const step of steps.slice(0, -1)) {
    const next = (holder as Record<string, unknown>)[step];
    if (typeof next !== "object" || next === null) break;
    holder = next;
  }
  const last = steps.at(-1);
  if (last === undefined || Object.isFrozen(holder) || holder === Object.prototype || typeof holder === "function")
    return;
  Object.defineProperty(holder, last, { value, enumerable: true, configurable: true, writable: true });
}
