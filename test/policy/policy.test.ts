import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Finding } from "../../tools/core/finding.ts";
import type { JsonObject } from "../../tools/core/json.ts";
import { resourceOf } from "../../tools/core/resource.ts";
import { registry } from "../../tools/gate/registry.ts";
import { definePolicy, type Policy } from "../../tools/policy/define.ts";
import { evaluate } from "../../tools/policy/evaluate.ts";
import { loadPolicies, unique } from "../../tools/policy/load.ts";
import { matchesResource, matchesTarget } from "../../tools/policy/match.ts";
import { parseWaivers } from "../../tools/policy/parse-waivers.ts";
import { applyWaivers, type Waiver } from "../../tools/policy/waivers.ts";
import { type Files, repository } from "../run.ts";

const target = { path: "overlays/dns", kind: "kustomization" } as const;
const text = { why: "Because.", fix: "Fix it." };

function deployment(spec: JsonObject = {}, labels: JsonObject = { app: "web" }) {
  const metadata = { name: "web", namespace: "shop", labels };
  return resourceOf({ apiVersion: "apps/v1", kind: "Deployment", metadata, spec });
}

async function judge(policy: Policy, ...resources: ReturnType<typeof resourceOf>[]) {
  return evaluate([policy], { target, resources });
}

describe("a policy judges", () => {
  test("by a schema, with the place", async () => {
    const schema = { properties: { spec: { properties: { replicas: { minimum: 2 } } } } };
    const policy = definePolicy({ id: "team/replicas", severity: "error", ...text, schema });
    expect((await judge(policy, deployment({ replicas: 1 }))).problems).toMatchObject([
      { rule: "team/replicas", pointer: "/spec/replicas", message: "1 must be >= 2", help: "Fix it." },
    ]);
    expect((await judge(policy, deployment({ replicas: 2 }))).problems).toEqual([]);
  });

  test("with values in its message", async () => {
    const schema = { properties: { spec: { properties: { replicas: { minimum: 2 } } } } };
    const message = "{/metadata/name} runs {/spec/replicas} times";
    const policy = definePolicy({ id: "team/replicas", severity: "error", ...text, schema, message });
    const { problems } = await judge(policy, deployment({ replicas: 1 }));
    expect(problems.map((problem) => problem.message)).toEqual(["web runs 1 times"]);
  });

  test("and never prints the values of a Secret", async () => {
    const schema = { properties: { stringData: { properties: { token: { maxLength: 3 } } } } };
    const policy = definePolicy({ id: "team/secret", severity: "error", ...text, schema });
    const secret = resourceOf({
      apiVersion: "v1",
      kind: "Secret",
      metadata: { name: "a" },
      stringData: { token: "hunter2" },
    });
    const { problems } = await judge(policy, secret);
    expect(problems.map(({ message }) => message)).toEqual(["the value must NOT have more than 3 characters"]);
  });

  test("by a function of all resources", async () => {
    const policy = definePolicy({
      id: "team/one",
      severity: "error",
      ...text,
      *checkTarget({ resources }) {
        for (const resource of resources.slice(1)) yield { pointer: "", message: "one is enough", resource };
      },
    });
    expect((await judge(policy, deployment(), deployment())).problems).toMatchObject([{ of: { name: "web" } }]);
  });
});

