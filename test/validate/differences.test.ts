import { load } from "js-yaml";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../../tools/core/json.ts";
import { resourceOf } from "../../tools/core/resource.ts";
import { storedDifferences } from "../../tools/diff/stored.ts";
import { fieldDifferences } from "../../tools/validate/differences.ts";
import { loadSchemas } from "../../tools/validate/index.ts";

const parseYaml = (text: string) => load(text) as JsonObject;

const options = { versions: ["1.36"], schemas: await loadSchemas() };

/** A Deployment with one container, in YAML. */
const deployment = (container: string, spec = "") =>
  `{apiVersion: apps/v1, kind: Deployment, metadata: {name: web}, spec: {${spec} selector: {matchLabels: {a: b}},
    template: {metadata: {labels: {a: b}}, spec: {containers: [{name: web, image: i, ${container}}]}}}}`;

const changes = (before: string, after: string) =>
  storedDifferences(resourceOf(parseYaml(before)), resourceOf(parseYaml(after)), options).map(({ path }) => path);

const web = "spec.template.spec.containers[web]";

describe("equivalent manifests", () => {
  test.each([
    ["a quantity in another notation", "resources: {limits: {cpu: 0.1}}", "resources: {limits: {cpu: 100m}}"],
    ["a quantity with another unit", "resources: {limits: {memory: 1Gi}}", "resources: {limits: {memory: 1024Mi}}"],
    ["an explicit default", "", "terminationMessagePath: /dev/termination-log"],
    ["an empty list", "", "args: []"],
    ["null", "", "workingDir: null"],
    ["the protocol of a port", "ports: [{containerPort: 80}]", "ports: [{containerPort: 80, protocol: TCP}]"],
  ])("%s", (_, before, after) => {
    expect(changes(deployment(before), deployment(after))).toEqual([]);
  });

  test("explicit default replicas", () => {
    expect(changes(deployment(""), deployment("", "replicas: 1,"))).toEqual([]);
  });
});

describe("differences", () => {
  test.each([
    ["a value", "workingDir: /a", "workingDir: /b", [`${web}.workingDir`]],
    ["a named element", "env: [{name: A, value: a}]", "env: [{name: A, value: b}]", [`${web}.env[A].value`]],
    [
      "an element added before others",
      "env: [{name: A, value: a}]",
      "env: [{name: Z, value: z}, {name: A, value: a}]",
      [`${web}.env[Z]`],
    ],
    ["a removed element", "env: [{name: A}, {name: B}]", "env: [{name: B}]", [`${web}.env[A]`]],
    ["the order of variables", "env: [{name: A}, {name: B}]", "env: [{name: B}, {name: A}]", [`${web}.env`]],
    ["the order of arguments", "args: [a, b]", "args: [b, a]", [`${web}.args`]],
  ])("%s", (_, before, after, expected) => {
    expect(changes(deployment(before), deployment(after))).toEqual(expected);
  });

  test("a field reset to its default", () => {
    expect(changes(deployment("", "replicas: 3,"), deployment(""))).toEqual(["spec.replicas"]);
  });

  test("another API version, as a single difference", () => {
    const pdb = (version: string) => `{apiVersion: policy/${version}, kind: PodDisruptionBudget, metadata: {name: a}}`;
    expect(changes(pdb("v1beta1"), pdb("v1"))).toEqual(["apiVersion"]);
  });
});

describe("without a schema", () => {
  const paths = (before: JsonObject, after: JsonObject) =>
    fieldDifferences(before, after, undefined).map(({ path, pointer }) => `${path} ${pointer}`);

  test("elements are matched by name, or by position if they have none", () => {
    const named = (...names: string[]) => ({ a: names.map((name) => ({ name, x: 1 })) });
    expect(paths(named("a", "b"), named("b"))).toEqual(["a[a] /a/0"]);
    const plain = (...values: number[]) => ({ a: values.map((x) => ({ x })) });
    expect(paths(plain(1, 2, 3), plain(1, 9, 3))).toEqual(["a[1].x /a/1/x"]);
    expect(paths(plain(1, 3), plain(1, 2, 3))).toEqual(["a[1] /a/1"]);
  });

  test("unusual field names are handled like any others", () => {
    const object = parseYaml('{__proto__: {a: 1}, constructor: x, "a/b~c": 1}');
    expect(paths({}, object)).toEqual(["__proto__ /__proto__", "constructor /constructor", "[a/b~c] /a~1b~0c"]);
    expect(paths(object, object)).toEqual([]);
  });
});
