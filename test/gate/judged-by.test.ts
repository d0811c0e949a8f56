import { cpSync, existsSync, renameSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { commit, git, newRepository } from "../git/repository.ts";
import { check, gitops, triples, writeFilesIn } from "../run.ts";

const claim = (size: string) => `apiVersion: v1
kind: PersistentVolumeClaim
metadata:
  name: data
  namespace: shop
spec:
  accessModes: [ReadWriteOnce]
  resources: { requests: { storage: ${size} } }
`;

/** A declarative policy: claims must request 1Gi. */
const policy = (level: string) =>
  JSON.stringify({
    id: "shop/storage",
    severity: level,
    why: "The disks are small.",
    fix: "Ask for 1Gi.",
    match: { kind: "PersistentVolumeClaim" },
    schema: {
      properties: {
        spec: {
          properties: { resources: { properties: { requests: { properties: { storage: { const: "1Gi" } } } } } },
        },
      },
    },
  });

const waiver = JSON.stringify([{ rule: "shop/storage", reason: "r", owner: "o", expires: "2999-01-01" }]);

/** A module that leaves a trace when it runs. */
const trap = `import { writeFileSync } from "node:fs";\nwriteFileSync(new URL("./trace", import.meta.url), "");\nexport const models = [];\n`;

const shop = {
  "gitops.yaml": "targets: [overlays]\npolicies: [policies]\nwaivers: waivers.yaml\n",
  "policies/shop/storage.yaml": policy("error"),
  "waivers.yaml": "[]\n",
  "overlays/live/data.yaml": claim("1Gi"),
  "overlays/live/kustomization.yaml": "resources: [data.yaml]\n",
};

/** A repository whose working tree breaks the policy and has other changes. */
function changed(more: Readonly<Record<string, string>>): string {
  const cwd = newRepository();
  commit(cwd, shop);
  writeFilesIn(cwd, { "overlays/live/data.yaml": claim("9Gi"), ...more });
  return cwd;
}

const refusal = ["shop/storage overlays/live/data.yaml:8"];
const judged = async (cwd: string) => {
  const { report, code } = await check(["--judged-by", "main"], { cwd });
  return { code, found: triples(report), waived: report.summary.waived };
};

describe("the policies and settings of another revision apply", () => {
  test.each([
    ["the policy is less severe", { "policies/shop/storage.yaml": policy("info") }],
    [
      "the rule is off",
      { "gitops.yaml": `${shop["gitops.yaml"]}rules: { shop/storage: { severity: off, reason: r } }\n` },
    ],
    ["there are no policies", { "gitops.yaml": "targets: [overlays]\n" }],
    ["the folder is not a target", { "gitops.yaml": `targets: [waivers.yaml]\n` }],
    ["the finding is waived", { "waivers.yaml": waiver }],
  ])("although %s in the working tree", async (_, more) => {
    expect(await judged(changed(more))).toEqual({ code: 1, found: refusal, waived: 0 });
  });

  test("although the folder of policies is gone", async () => {
    const cwd = changed({});
    rmSync(join(cwd, "policies"), { recursive: true });
    expect((await judged(cwd)).found).toEqual(refusal);
  });

  test("although a symlink replaces the folder of policies", async () => {
    const cwd = changed({ "elsewhere/shop/storage.yaml": policy("info") });
    rmSync(join(cwd, "policies"), { recursive: true });
    symlinkSync("elsewhere", join(cwd, "policies"));
    expect((await judged(cwd)).found).toEqual(refusal);
  });

  test("through a symlink of that revision, whatever it points to in the working tree", async () => {
    const cwd = newRepository();
    writeFilesIn(cwd, { ...shop, "lib/storage.yaml": policy("error") });
    rmSync(join(cwd, "policies/shop/storage.yaml"));
    symlinkSync("../../lib/storage.yaml", join(cwd, "policies/shop/storage.yaml"));
    commit(cwd, {});
    writeFilesIn(cwd, { "overlays/live/data.yaml": claim("9Gi"), "lib/storage.yaml": policy("info") });
    expect((await judged(cwd)).found).toEqual(refusal);
  });

  test("unless a folder of the change poses as a repository, which is an error", async () => {
    const [own, cwd] = [newRepository(), newRepository()];
    commit(own, { "gitops.yaml": "targets: [overlays]\n" });
    const files = Object.entries(shop).map(([path, content]) => [`team/${path}`, content]);
    commit(cwd, { ...Object.fromEntries(files), "team/overlays/live/data.yaml": claim("9Gi") });
    const team = join(cwd, "team");
    cpSync(join(own, ".git"), team, { recursive: true });
    git(team, ["config", "--file", "config", "core.worktree", "."]);
    const { code, stderr } = await gitops(["check", "--judged-by", "main"], { cwd: team });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `gitops: Git treats ${team}, or a folder above it, as a bare repository, which could hide the repository around it: remove HEAD, objects and refs from it, or run this elsewhere\n`,
    });
  });

  test("including its waivers", async () => {
    const cwd = newRepository();
    commit(cwd, { ...shop, "waivers.yaml": waiver });
    writeFilesIn(cwd, { "overlays/live/data.yaml": claim("9Gi"), "waivers.yaml": "[]\n" });
    expect(await judged(cwd)).toEqual({ code: 0, found: refusal, waived: 1 });
  });

  test("and an unused waiver there is reported at its line, as if it were in the working tree", async () => {
    const cwd = newRepository();
    commit(cwd, { ...shop, "waivers.yaml": `# none\n- ${waiver.slice(1, -1)}\n` });
    expect((await judged(cwd)).found).toEqual(["gitops/waiver-unused waivers.yaml:2"]);
  });
});

