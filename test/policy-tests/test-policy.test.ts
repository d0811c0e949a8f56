import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Files, gitops, repository } from "../run.ts";

test("this repository's policies pass their fixtures and detect every mutant", async () => {
  const { code, stdout } = await gitops(["policies", "test", "--mutate"], { cwd: join(import.meta.dirname, "../..") });
  expect(stdout).toMatch(/^3 policies tested, 0 failed$/m);
  expect(stdout.match(/[1-9]\d* mutants detected/g)).toHaveLength(3);
  expect(code).toBe(0);
});

test("says what to do if there are no policies", async () => {
  const { code, stdout } = await gitops(["policies", "test"], { cwd: repository({ "a.yaml": "" }) });
  expect(stdout).toBe("0 policies tested: name their folder, or set policies in gitops.yaml\n");
  expect(code).toBe(0);
});

const schema = (text: string) =>
  `id: team/owner\nseverity: error\nwhy: Because.\nfix: Fix it.\nmatch: { kind: Service }\nschema: ${text}\n`;
const owned = "{ properties: { metadata: { required: [labels], properties: { labels: { required: [owner] } } } } }";
const service = (labels: string, comment = "") =>
  `apiVersion: v1\nkind: Service\nmetadata:\n  name: web${comment}\n  labels: ${labels}\n`;
const good = service("{ owner: shop }");
const bad = service("{ app: web }");

/** The output of `policies test` for a policy with these fixtures. */
async function outputFor(fixtures: Files, policy = schema(owned), flags: string[] = []) {
  const files = Object.entries(fixtures).map(([name, text]) => [`policies/fixtures/team/owner/${name}`, text]);
  const cwd = repository({
    "gitops.yaml": "policies: [policies]\n",
    "policies/owner.yaml": policy,
    ...Object.fromEntries(files),
  });
  const { code, stdout, stderr } = await gitops(["policies", "test", ...flags], { cwd });
  return { code, output: `${stdout}${stderr}` };
}

describe("a policy", () => {
  test.each<[string, Files, string]>([
    ["without fixtures", {}, "no fixture that passes: fixtures/team/owner/pass.yaml"],
    ["without a failing fixture", { "pass.yaml": good }, "no fixture that fails: fixtures/team/owner/fail.yaml"],
    ["that finds something in the passing fixture", { "pass.yaml": bad, "fail.yaml": bad }, "pass.yaml:5: "],
    [
      "that finds nothing in the failing fixture",
      { "pass.yaml": good, "fail.yaml": good },
      "fail.yaml: nothing was found",
    ],
    [
      "that finds it on another line",
      { "pass.yaml": good, "fail.yaml": service("{ app: web }", " # <- team/owner") },
      "fail.yaml:4: nothing was found on this line",
    ],
    [
      "that matches nothing in a fixture",
      { "pass.yaml": good.replace("Service", "Secret"), "fail.yaml": bad },
      "pass.yaml: the policy matches none of its resources",
    ],
    ["with a fixture that does not parse", { "pass.yaml": "a: [", "fail.yaml": bad }, "pass.yaml: "],
  ])("%s fails", async (_, fixtures, message) => {
    const { code, output } = await outputFor(fixtures);
    expect(output).toContain(message);
    expect(output).toContain("1 policy tested, 1 failed");
    expect(code).toBe(1);
  });

  test("that meets its fixtures passes", async () => {
    const { code, output } = await outputFor({ "pass.yaml": good, "fail.yaml": bad });
    expect(output).toBe("✓ team/owner  2 fixtures\n\n1 policy tested, 0 failed\n");
    expect(code).toBe(0);
  });

  test("that detects a mistake only next to another one is exposed by mutants", async () => {
    const policy = `export const policy = {
      id: "team/owner", severity: "error", why: "Because.", fix: "Fix it.", match: { kind: "Service" },
      *check({ object: { metadata, spec } }) {
        if (!metadata.labels.owner && !spec) yield { pointer: "/metadata/labels/owner", message: "nobody's" };
      },
    };`;
    const cwd = repository({
      "gitops.yaml": "policies: [policies]\n",
      "policies/owner.mjs": policy,
      "policies/fixtures/team/owner/pass.yaml": `${good}spec: {}\n`,
      "policies/fixtures/team/owner/fail.yaml": bad,
    });
    expect((await gitops(["policies", "test"], { cwd })).code).toBe(0);
    const { code, stdout } = await gitops(["policies", "test", "--mutate"], { cwd });
    expect(stdout).toContain("Service web /metadata/labels/owner removed: not detected");
    expect(code).toBe(1);
  });
});

