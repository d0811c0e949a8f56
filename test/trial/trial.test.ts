import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Files, gitops, repository } from "../run.ts";

test("this repository's policies do what their fixtures say, and notice every mutant", async () => {
  const { code, stdout } = await gitops(["policies", "test", "--mutate"], { cwd: join(import.meta.dirname, "../..") });
  expect(stdout).toMatch(/^3 policies tested, 0 failed$/m);
  expect(stdout.match(/[1-9]\d* mutants noticed/g)).toHaveLength(3);
  expect(code).toBe(0);
});

const schema = (text: string) =>
  `id: team/owner\nseverity: error\nwhy: Because.\nfix: Mend it.\nmatch: { kind: Service }\nschema: ${text}\n`;
const owned = "{ properties: { metadata: { required: [labels], properties: { labels: { required: [owner] } } } } }";
const service = (labels: string, comment = "") =>
  `apiVersion: v1\nkind: Service\nmetadata:\n  name: web${comment}\n  labels: ${labels}\n`;
const good = service("{ owner: shop }");
const bad = service("{ app: web }");

/** What `policies test` says of a policy with these fixtures. */
async function tested(fixtures: Files, policy = schema(owned), flags: string[] = []) {
  const files = Object.entries(fixtures).map(([name, text]) => [`policies/fixtures/team/owner/${name}`, text]);
  const cwd = repository({
    "gitops.yaml": "policies: [policies]\n",
    "policies/owner.yaml": policy,
    ...Object.fromEntries(files),
  });
  const { code, stdout, stderr } = await gitops(["policies", "test", ...flags], { cwd });
  return { code, said: `${stdout}${stderr}` };
}

describe("a policy", () => {
  test.each<[string, Files, string]>([
    ["without a fixture", {}, "no fixture that passes: fixtures/team/owner/pass.yaml"],
    ["without one that fails", { "pass.yaml": good }, "no fixture that fails: fixtures/team/owner/fail.yaml"],
    ["that finds something in what passes", { "pass.yaml": bad, "fail.yaml": bad }, "pass.yaml:5: "],
    ["that finds nothing in what fails", { "pass.yaml": good, "fail.yaml": good }, "fail.yaml: nothing was found"],
    [
      "that finds it elsewhere",
      { "pass.yaml": good, "fail.yaml": service("{ app: web }", " # <- team/owner") },
      "fail.yaml:4: nothing was found on this line",
    ],
    [
      "that is about nothing in a fixture",
      { "pass.yaml": good.replace("Service", "Secret"), "fail.yaml": bad },
      "pass.yaml: the policy matches none of its resources",
    ],
    ["with a fixture that does not parse", { "pass.yaml": "a: [", "fail.yaml": bad }, "pass.yaml: "],
  ])("%s fails", async (_, fixtures, message) => {
    const { code, said } = await tested(fixtures);
    expect(said).toContain(message);
    expect(said).toContain("1 policy tested, 1 failed");
    expect(code).toBe(1);
  });

  test("that does what they say passes", async () => {
    const { code, said } = await tested({ "pass.yaml": good, "fail.yaml": bad });
    expect(said).toBe("✓ team/owner  2 fixtures\n\n1 policy tested, 0 failed\n");
    expect(code).toBe(0);
  });

  test("that notices one slip only beside another is found by mutants", async () => {
    const policy = `export const policy = {
      id: "team/owner", severity: "error", why: "Because.", fix: "Mend it.", match: { kind: "Service" },
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

describe("a policy of more than manifests", () => {
  const kustomizations = `export const policy = {
    id: "team/owner", severity: "error", why: "Because.", fix: "Mend it.",
    *checkKustomization({ object }) {
      if (object.namePrefix) yield { pointer: "/namePrefix", message: "names stay" };
    },
  };`;
  const repositories = `export const policy = {
    id: "team/owner", severity: "error", why: "Because.", fix: "Mend it.",
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
  const tried = async (policy: string, fixtures: Files) => {
    const cwd = repository({
      "gitops.yaml": "policies: [policies]\n",
      "policies/owner.mjs": policy,
      ".git/HEAD": "",
      ...fixtures,
    });
    const { code, stdout, stderr } = await gitops(["policies", "test", "--mutate"], { cwd });
    return { code, said: `${stdout}${stderr}` };
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
  ])("is held to folders that are %s each", async (_, policy, fixtures) => {
    expect(await tried(policy, fixtures)).toEqual({
      code: 0,
      said: "✓ team/owner  2 fixtures\n\n1 policy tested, 0 failed\n",
    });
  });

  const [pass, fail] = [at("pass", small("")), at("fail", small("namePrefix: a-\n"))];
  test.each<[string, Files, string]>([
    [
      "finds something in what passes",
      { ...at("pass", small("namePrefix: a-\n")), ...fail },
      "owner/pass/overlays/a/kustomization.yaml:2: names stay (it should pass)",
    ],
    [
      "finds it elsewhere",
      { ...pass, ...at("fail", small("# <- team/owner\nnamePrefix: a-\n")) },
      "owner/fail/overlays/a/kustomization.yaml:2: nothing was found on this line",
    ],
    [
      "finds nothing in what fails",
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
    ["has none that passes", fail, "no fixture that passes: fixtures/team/owner/pass/, a folder of files"],
  ])("that %s fails", async (_, fixtures, message) => {
    const { code, said } = await tried(kustomizations, fixtures);
    expect(said).toContain(message);
    expect(code).toBe(1);
  });
});

test("fixtures of no policy are an error", async () => {
  const cwd = repository({
    "gitops.yaml": "policies: [policies]\n",
    "policies/owner.yaml": schema(owned),
    "policies/fixtures/team/onwer/pass.yaml": good,
  });
  const { code, stderr } = await gitops(["policies", "test"], { cwd });
  expect(stderr).toContain("there is no policy team/onwer");
  expect(code).toBe(2);
});

test("the policies of any folder are tested where they are", async () => {
  const cwd = repository({
    "rules/ports.yaml": `id: team/ports
why: Because.
fix: Mend it.
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
  expect(stdout + stderr).toBe("✓ team/ports  3 fixtures, 2 mutants noticed\n\n1 policy tested, 0 failed\n");
  expect(code).toBe(0);
  const missing = await gitops(["policies", "test", "no-such-folder"], { cwd });
  expect(missing).toMatchObject({ code: 2, stdout: "" });
});
