import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { commit, git, newRepository } from "../git/repository.ts";
import { configMap } from "../load/tree.ts";
import { gitops, writeFilesIn } from "../run.ts";
import { diffReport, summaryLine } from "./history.ts";
import { claim, config, reads, secret, service, workload } from "./table.ts";

const yaml = (...objects: object[]) => objects.map((object) => JSON.stringify(object)).join("\n---\n");
const overlay = (namespace: string, more = "") => `resources: [../../base]\nnamespace: ${namespace}\n${more}`;
const generated = (value: string) =>
  `resources: [all.yaml]\nconfigMapGenerator:\n  - name: settings\n    literals:\n      - a=${value}\n`;

const shop = {
  "gitops.yaml": "targets: [overlays]\n",
  "base/kustomization.yaml": "resources: [all.yaml]\n",
  "base/all.yaml": yaml(workload({ replicas: 2 }), service()),
  "overlays/a/kustomization.yaml": overlay("a"),
  "overlays/b/kustomization.yaml": overlay("b"),
};

/** A repository with the shop in its first commit. */
function repositoryOf(files: Readonly<Record<string, string>> = {}): string {
  const cwd = newRepository();
  commit(cwd, { ...shop, ...files });
  return cwd;
}

const outline = (report: Awaited<ReturnType<typeof diffReport>>["report"]) => ({
  targets: report.targets.map(({ path, status }) => `${path} ${status}`),
  changes: report.changes.map((change) => `${change.target} ${summaryLine(change)}`),
});

describe("what is compared", () => {
  test("a working tree, without touching the index or files", async () => {
    const cwd = repositoryOf();
    writeFilesIn(cwd, { "base/all.yaml": yaml(workload({ replicas: 3 }), service()), "note.txt": "x" });
    git(cwd, ["add", "note.txt"]);
    const before = git(cwd, ["status", "--porcelain"]);
    const { report, code } = await diffReport(["main"], { cwd });
    expect(outline(report)).toEqual({
      targets: ["overlays/a changed", "overlays/b changed"],
      changes: ["overlays/a changed Deployment/web: scale", "overlays/b changed Deployment/web: scale"],
    });
    expect([report.base, report.head, code]).toEqual(["main", "working tree", 0]);
    expect(git(cwd, ["status", "--porcelain"])).toBe(before);
  });

  test("two revisions from a subfolder, whatever the working tree contains", async () => {
    const cwd = repositoryOf();
    commit(cwd, { "overlays/a/kustomization.yaml": overlay("a", "replicas: [{name: web, count: 5}]\n") });
    commit(cwd, { "overlays/b/kustomization.yaml": overlay("b", "replicas: [{name: web, count: 7}]\n") });
    writeFilesIn(cwd, { "base/all.yaml": "not: [yaml" });
    const { report } = await diffReport(["HEAD~2", "HEAD~1"], { cwd: join(cwd, "overlays") });
    expect(outline(report)).toEqual({
      targets: ["a changed", "b unchanged"],
      changes: ["a changed Deployment/web: scale"],
    });
    expect(report.changes[0]?.fields[0]).toMatchObject({ before: 2, after: 5, file: "a/kustomization.yaml", line: 3 });
  });

  test.each([
    ["main...side", ["overlays/a changed Deployment/web: scale"]],
    ["main..side", ["overlays/a changed Deployment/web: scale", "overlays/b changed Deployment/web: scale"]],
    ["side...", ["overlays/b changed Deployment/web: scale"]],
  ])("%s", async (range, expected) => {
    const cwd = repositoryOf();
    git(cwd, ["checkout", "-q", "-b", "side"]);
    commit(cwd, { "overlays/a/kustomization.yaml": overlay("a", "replicas: [{name: web, count: 5}]\n") });
    git(cwd, ["checkout", "-q", "main"]);
    commit(cwd, { "overlays/b/kustomization.yaml": overlay("b", "replicas: [{name: web, count: 7}]\n") });
    expect(outline((await diffReport([range], { cwd })).report).changes).toEqual(expected);
  });

  test("the current commit of a force-moved branch", async () => {
    const cwd = repositoryOf();
    git(cwd, ["checkout", "-q", "-b", "side"]);
    commit(cwd, { "base/all.yaml": yaml(workload({ replicas: 9 }), service()) });
    git(cwd, ["branch", "-f", "side-moved", "side"]);
    git(cwd, ["branch", "-f", "side-moved", "main"]);
    expect((await diffReport(["main", "side-moved"], { cwd })).report.changes).toEqual([]);
  });

  test("histories without a commit in common have no merge base", async () => {
    const cwd = repositoryOf();
    git(cwd, ["checkout", "-q", "--orphan", "other"]);
    commit(cwd, { "base/all.yaml": yaml(workload({ replicas: 4 }), service()) });
    const { code, stderr } = await gitops(["diff", "main...other"], { cwd });
    expect([code, stderr]).toEqual([2, expect.stringContaining("have no commit in common")]);
    expect((await diffReport(["main", "other"], { cwd })).report.summary.changed).toBe(2);
  });

  test("a shallow clone gets advice on how to fetch the rest", async () => {
    const cwd = repositoryOf();
    commit(cwd, { "note.txt": "x" });
    const clone = newRepository();
    git(clone, ["fetch", "-q", "--depth", "1", `file://${cwd}`, "main"]);
    git(clone, ["checkout", "-q", "FETCH_HEAD"]);
    const { code, stderr } = await gitops(["diff", "HEAD~1"], { cwd: clone });
    expect([code, stderr]).toEqual([2, expect.stringContaining("git fetch --unshallow")]);
  });

  test("a submodule is compared with the commit of it that the base has", async () => {
    const shared = repositoryOf();
    const cwd = repositoryOf();
    git(cwd, ["-c", "protocol.file.allow=always", "submodule", "add", "-q", shared, "shared"]);
    commit(cwd, { "gitops.yaml": "targets: [overlays, shared/overlays]\n" });
    const unchanged = await diffReport(["HEAD"], { cwd });
    expect(unchanged.report.summary.targets).toMatchObject({ unchanged: 4, added: 0 });
    commit(join(cwd, "shared"), { "overlays/a/kustomization.yaml": overlay("a", "namePrefix: new-\n") });
    commit(cwd, {});
    for (const sides of [["HEAD~1"], ["HEAD~1", "HEAD"]]) {
      const { report } = await diffReport(sides, { cwd });
      expect(report.targets).toContainEqual({ path: "shared/overlays/a", status: "changed" });
      expect(report.summary.targets).toMatchObject({ changed: 1, unchanged: 3 });
    }
    const { stdout } = await gitops(["check", "--base", "HEAD~1", "-o", "json"], { cwd });
    const { findings } = JSON.parse(stdout) as { findings: { target: string; status: string }[] };
    const statuses = findings.filter(({ target }) => target === "shared/overlays/b").map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set(["old"]));
  });

  test("binary files and submodules do no harm", async () => {
    const cwd = repositoryOf({ "logo.png": "\u0000\u0001" });
    git(cwd, ["update-index", "--add", "--cacheinfo", `160000,${git(cwd, ["rev-parse", "HEAD"])},sub`]);
    git(cwd, ["commit", "-q", "-m", "A submodule"]);
    writeFileSync(join(cwd, "logo.png"), Buffer.from([0, 255, 1]));
    expect((await diffReport(["HEAD~1"], { cwd })).report.changes).toEqual([]);
  });
});