describe("a policy about more than manifests", () => {
  const kustomizations = `export const policy = {
    id: "team/owner", severity: "error", why: "Because.", fix: "Fix it.",
    *checkKustomization({ object }) {
      if (object.namePrefix) yield { pointer: "/namePrefix", message: "names stay" };
    },
  };`;
  const repositories = `export const policy = {
    id: "team/owner", severity: "error", why: "Because.", fix: "Fix it.",
    *checkRepository({ targets, files }) {
      const known = files("teams.yaml").flatMap(({ documents }) => documents).flat();
      for (const { name, file } of targets) if (!known.includes(name)) yield { target: name, file, message: "nobody's", pointer: "" };
    },
  };`;
  const small = (prefix: string) => ({
    "overlays/a/kustomization.yaml": `resources: [../../base]\n${prefix}`,
    "base/kustomization.yaml": "resources: [web.yaml]\n",
    "base/web.yaml": good,
  });
  const at = (folder: string, files: Files) =>
    Object.fromEntries(
      Object.entries(files).map(([path, text]) => [`policies/fixtures/team/owner/${folder}/${path}`, text]),
    );
  const outputWithMutants = async (policy: string, fixtures: Files) => {
    const cwd = repository({
      "gitops.yaml": "policies: [policies]\n",
      "policies/owner.mjs": policy,
      ".git/HEAD": "",
      ...fixtures,
    });
    const { code, stdout, stderr } = await gitops(["policies", "test", "--mutate"], { cwd });
    return { code, output: `${stdout}${stderr}` };
  };

  test.each<[string, string, Files]>([
    [
      "a kustomization",
      kustomizations,
      { ...at("pass", small("")), ...at("fail", small("namePrefix: a- # <- team/owner\n")) },
    ],
    [
      "a whole repository",
      repositories,
      {
        ...at("pass-known", { ...small(""), "teams.yaml": "[overlays/a]\n" }),
        ...at("fail", { ...small(""), "overlays/a/kustomization.yaml": "# <- team/owner\nresources: [../../base]\n" }),
      },
    ],
  ])("can have fixtures that are %s each", async (_, policy, fixtures) => {
    expect(await outputWithMutants(policy, fixtures)).toEqual({
      code: 0,
      output: "✓ team/owner  2 fixtures\n\n1 policy tested, 0 failed\n",
    });
  });

  const [pass, fail] = [at("pass", small("")), at("fail", small("namePrefix: a-\n"))];
  test.each<[string, Files, string]>([
    [
      "finds something in the passing fixture",
      { ...at("pass", small("namePrefix: a-\n")), ...fail },
      "owner/pass/overlays/a/kustomization.yaml:2: names stay (it should pass)",
    ],
    [
      "finds it on another line",
      { ...pass, ...at("fail", small("# <- team/owner\nnamePrefix: a-\n")) },
      "owner/fail/overlays/a/kustomization.yaml:2: nothing was found on this line",
    ],
    [
      "finds nothing in the failing fixture",
      { ...pass, ...at("fail", small("")) },
      "owner/fail: nothing was found, but it should fail",
    ],
    [
      "has a fixture that does not render",
      { ...pass, ...at("fail", { "kustomization.yaml": "resources: [gone.yaml]\n" }) },
      "owner/fail: gone.yaml does not exist",
    ],
    [
      "has a fixture without kustomizations",
      { ...pass, ...at("fail", { "a.yaml": good }) },
      "owner/fail: the policy matches none of its kustomizations",
    ],
    [
      "has only files of manifests",
      { "policies/fixtures/team/owner/pass.yaml": good, ...fail },
      "owner/pass.yaml: the policy checks more than manifests: use a folder of files instead",
    ],
    ["has no passing fixture", fail, "no fixture that passes: fixtures/team/owner/pass/, a folder of files"],
  ])("that %s fails", async (_, fixtures, message) => {
    const { code, output } = await outputWithMutants(kustomizations, fixtures);
    expect(output).toContain(message);
    expect(code).toBe(1);
  });
});

test("fixtures without a policy are an error", async () => {
  const cwd = repository({
    "gitops.yaml": "policies: [policies]\n",
    "policies/owner.yaml": schema(owned),
    "policies/fixtures/team/onwer/pass.yaml": good,
  });
  const { code, stderr } = await gitops(["policies", "test"], { cwd });
  expect(stderr).toContain("there is no policy team/onwer");
  expect(code).toBe(2);
});

test("policies in any folder can be tested", async () => {
  const cwd = repository({
    "rules/ports.yaml": `id: team/ports
why: Because.
fix: Fix it.
match: { kind: Service }
deny:
  - when: { properties: { spec: { properties: { type: { const: NodePort } }, required: [type] } }, required: [spec] }
    message: "{/metadata/name} is on every node"
warn:
  - when: { properties: { spec: { properties: { type: { const: ExternalName } }, required: [type] } }, required: [spec] }
    message: "{/metadata/name} is elsewhere"
`,
    "rules/fixtures/team/ports/pass.yaml":
      "apiVersion: v1\nkind: Service\nmetadata: { name: a }\nspec: { type: ClusterIP }\n",
    "rules/fixtures/team/ports/fail.yaml":
      "apiVersion: v1\nkind: Service\nmetadata: { name: b }\nspec:\n  type: NodePort # <- team/ports\n",
    "rules/fixtures/team/ports/fail-warn.yaml":
      "apiVersion: v1\nkind: Service\nmetadata: { name: b }\nspec:\n  type: ExternalName # <- team/ports\n",
  });
  const { code, stdout, stderr } = await gitops(["policies", "test", "rules", "--mutate"], { cwd });
  expect(stdout + stderr).toBe("✓ team/ports  3 fixtures, 2 mutants detected\n\n1 policy tested, 0 failed\n");
  expect(code).toBe(0);
  const missing = await gitops(["policies", "test", "no-such-folder"], { cwd });
  expect(missing).toMatchObject({ code: 2, stdout: "" });
});