describe("a target that the revision names", () => {
  const base = {
    "gitops.yaml":
      "targets: [overlays, single]\noverrides: [{ match: [overlays/live, overlays/old], profile: strict, reason: r }]\n" +
      "scopes: [{ match: overlays/old, against: bases/old, allow: [] }]\n",
    "bases/old/map.yaml": claim("1Gi"),
    "bases/old/kustomization.yaml": "resources: [map.yaml]\n",
    "overlays/old/kustomization.yaml": "resources: [../../bases/old]\n",
    "overlays/live/kustomization.yaml": "resources: [../../bases/old]\nnamespace: live\n",
    "single/kustomization.yaml": "resources: [../bases/old]\nnamespace: single\n",
  };
  const paths = async (cwd: string) => {
    const { code, report } = await check(["--base", "main", "--judged-by", "main"], { cwd });
    return { code, targets: report.targets.map(({ path }) => path) };
  };

  test("can be removed by the change, with its base", async () => {
    const cwd = newRepository();
    commit(cwd, base);
    for (const path of ["overlays/old", "single"]) rmSync(join(cwd, path), { recursive: true });
    expect(await paths(cwd)).toEqual({ code: 0, targets: ["overlays/live"] });
    writeFilesIn(cwd, { "overlays/live/kustomization.yaml": "resources: [map.yaml]\n" });
    writeFilesIn(cwd, { "overlays/live/map.yaml": claim("1Gi") });
    rmSync(join(cwd, "bases"), { recursive: true });
    expect(await paths(cwd)).toEqual({ code: 0, targets: ["overlays/live"] });
  });

  test("can be renamed by the change", async () => {
    const cwd = newRepository();
    commit(cwd, base);
    renameSync(join(cwd, "overlays/old"), join(cwd, "overlays/new"));
    expect(await paths(cwd)).toEqual({ code: 0, targets: ["overlays/live", "overlays/new", "single"] });
  });

  test("is an error if it exists on neither side", async () => {
    const cwd = newRepository();
    commit(cwd, { ...base, "gitops.yaml": "targets: [overlays, singel]\n" });
    const { code, stderr } = await gitops(["check", "--judged-by", "main"], { cwd });
    expect([code, stderr]).toEqual([2, 'gitops: singel does not exist, did you mean "single"?\n']);
  });
});

describe("reports of shards", () => {
  const mergeArgs = (merge: readonly string[]) => ["report", "merge", "1.json", "2.json", ...merge];

  /** A change that breaks a rule and waives it, judged in two shards. */
  async function judgedInShards(...judge: string[]): Promise<string> {
    const cwd = changed({ "waivers.yaml": waiver, "overlays/more/kustomization.yaml": "resources: [../live]\n" });
    for (const index of [1, 2])
      await gitops(["check", "--shard", `${index}/2`, "-o", `json=${index}.json`, ...judge], { cwd });
    return cwd;
  }

  test("are merged with the waivers of the revision that judged them", async () => {
    const cwd = await judgedInShards("--judged-by", "main");
    const { code, stdout } = await gitops(mergeArgs(["--judged-by", "main"]), { cwd });
    expect([code, stdout]).toEqual([1, expect.stringContaining("1 error, 0 warnings, 0 waived")]);
  });

  test.each([
    [
      ["--judged-by", "main"],
      [],
      "the shards used the rules of COMMIT, but this merge uses those of the working tree: pass --judged-by COMMIT",
    ],
    [
      [],
      ["--judged-by", "main"],
      "the shards used the rules of the working tree, but this merge uses those of COMMIT: leave out --judged-by",
    ],
  ])("judged with %j are not merged with %j", async (shards, merge, message) => {
    const cwd = await judgedInShards(...shards);
    const commitOf = git(cwd, ["rev-parse", "main"]).slice(0, 12);
    const { code, stderr } = await gitops(mergeArgs(merge), { cwd });
    expect([code, stderr]).toEqual([2, `gitops: ${message.replaceAll("COMMIT", commitOf)}\n`]);
  });

  test("judged by different revisions are not of the same run", async () => {
    const cwd = await judgedInShards("--judged-by", "main");
    await gitops(["check", "--shard", "2/2", "-o", "json=2.json"], { cwd });
    const { code, stderr } = await gitops(mergeArgs(["--judged-by", "main"]), { cwd });
    expect([code, stderr]).toEqual([2, expect.stringContaining("they differ in --judged-by")]);
  });
});