describe("targets", () => {
  test("can be added, removed, renamed and unchanged", async () => {
    const cwd = repositoryOf({
      "overlays/c/kustomization.yaml": overlay("c", "configMapGenerator: [{name: x, literals: [a=b]}]\n"),
      "overlays/d/kustomization.yaml": "resources: [d.yaml]\n",
      "overlays/d/d.yaml": yaml(config({ a: "1" }, {}, "only-in-d")),
    });
    renameSync(join(cwd, "overlays/c"), join(cwd, "overlays/moved"));
    rmSync(join(cwd, "overlays/d"), { recursive: true });
    writeFilesIn(cwd, { "overlays/new/kustomization.yaml": overlay("new") });
    const { report } = await diffReport(["HEAD"], { cwd });
    expect(outline(report)).toEqual({
      targets: [
        "overlays/a unchanged",
        "overlays/b unchanged",
        "overlays/d removed",
        "overlays/moved renamed",
        "overlays/new added",
      ],
      changes: [
        "overlays/d removed ConfigMap/only-in-d: none",
        "overlays/new added Service/web: none",
        "overlays/new added Deployment/web: none",
      ],
    });
    expect(report.targets.find(({ status }) => status === "renamed")?.from).toBe("overlays/c");
  });

  test("that do not render in the base are shown in their current state", async () => {
    const cwd = repositoryOf({ "overlays/a/kustomization.yaml": overlay("a", "patches: [{path: missing.yaml}]\n") });
    writeFilesIn(cwd, { "overlays/a/kustomization.yaml": overlay("a") });
    const { report, code } = await diffReport(["HEAD"], { cwd });
    expect(outline(report)).toEqual({
      targets: ["overlays/a error", "overlays/b unchanged"],
      changes: ["overlays/a added Service/web: none", "overlays/a added Deployment/web: none"],
    });
    expect(report.targets[0]?.problems?.[0]).toMatchObject({ side: "base", file: "overlays/a/kustomization.yaml" });
    expect(code).toBe(0);
  });

  test("that no longer render are an error, and the others are still reported", async () => {
    const cwd = repositoryOf();
    writeFilesIn(cwd, {
      "overlays/a/kustomization.yaml": overlay("a", "patches: [{path: missing.yaml}]\n"),
      "overlays/b/kustomization.yaml": overlay("b", "replicas: [{name: web, count: 7}]\n"),
    });
    const { report, code } = await diffReport(["HEAD"], { cwd });
    expect(outline(report)).toEqual({
      targets: ["overlays/a error", "overlays/b changed"],
      changes: ["overlays/b changed Deployment/web: scale"],
    });
    expect(code).toBe(1);
  });

  test.each([
    ["in a folder", { "gitops.yaml": "targets: [m, m2]\n" }],
    ["in a folder that contains something else", { "gitops.yaml": "targets: [m, m2]\n", "m/b.yaml": configMap("b") }],
    ["in a folder that was found", { "overlays/a/kustomization.yaml": "resources: []\n" }],
  ])("are not removed by a mistake in a manifest %s", async (_, files) => {
    const cwd = newRepository();
    commit(cwd, { ...files, "m/all.yaml": configMap("a"), "m2/all.yaml": configMap("c") });
    writeFilesIn(cwd, { "m/all.yaml": "foo: [\n" });
    for (const revisions of [["HEAD"], ["HEAD", "--no-cache"]]) {
      const { report, code } = await diffReport(revisions, { cwd });
      expect(outline(report)).toMatchObject({ targets: expect.arrayContaining(["m error"]), changes: [] });
      expect(report.targets.find(({ path }) => path === "m")?.problems).toMatchObject([
        { side: "head", file: "m/all.yaml", line: 2, message: expect.stringMatching(/^not valid YAML/) },
      ]);
      expect(code).toBe(1);
    }
  });

  test("are not removed in part by a mistake in the only manifest of a subfolder", async () => {
    const cwd = newRepository();
    commit(cwd, { "m/all.yaml": configMap("a"), "b.yaml": configMap("b") });
    writeFilesIn(cwd, { "m/all.yaml": "foo: [\n" });
    expect(outline((await diffReport(["HEAD"], { cwd })).report)).toEqual({ targets: [". error"], changes: [] });
  });

  test("are removed if their file is something else now", async () => {
    const cwd = newRepository();
    commit(cwd, { "m/all.yaml": configMap("a"), "m2/all.yaml": configMap("b"), "k/kustomization.yaml": "" });
    writeFilesIn(cwd, { "m/all.yaml": "foo: []\n" });
    expect(outline((await diffReport(["HEAD"], { cwd })).report).targets).toEqual([
      "k unchanged",
      "m removed",
      "m2 unchanged",
    ]);
  });

  test("are taken from each side's configuration", async () => {
    const cwd = repositoryOf();
    writeFilesIn(cwd, { "gitops.yaml": "targets: [overlays/b]\n" });
    const { report } = await diffReport(["HEAD"], { cwd });
    expect(outline(report).targets).toEqual(["overlays/a removed", "overlays/b unchanged"]);
  });

  test("may be selected", async () => {
    const cwd = repositoryOf();
    writeFilesIn(cwd, { "base/all.yaml": yaml(workload({ replicas: 3 }), service()) });
    const { report } = await diffReport(["HEAD", "--target", "overlays/b"], { cwd });
    expect(outline(report).targets).toEqual(["overlays/b changed"]);
  });
});