describe("deny and warn report", () => {
  const hasReplicas = (replicas: number) => ({
    required: ["spec"],
    properties: { spec: { required: ["replicas"], properties: { replicas: { const: replicas } } } },
  });
  const policy = definePolicy({
    id: "team/replicas",
    severity: "error",
    ...text,
    match: { kind: "Deployment" },
    deny: [
      { when: hasReplicas(0), message: "{/metadata/name} runs nowhere" },
      { match: { namespace: "legacy" }, message: "no more of these" },
    ],
    warn: [{ when: hasReplicas(1), at: "/spec", message: "{/metadata/name} runs {/spec/replicas} times" }],
    exceptions: [{ match: { name: "w*", labels: { app: "cron" } }, reason: "It runs at night." }],
  });

  test.each<[JsonObject, object[]]>([
    [{ replicas: 0 }, [{ severity: "error", pointer: "/spec/replicas", message: "web runs nowhere" }]],
    [{ replicas: 1 }, [{ severity: "warning", pointer: "/spec", message: "web runs 1 times" }]],
    [{ replicas: 2 }, []],
    [{}, []],
  ])("%j", async (spec, expected) => {
    const { problems } = await judge(policy, deployment(spec));
    expect(problems).toMatchObject(expected);
    expect(problems).toHaveLength(expected.length);
  });

  test("every match without a when", async () => {
    const legacy = resourceOf({
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name: "a", namespace: "legacy" },
    });
    expect((await judge(policy, legacy)).problems).toMatchObject([{ pointer: "", message: "no more of these" }]);
  });

  test("exceptions, marked as such", async () => {
    const { problems } = await judge(policy, deployment({ replicas: 0 }, { app: "cron" }));
    expect(problems).toMatchObject([{ message: "web runs nowhere", excepted: "It runs at night." }]);
  });

  test("no values of a Secret", async () => {
    const deny = [{ message: "{/stringData/token} is {/metadata/name}'s" }];
    const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "a" }, stringData: { token: "hunter2" } };
    const { problems } = await judge(definePolicy({ id: "t/a", severity: "error", ...text, deny }), resourceOf(secret));
    expect(problems.map(({ message }) => message)).toEqual(["the value is a's"]);
  });
});

test("a policy that throws is reported by its id, and does not stop the others", async () => {
  const broken = definePolicy({
    id: "team/broken",
    severity: "warning",
    ...text,
    check() {
      throw new TypeError("no such thing");
    },
  });
  const schema = { required: ["missing"] };
  const other = definePolicy({ id: "team/other", severity: "error", ...text, schema });
  const { problems, crashes } = await evaluate([broken, other], { target, resources: [deployment()] });
  const message = expect.stringMatching(/^no such thing \(at test\/policy\/policy\.test\.ts:\d+:\d+\)$/);
  expect(crashes).toEqual([{ rule: "team/broken", message }]);
  expect(problems.map(({ rule }) => rule)).toEqual(["team/other"]);
});

test.each([
  [{ pointer: "" }, /without a message/],
  [{ pointer: "spec", message: "m" }, /without a pointer/],
  [undefined, /without a message/],
])("an invalid violation is a crash: %j", async (violation, message) => {
  const check = () => [violation] as never;
  const { crashes } = await judge(definePolicy({ id: "team/broken", severity: "error", ...text, check }), deployment());
  expect(crashes[0]?.message).toMatch(message);
});

describe("a match", () => {
  test.each<[Policy["match"], boolean]>([
    [undefined, true],
    [{ kind: "Deployment" }, true],
    [{ kind: ["Service", "Deployment"] }, true],
    [{ kind: "Deploy" }, false],
    [{ kind: "Deploy*" }, true],
    [{ apiVersion: "apps/*" }, true],
    [{ apiVersion: "batch/*" }, false],
    [{ name: "w.b" }, false],
    [{ namespace: "sh*" }, true],
    [{ namespace: "default" }, false],
    [{ labels: { app: "web" } }, true],
    [{ labels: { app: "db" } }, false],
    [{ kind: "Deployment", name: "db" }, false],
  ])("%j: %s", (match, expected) => {
    expect(matchesResource(match, deployment())).toBe(expected);
  });

  test.each([
    ["overlays/*", true],
    ["overlays/dns", true],
    ["*", false],
    ["clusters/*", false],
  ])("target %s: %s", (pattern, expected) => {
    expect(matchesTarget({ target: pattern }, target)).toBe(expected);
  });
});