describe("no code of the judged tree is run", () => {
  test("neither its models nor its policies", async () => {
    const cwd = changed({
      "policies/trap.mjs": trap,
      "models.mjs": trap,
      "gitops.yaml": `${shop["gitops.yaml"]}generate: { models: models.mjs }\n`,
    });
    const { stderr, report } = await check(["--judged-by", "main"], { cwd });
    expect(triples(report)).toEqual(refusal);
    expect(stderr).toContain("generated files are not compared");
    expect(existsSync(join(cwd, "trace"))).toBe(false);
    expect(existsSync(join(cwd, "policies/trace"))).toBe(false);
  });

  test("although it is run without the flag", async () => {
    const cwd = changed({
      "models.mjs": trap,
      "gitops.yaml": `${shop["gitops.yaml"]}generate: { models: models.mjs }\n`,
    });
    await check([], { cwd });
    expect(existsSync(join(cwd, "trace"))).toBe(true);
  });
});

test("policy modules are those of the revision, also in a subfolder of the repository", async () => {
  const cwd = newRepository();
  const module = (name: string) =>
    `export const policy = { id: "shop/${name}", severity: "error", why: "w", fix: "f", match: { kind: "PersistentVolumeClaim" }, check: () => [{ pointer: "", message: "no" }] };\n`;
  commit(cwd, {
    "team/gitops.yaml": "targets: [app]\npolicies: [rules]\n",
    "team/rules/one.mjs": module("then"),
    "team/app/data.yaml": claim("1Gi"),
  });
  writeFilesIn(cwd, { "team/rules/one.mjs": module("now") });
  const { report } = await check(["--judged-by", "main"], { cwd: join(cwd, "team") });
  expect(triples(report)).toEqual(["shop/then app/data.yaml:1"]);
});

describe("--config names a file of the revision", () => {
  test("also by an absolute path", async () => {
    const cwd = newRepository();
    commit(cwd, { ...shop, "team/gate.yaml": "targets: [../overlays]\npolicies: [../policies]\n" });
    writeFilesIn(cwd, { "overlays/live/data.yaml": claim("9Gi"), "team/gate.yaml": "targets: [../overlays]\n" });
    const { report } = await check(["--judged-by", "main", "--config", join(cwd, "team/gate.yaml")], { cwd });
    expect(triples(report)).toEqual(refusal);
  });

  test.each(["../gate.yaml", "/gate.yaml"])("and cannot name %s", async (path) => {
    const cwd = changed({});
    const { code, stderr } = await gitops(["check", "--judged-by", "main", "--config", path], { cwd });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `gitops: --config ${path} is outside of the repository ${cwd}: name a file in it, so that its revisions have it too\n`,
    });
  });
});

test.each<[string, Readonly<Record<string, string>>, string]>([
  ["configuration", { "gitops.yaml": "targets: overlays: x\n" }, "at main: gitops.yaml:1:18: not valid YAML: "],
  ["policy", { "policies/a.yaml": "id: 1\n" }, 'at main: policies/a.yaml:1:1: "why" is missing\n'],
  [
    "policies",
    { "gitops.yaml": "policies: [rules]\n" },
    "at main: cannot read rules: there is no such file or folder\n",
  ],
  [
    "contracts",
    { "gitops.yaml": "contracts: c.yaml\n" },
    "at main: cannot read c.yaml: there is no such file or folder\n",
  ],
  ["waivers", { "waivers.yaml": "- 1\n" }, "at main: waivers.yaml:1:3: /0: 1 should be of type object\n"],
  ["schemas", { "gitops.yaml": "schemas: [crd.yaml]\n", "crd.yaml": "a: {\n" }, "at main: crd.yaml:"],
])("a mistake in the revision's %s is reported at its path there", async (_, files, expected) => {
  const cwd = newRepository();
  commit(cwd, { ...shop, ...files });
  writeFilesIn(cwd, shop);
  const { code, stderr } = await gitops(["check", "--judged-by", "main"], { cwd });
  expect({ code, stderr }).toEqual({ code: 2, stderr: expect.stringMatching(/^gitops: at main: [^.]/) });
  expect(stderr).toContain(expected);
});

test.each([
  [["--judged-by", "gone"], 'there is no commit "gone" in this repository'],
  [["--judged-by", "main", "--policies", "policies"], "leave out either --policies or --judged-by"],
  [["--judged-by", "main", "--waivers", "waivers.yaml"], "leave out either --waivers or --judged-by"],
])("gitops check %j is rejected with a reason", async (flags, why) => {
  const { code, stderr, stdout } = await gitops(["check", ...flags], { cwd: changed({}) });
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toContain(why);
});