describe("generated names", () => {
  const state = (value: string, more: Record<string, string> = {}) => ({
    "base/kustomization.yaml": generated(value),
    "base/all.yaml": yaml(reads("variables"), service()),
    ...more,
  });

  test("are one change, with the resulting rollouts", async () => {
    const cwd = repositoryOf(state("1"));
    writeFilesIn(cwd, state("2"));
    const { report } = await diffReport(["HEAD", "--target", "overlays/a"], { cwd });
    const [change, ...others] = report.changes;
    expect(others).toEqual([]);
    expect(change).toMatchObject({
      action: "changed",
      kind: "ConfigMap",
      effects: ["rolling-restart"],
      rollouts: ["apps/v1/Deployment/a/web"],
      fields: [{ path: "data.a", before: "1", after: "2", file: "base/kustomization.yaml", line: 5 }],
    });
  });

  test("are left out of a workload that also changes otherwise", async () => {
    const cwd = repositoryOf(state("1"));
    const scaled = reads("variables");
    writeFilesIn(
      cwd,
      state("2", { "base/all.yaml": yaml({ ...scaled, spec: { ...scaled.spec, replicas: 4 } }, service()) }),
    );
    const { report } = await diffReport(["HEAD", "--target", "overlays/a"], { cwd });
    expect(outline(report).changes.sort()).toEqual([
      "overlays/a changed ConfigMap/settings-82dm857gdk: rolling-restart".replace(
        /settings-\w+/,
        report.changes[0]?.name ?? "",
      ),
      "overlays/a changed Deployment/web: scale",
    ]);
  });

  test("of Secrets do not reveal their values", async () => {
    const secrets = (value: string) =>
      `resources: [all.yaml]\nsecretGenerator: [{name: keys, literals: [p=${value}]}]\n`;
    const cwd = repositoryOf({ "base/kustomization.yaml": secrets("hunter2") });
    writeFilesIn(cwd, { "base/kustomization.yaml": secrets("correct-horse") });
    for (const format of ["pretty", "json", "markdown", "diff"]) {
      const { stdout } = await gitops(["diff", "HEAD", "-o", format], { cwd });
      expect(stdout).toContain("keys");
      expect(stdout).not.toMatch(/hunter2|correct-horse|aHVudGVyM|Y29ycmVjd/);
    }
  });
});