describe("an invalid policy is an error with its place", () => {
  const good = "id: team/a\nseverity: error\nwhy: Because.\nfix: Fix it.\n";
  test.each<[string, Files, RegExp]>([
    [
      "an unknown field",
      { "a.yaml": `${good}scheme: {}\n` },
      /a\.yaml:5:1: .*"scheme" is not known here, did you mean "schema"/,
    ],
    ["no id", { "a.yaml": good.replace("id: team/a\n", "") }, /"id" is missing/],
    ["an id without a family", { "a.yaml": good.replace("team/a", "a") }, /a\.yaml:1:1: \/id/],
    ["an unknown severity", { "a.yaml": good.replace("error", "fatal") }, /"fatal" should be one of "error"/],
    [
      "no checks",
      { "a.yaml": good },
      /exactly one of schema, cases, deny or warn, check, checkTarget, checkKustomization, checkRepository/,
    ],
    ["a mistyped keyword of a schema", { "a.yaml": `${good}schema:\n  propertys: {}\n` }, /a\.yaml:6:3: .*propertys/],
    [
      "a mistyped keyword deep in a schema",
      { "a.yaml": `${good}schema:\n  properties:\n    spec:\n      requird: [a]\n` },
      /requird/,
    ],
    [
      "a mistyped keyword in deny",
      { "a.yaml": `${good.replace("severity: error\n", "")}deny:\n  - message: m\n    when: { requird: [a] }\n` },
      /a\.yaml:6:13: .*requird/,
    ],
    ["no message in deny", { "a.yaml": `${good}deny: [{ when: {} }]\n` }, /"message" is missing/],
    ["a severity next to warn", { "a.yaml": `${good}warn: [{ message: m }]\n` }, /leave out severity/],
    ["two kinds of checks", { "a.yaml": `${good}deny: [{ message: m }]\nschema: {}\n` }, /exactly one of/],
    [
      "an exception without a reason",
      { "a.yaml": `${good}exceptions: [{ match: { name: a } }]\n` },
      /"reason" is missing/,
    ],
    ["an exception for everything", { "a.yaml": `${good}exceptions: [{ match: {}, reason: r }]\n` }, /match/],
    ["no policy at all", { "README.md": "none" }, /has no policy/],
    ["a module without exports", { "a.mjs": "const a = 1;\n" }, /exports no policy/],
    [
      "a check that is not a function",
      { "a.mjs": 'export const p = { id: "t/a", severity: "error", why: "w", fix: "f", check: 1 };' },
      /\/check: it must be a function/,
    ],
  ])("%s", async (_, files, message) => {
    const folder = repository(files);
    await expect(loadPolicies(folder, folder, new Set())).rejects.toThrow(message);
  });

  test.skipIf("typescript" in process.features && process.features.typescript).each<[string, Files, RegExp]>([
    [
      "that is not compiled",
      {},
      /Node v[\d.]+ does not run TypeScript; use Node 22\.18 or later, or write it as \.mjs$/,
    ],
    [
      "that is newer than the build",
      { "dist/own/b.js": "" },
      /does not run TypeScript; run npm run build, or use Node 22/,
    ],
  ])("TypeScript %s, if Node does not run it", async (_, files, message) => {
    const folder = repository({ ...files, "policies/a.ts": "export const policies = [];\n" });
    await expect(loadPolicies(join(folder, "policies"), folder, new Set())).rejects.toThrow(message);
  });

  test.each<[string, string, RegExp]>([
    [
      "to a file outside the repository",
      "/etc/hostname",
      /policies\/b\.yaml is a link that leads out of the repository/,
    ],
    ["to a folder", "../lib", /policies\/b\.yaml is a link to a folder.*list that folder under policies/],
    ["to nothing", "../lib/b.yaml", /policies\/b\.yaml is a broken link/],
  ])("a symlink %s", async (_, to, message) => {
    const folder = repository({ "policies/a.yaml": `${good}schema: {}\n`, "lib/c.txt": "", ".git/HEAD": "" });
    symlinkSync(to, join(folder, "policies/b.yaml"));
    await expect(loadPolicies(join(folder, "policies"), folder, new Set())).rejects.toThrow(message);
  });

  test("but not a symlink to a file of the repository, whose imports work", async () => {
    const module =
      'import { id } from "./id.mjs";\nexport const p = { id, severity: "error", why: "w", fix: "f", schema: {} };\n';
    const folder = repository({
      "policies/README.md": "none",
      "lib/a.yaml": `${good}schema: {}\n`,
      "lib/b.mjs": module,
      "lib/id.mjs": 'export const id = "team/b";\n',
      ".git/HEAD": "",
    });
    for (const name of ["a.yaml", "b.mjs"]) symlinkSync(`../lib/${name}`, join(folder, "policies", name));
    symlinkSync("/etc", join(folder, "policies/.hidden"));
    const policies = await loadPolicies(join(folder, "policies"), folder, new Set());
    expect(policies.map(({ id }) => id)).toEqual(["team/a", "team/b"]);
  });

  test.each(["a.cjs", "a.cts", "a.tsx"])("%s, which is not a supported kind of module", async (name) => {
    const folder = repository({ [name]: "module.exports = {};\n", "b.yaml": `${good}schema: {}\n` });
    await expect(loadPolicies(folder, folder, new Set())).rejects.toThrow(
      /a\.\w+ cannot export policies: use a module that ends in \.mjs, \.js, \.mts or \.ts/,
    );
  });

  test("the id of another policy", async () => {
    const folder = repository({ "a.yaml": `${good}schema: {}\n`, "b.yaml": `${good}schema: {}\n` });
    const policies = await loadPolicies(folder, folder, new Set());
    expect(() => unique(policies)).toThrow(/a\.yaml and .*b\.yaml: two policies have the id team\/a/);
  });

  test("the id of a built-in rule", () => {
    const policy = definePolicy({ id: "schema/type", severity: "error", ...text, schema: {} });
    expect(() => registry([policy])).toThrow(/schema\/type is the id of a built-in rule/);
  });

  test("but not a file in a folder of fixtures", async () => {
    const folder = repository({ "a.yaml": `${good}schema: {}\n`, "fixtures/b.yaml": "kind: Nothing\n" });
    expect((await loadPolicies(folder, folder, new Set())).map(({ id }) => id)).toEqual(["team/a"]);
  });
});