describe("lines of changes", () => {
  test("may be in a component, a patch and a base", async () => {
    const cwd = repositoryOf({
      "components/more/kustomization.yaml":
        "apiVersion: kustomize.config.k8s.io/v1alpha1\nkind: Component\npatches: [{path: p.yaml}]\n",
      "components/more/p.yaml":
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec:\n  minReadySeconds: 5\n",
      "overlays/a/kustomization.yaml": overlay("a", "components: [../../components/more]\n"),
    });
    writeFilesIn(cwd, {
      "components/more/p.yaml":
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, namespace: shop}\nspec:\n  minReadySeconds: 9\n",
      "overlays/a/kustomization.yaml": overlay(
        "a",
        "components: [../../components/more]\nlabels: [{pairs: {team: x}}]\n",
      ),
    });
    const { report } = await diffReport(["HEAD", "--target", "overlays/a"], { cwd });
    const fields = report.changes.flatMap((change) =>
      change.fields.map((field) => [change.kind, field.path, field.file, field.line]),
    );
    expect(fields).toContainEqual(["Deployment", "spec.minReadySeconds", "components/more/p.yaml", 5]);
    expect(fields).toContainEqual(["Service", "metadata.labels", "overlays/a/kustomization.yaml", 4]);
  });

  test("of stringData are where it is written, although it is stored as data", async () => {
    const text = (password: string, more: string) =>
      `apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\nstringData:\n  user: shop\n  password: ${password}\n${more}`;
    const cwd = repositoryOf({ "base/all.yaml": text("one", "data:\n  key: YQ==\n") });
    writeFilesIn(cwd, { "base/all.yaml": text("two", "data:\n  key: Yg==\n") });
    const { report } = await diffReport(["HEAD", "--target", "overlays/a"], { cwd });
    expect(report.changes[0]?.fields.map(({ path, line }) => `${path}:${line}`)).toEqual([
      "data.key:9",
      "data.password:7",
    ]);
  });

  test("of an immutable Secret are where it is written", async () => {
    const text = (password: string) =>
      `apiVersion: v1\nkind: Secret\nmetadata:\n  name: db\nimmutable: true\nstringData:\n  password: ${password}\n`;
    const cwd = repositoryOf({ "base/all.yaml": text("one") });
    writeFilesIn(cwd, { "base/all.yaml": text("two") });
    const { report } = await diffReport(["HEAD", "--target", "overlays/a"], { cwd });
    expect(report.changes[0]?.fields).toMatchObject([{ path: "data.password", effect: "rejected", line: 7 }]);
  });
});

describe("the exit status", () => {
  const changed = async (...flags: string[]) => {
    const cwd = repositoryOf({ "base/all.yaml": yaml(workload(), claim()) });
    mkdirSync(join(cwd, "empty"));
    writeFilesIn(cwd, { "base/all.yaml": yaml(workload({}, {}, { image: "i:2" })) });
    return (await gitops(["diff", "HEAD", ...flags], { cwd })).code;
  };

  test.each([
    [[], 0],
    [["--exit-code"], 1],
    [["--fail-on", "rejected,traffic-loss"], 0],
    [["--fail-on", "rejected, data-loss"], 1],
    [["--fail-on", "rolling-restart"], 1],
    [["--fail-on", "none"], 2],
    [["--fail-on", ""], 2],
  ])("%j: %d", async (flags, expected) => {
    expect(await changed(...flags)).toBe(expected);
  });

  test("is 0 if nothing changes", async () => {
    const cwd = repositoryOf({ "base/all.yaml": `${yaml(secret({ a: "b" }))}\n` });
    writeFilesIn(cwd, { "base/all.yaml": `# The same\n${yaml(secret({ a: "b" }))}\n` });
    expect((await gitops(["diff", "HEAD", "--exit-code"], { cwd })).code).toBe(0);
  });
});