describe("waivers", () => {
  const finding: Finding = {
    rule: "team/a",
    severity: "error",
    message: "m",
    target: "overlays/dns",
    resource: "apps/v1/Deployment/shop/web",
    waived: false,
  };
  const waiver: Waiver = { rule: "team/a", reason: "r", owner: "o", expires: "2026-12-31" };
  const known = {
    rules: new Set(["team/a", "team/b"]),
    targets: ["overlays/dns"],
    nameOf: (path: string) => path,
    today: "2026-12-31",
    idle: new Set<string>(),
  };

  test.each<[string, Partial<Waiver>, boolean, string[]]>([
    ["applies on its last day", {}, true, []],
    ["is expired on the next day", { expires: "2026-12-30" }, false, ["gitops/waiver-expired"]],
    ["for another rule", { rule: "team/b" }, false, ["gitops/waiver-unused"]],
    ["for an unknown rule", { rule: "team/c" }, false, ["gitops/waiver-unknown"]],
    ["for the target", { target: "overlays/*" }, true, []],
    ["for a target that was not checked", { target: "clusters/*" }, false, []],
    ["for the resource", { resource: "apps/v1/Deployment/*/web" }, true, []],
    ["for another resource", { resource: "v1/Service/*" }, false, ["gitops/waiver-unused"]],
  ])("a waiver %s", (_, change, waived, rules) => {
    const { findings, problems } = applyWaivers([finding], [{ ...waiver, ...change }], known);
    expect(findings.map((one) => one.waived)).toEqual([waived]);
    expect(problems.map(({ rule }) => rule)).toEqual(rules);
  });

  test("a waiver for a missing target is reported if all targets were checked", () => {
    const wrong = { ...waiver, target: "overlay/dns" };
    const { findings, problems } = applyWaivers([finding], [wrong], { ...known, isComplete: true });
    expect(findings.map((one) => one.waived)).toEqual([false]);
    expect(problems.map(({ rule, message }) => `${rule} ${message}`)).toEqual([
      'gitops/waiver-unused the waiver for team/a names target overlay/dns, which does not exist, did you mean "overlays/dns"?',
    ]);
  });

  test.each([
    ["no reason", "- { rule: a/b, owner: o, expires: 2026-12-31 }", /"reason" is missing/],
    ["no expiry date", "- { rule: a/b, owner: o, reason: r }", /"expires" is missing/],
    ["an invalid date", "- { rule: a/b, owner: o, reason: r, expires: 2026-02-30 }", /2026-02-30 is not a date/],
    ["no list", "rule: a/b", /list|array/],
    ["an unknown field", "- { rule: a/b, owner: o, reason: r, expires: 2026-12-31, until: x }", /"until" is not known/],
  ])("a file with %s", (_, content, message) => {
    expect(() => parseWaivers(content, join("policies", "waivers.yaml"))).toThrow(message);
  });
});
