import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Finding } from "../../tools/core/finding.ts";
import { markNew } from "../../tools/gate/base/mark-new.ts";
import validate from "../../tools/report/report.schema.json?validate";
import { definitionOf } from "../definition.ts";
import { commit, newRepository } from "../git/repository.ts";
import { check as checked, gitops, pinnedKustomize, type RunOptions, writeFilesIn } from "../run.ts";

const config = (name: string, type = "ConfigMap") =>
  `apiVersion: v1\nkind: ${type}\nmetadata:\n  name: ${name}\n  namespace: shop\n`;
const wrong = (name: string, field = "dta") => `${config(name)}${field}: {}\n`;
const overlay = (...files: string[]) => `resources: [${files.join(", ")}]\n`;

const shop = {
  "gitops.yaml": "targets: [overlays]\nprofile: baseline\n",
  "overlays/a/kustomization.yaml": overlay("a.yaml", "b.yaml"),
  "overlays/a/a.yaml": wrong("a"),
  "overlays/a/b.yaml": config("b"),
  "overlays/b/kustomization.yaml": overlay("c.yaml"),
  "overlays/b/c.yaml": wrong("c"),
};

const validations = "x-kubernetes-validations";

/** A definition of Jar, whose size can only grow. */
const jars = definitionOf("Jar", "jars", {
  type: "object",
  properties: {
    size: { type: "integer", [validations]: [{ rule: "self >= oldSelf", message: "size can only grow" }] },
  },
});

const jar = (size: unknown) =>
  JSON.stringify({ apiVersion: "example.com/v1", kind: "Jar", metadata: { name: "j", namespace: "shop" }, size });

function repositoryOf(files: Readonly<Record<string, string>> = {}): string {
  const cwd = newRepository();
  commit(cwd, { ...shop, ...files });
  return cwd;
}

async function check(args: readonly string[], options: RunOptions) {
  const result = await checked(args, options);
  if (!validate(result.report)) throw new Error(JSON.stringify(validate.errors));
  return result;
}

const of = ({ report: { findings, fixed = [] } }: Awaited<ReturnType<typeof check>>) => [
  ...findings.map(({ status, rule, target }) => `${status} ${rule} ${target}`),
  ...fixed.map(({ rule, target }) => `fixed ${rule} ${target}`),
];

describe("with a base, findings are", () => {
  test("old if nothing changed, and new or fixed if something did", async () => {
    const cwd = repositoryOf();
    writeFilesIn(cwd, { "overlays/a/a.yaml": config("a"), "overlays/a/b.yaml": wrong("b") });
    const result = await check(["--base", "main"], { cwd });
    expect(of(result)).toEqual([
      "new schema/unknown-field overlays/a",
      "old schema/unknown-field overlays/b",
      "fixed schema/unknown-field overlays/a",
    ]);
    expect(result.report.fixed).toMatchObject([{ file: "overlays/a/a.yaml", line: 6 }]);
    expect(result.report.base?.ref).toBe("main");
    expect(result.report.summary).toMatchObject({ errors: 2, new: 1, old: 1, fixed: 1, staleWaivers: 0 });
    const { stdout } = await gitops(["check", "--base", "main"], { cwd });
    expect(stdout).toContain("since main: 1 new, 1 fixed");
    expect(stdout).toMatch(/error {4}schema\/unknown-field {2}new/);
  });

  test("neither old nor new without a base", async () => {
    const { report } = await check([], { cwd: repositoryOf() });
    expect(report.findings.map(({ status }) => status)).toEqual([undefined, undefined]);
    expect([report.base, report.fixed, report.summary.new]).toEqual([undefined, undefined, undefined]);
  });

  test("old in a target that moved, and fixed in a deleted one", async () => {
    const cwd = repositoryOf();
    renameSync(join(cwd, "overlays/a"), join(cwd, "overlays/moved"));
    rmSync(join(cwd, "overlays/b"), { recursive: true });
    expect(of(await check(["--base", "main"], { cwd }))).toEqual([
      "old schema/unknown-field overlays/moved",
      "fixed schema/unknown-field overlays/b",
    ]);
  });

  test("new in a new target and in one that did not render", async () => {
    const cwd = repositoryOf({ "overlays/a/kustomization.yaml": overlay("a.yaml", "missing.yaml") });
    writeFilesIn(cwd, { "overlays/a/kustomization.yaml": overlay("a.yaml"), "overlays/n/c.yaml": wrong("new") });
    const result = await check(["--base", "main"], { cwd });
    expect(of(result)).toEqual([
      "new schema/unknown-field overlays/a",
      "old schema/unknown-field overlays/b",
      "new schema/unknown-field overlays/n",
      "fixed render/failed overlays/a",
    ]);
    expect(result.stderr).toContain("overlays/a does not render at main");
  });

  test("judged with the definitions of other targets", async () => {
    const cwd = repositoryOf({
      "overlays/b/c.yaml": JSON.stringify(jars),
      "overlays/a/a.yaml": jar(1),
    });
    writeFilesIn(cwd, { "overlays/a/a.yaml": jar("large") });
    expect(of(await check(["--base", "main"], { cwd }))).toEqual(["new schema/type overlays/a"]);
    writeFilesIn(cwd, { "overlays/a/a.yaml": jar(1), "overlays/b/c.yaml": config("c") });
    expect(of(await check(["--base", "main"], { cwd }))).toEqual(["new schema/unknown-kind overlays/a"]);
  });
});

describe("a definition's rules about changes are checked", () => {
  test.each([
    ["for a definition in another target", { "overlays/b/c.yaml": JSON.stringify(jars) }],
    [
      "for a definition in the same target",
      { "overlays/a/b.yaml": JSON.stringify(jars), "overlays/b/c.yaml": config("c") },
    ],
    [
      "for a definition that the configuration names",
      {
        "gitops.yaml": "targets: [overlays]\nprofile: baseline\nschemas: [crds]\n",
        "crds/jars.yaml": JSON.stringify(jars),
        "overlays/b/c.yaml": config("c"),
      },
    ],
  ])("%s", async (_, files) => {
    const cwd = repositoryOf({ ...files, "overlays/a/a.yaml": jar(2) });
    writeFilesIn(cwd, { "overlays/a/a.yaml": jar(3) });
    expect(of(await check(["--base", "main"], { cwd }))).toEqual([]);
    writeFilesIn(cwd, { "overlays/a/a.yaml": jar(1) });
    for (const flags of [[], ["--no-cache"]]) {
      const result = await check(["--base", "main", ...flags], { cwd });
      expect(of(result)).toEqual(["new apply/immutable-field overlays/a"]);
      expect(result.report.findings).toMatchObject([
        { pointer: "/size", file: "overlays/a/a.yaml", line: 1, message: "Jar.size: size can only grow" },
      ]);
    }
  });
});

describe("a generated file that differs from its models is", () => {
  const models = `import { name } from "./names.mjs";
export const models = [{ path: "generated.yaml", purpose: "A map.", source: "models.mjs",
  resource: { apiVersion: "v1", kind: "ConfigMap", metadata: { name } } }];
`;
  const edited = {
    "gitops.yaml": "targets: [overlays]\nprofile: baseline\ngenerate: { models: models.mjs }\n",
    "models.mjs": models,
    "names.mjs": 'export const name = "a";\n',
    "generated.yaml": config("a"),
  };

  test.each([
    ["old if neither changed", { "overlays/b/c.yaml": config("c") }, ["old"]],
    ["new if the file was edited", { "generated.yaml": config("b") }, ["new"]],
    ["new if a module of the models was edited", { "names.mjs": 'export const name = "b";\n' }, ["new"]],
  ])("%s", async (_, change, expected) => {
    const cwd = repositoryOf(edited);
    writeFilesIn(cwd, change);
    for (const flags of [[], ["--no-cache"]]) {
      const { report } = await check(["--base", "main", ...flags], { cwd });
      const drift = report.findings.filter(({ rule }) => rule === "gitops/generated-drift");
      expect(drift.map(({ status }) => status)).toEqual(expected);
    }
  });
});

test("a finding about two targets is old too, and is fixed by a change of the other target", async () => {
  const sync = (name: string) =>
    JSON.stringify({
      apiVersion: "kustomize.toolkit.fluxcd.io/v1",
      kind: "Kustomization",
      metadata: { name, namespace: "flux-system" },
      spec: {
        interval: "10m",
        path: `./overlays/${name}`,
        prune: true,
        sourceRef: { kind: "GitRepository", name: "r" },
      },
    });
  const source = JSON.stringify({
    apiVersion: "source.toolkit.fluxcd.io/v1",
    kind: "GitRepository",
    metadata: { name: "r", namespace: "flux-system" },
    spec: { interval: "10m", url: "https://git.example.com/team/shop" },
  });
  const cwd = repositoryOf({
    "gitops.yaml": "targets: [overlays, clusters]\nprofile: baseline\nrepository: https://git.example.com/team/shop\n",
    "clusters/kustomization.yaml": overlay("a.yaml", "b.yaml", "r.yaml"),
    "clusters/a.yaml": sync("a"),
    "clusters/b.yaml": sync("b"),
    "clusters/r.yaml": source,
    "overlays/a/a.yaml": config("both"),
    "overlays/b/c.yaml": config("both"),
  });
  writeFilesIn(cwd, { "overlays/a/b.yaml": config("other") });
  const found = of(await check(["--base", "main"], { cwd }));
  expect(found.length).toBeGreaterThan(0);
  expect(new Set(found.map((one) => one.replace(/ overlays.*| clusters.*/, "")))).toEqual(
    new Set(["old gitops/owned-twice"]),
  );
  writeFilesIn(cwd, { "overlays/a/a.yaml": config("own") });
  const fixed = of(await check(["--base", "main"], { cwd }));
  expect(fixed.map((one) => one.split(" ")[0])).toEqual(found.map(() => "fixed"));
});

describe("--new-only", () => {
  test("shows and fails on new findings only", async () => {
    const cwd = repositoryOf();
    const run = (...more: string[]) => gitops(["check", "--base", "main", "--new-only", ...more], { cwd });
    const clean = await run();
    expect(clean.code).toBe(0);
    expect(clean.stdout).toContain("0 errors, 0 warnings, 0 waived; since main: 0 new, 0 fixed, 2 old not shown");
    writeFilesIn(cwd, { "overlays/a/b.yaml": wrong("b") });
    const faulty = await run("-o", "pretty", "-o", "json=report.json", "-o", "sarif=report.sarif");
    expect(faulty.code).toBe(1);
    expect(faulty.stdout).toContain("overlays/a/b.yaml");
    expect(faulty.stdout).not.toContain("overlays/b/c.yaml");
    const { report } = await check(["--base", "main", "--new-only"], { cwd });
    expect(report.findings.map(({ status }) => status)).toEqual(["old", "new", "old"]);
  });

  test("fails if a target no longer renders, but not if it never did", async () => {
    const cwd = repositoryOf({ "overlays/a/kustomization.yaml": overlay("missing.yaml") });
    expect((await check(["--base", "main", "--new-only"], { cwd })).code).toBe(0);
    writeFilesIn(cwd, { "overlays/b/kustomization.yaml": overlay("missing.yaml") });
    expect((await check(["--base", "main", "--new-only"], { cwd })).code).toBe(1);
  });

  test.each(["--new-only", "--max-deletions=1", "--base-kustomize=kustomize"])("%s needs a base", async (flag) => {
    const { code, stderr } = await gitops(["check", flag], { cwd: repositoryOf() });
    expect([code, stderr]).toEqual([2, expect.stringContaining("needs --base REF")]);
  });
});

const waiver = (rule: string, more = "") =>
  `- rule: ${rule}\n  reason: known\n  owner: team\n  expires: "2099-01-01"\n${more}`;

test("waivers that a change makes stale are reported", async () => {
  const cwd = repositoryOf({
    "gitops.yaml": `${shop["gitops.yaml"]}waivers: waivers.yaml\n`,
    "waivers.yaml": waiver("schema/unknown-field", "  target: overlays/a\n") + waiver("apply/name"),
  });
  writeFilesIn(cwd, { "overlays/a/a.yaml": config("a") });
  const result = await check(["--base", "main"], { cwd });
  expect(of(result)).toEqual([
    "new gitops/waiver-unused .",
    "old gitops/waiver-unused .",
    "old schema/unknown-field overlays/b",
  ]);
  expect(result.report.summary).toMatchObject({ new: 1, fixed: 0, staleWaivers: 2 });
});

test("during an upgrade, each side is rendered with its own kustomize", async () => {
  const cwd = repositoryOf();
  const { report } = await check(["--base", "main", "--base-kustomize", pinnedKustomize()], { cwd });
  expect(report.summary).toMatchObject({ new: 0, old: 2, fixed: 0 });
  const { code, stderr } = await gitops(["check", "--base", "main", "--base-kustomize", "nowhere"], { cwd });
  expect([code, stderr]).toEqual([2, expect.stringContaining("nowhere")]);
});

describe("the deletion budget", () => {
  const many = (count: number) => Array.from({ length: count }, (_, index) => config(`m${index}`)).join("---\n");
  const state = (count: number, more: Record<string, string> = {}) => ({
    "overlays/a/a.yaml": many(count),
    "overlays/b/c.yaml": config("c"),
    ...more,
  });
  const deletions = async (cwd: string, ...flags: string[]) =>
    (await check(["--base", "main", ...flags], { cwd })).report.findings.filter(
      ({ rule }) => rule === "gitops/deletion-budget",
    );

  test.each([
    ["is not set", [], "", 0],
    ["is kept", ["--max-deletions", "4"], "", 0],
    ["is exceeded", ["--max-deletions", "3"], "", 1],
    ["is 0", ["--max-deletions", "0"], "", 1],
    ["comes from the configuration", [], "maxDeletions: 3\n", 1],
    ["comes from the command line", ["--max-deletions", "4"], "maxDeletions: 3\n", 0],
    [
      "comes from the target's override",
      ["--max-deletions", "0"],
      "overrides: [{match: overlays/*, reason: few, maxDeletions: 9}]\n",
      0,
    ],
  ])("%s", async (_, flags, settings, expected) => {
    const cwd = repositoryOf(state(5, { "gitops.yaml": shop["gitops.yaml"] + settings }));
    writeFilesIn(cwd, state(1));
    expect(await deletions(cwd, ...flags)).toHaveLength(expected);
  });

  test("names the deleted objects and their target", async () => {
    const cwd = repositoryOf(state(9));
    writeFilesIn(cwd, state(1));
    expect(await deletions(cwd, "--max-deletions", "2")).toMatchObject([
      {
        status: "new",
        severity: "error",
        target: "overlays/a",
        file: "overlays/a/kustomization.yaml",
        message:
          "the change deletes 8 objects from overlays/a, but at most 2 may be deleted: v1/ConfigMap/shop/m1, v1/ConfigMap/shop/m2, v1/ConfigMap/shop/m3, v1/ConfigMap/shop/m4, v1/ConfigMap/shop/m5 and 3 more",
      },
    ]);
  });

  test("counts deleted targets and renamed objects, but not generated or kept ones", async () => {
    const kept = config("k").replace(
      "metadata:",
      "metadata:\n  annotations: {argocd.argoproj.io/sync-options: Prune=false}",
    );
    const generator = (value: string) =>
      `${overlay("a.yaml", "b.yaml")}configMapGenerator: [{name: g, literals: [a=${value}]}]\n`;
    const cwd = repositoryOf(state(1, { "overlays/a/b.yaml": kept, "overlays/a/kustomization.yaml": generator("1") }));
    rmSync(join(cwd, "overlays/b"), { recursive: true });
    writeFilesIn(cwd, {
      "overlays/a/a.yaml": config("other"),
      "overlays/a/b.yaml": config("k2"),
      "overlays/a/kustomization.yaml": generator("2"),
    });
    const found = await deletions(cwd, "--max-deletions", "0");
    expect(found.map(({ message }) => message)).toEqual([
      "the change deletes 1 object from overlays/a, but none may be deleted: v1/ConfigMap/shop/m0",
      "removing the target deletes 1 object from overlays/b, but none may be deleted: v1/ConfigMap/shop/c",
    ]);
  });

  test("may be exceeded with a waiver, which is not stale without a base", async () => {
    const cwd = repositoryOf(
      state(5, { "gitops.yaml": `${shop["gitops.yaml"]}waivers: waivers.yaml\n`, "waivers.yaml": "[]" }),
    );
    writeFilesIn(cwd, state(1, { "waivers.yaml": waiver("gitops/deletion-budget", "  target: overlays/a\n") }));
    const result = await check(["--base", "main", "--max-deletions", "0"], { cwd });
    expect([result.code, result.report.summary]).toEqual([
      0,
      expect.objectContaining({ waived: 1, new: 0, staleWaivers: 0 }),
    ]);
    expect((await check([], { cwd })).report.findings).toEqual([]);
  });
});

test("if the base judges, the change can waive its own deletions and nothing else", async () => {
  const settings = `${shop["gitops.yaml"]}waivers: waivers.yaml\nmaxDeletions: 0\n`;
  const cwd = repositoryOf({ "gitops.yaml": settings, "waivers.yaml": "[]" });
  rmSync(join(cwd, "overlays/b"), { recursive: true });
  writeFilesIn(cwd, {
    "overlays/a/b.yaml": wrong("b"),
    "waivers.yaml": waiver("gitops/deletion-budget", "  target: overlays/b\n") + waiver("schema/unknown-field"),
  });
  const judged = ["--base", "main", "--judged-by", "main"];
  const { report } = await check(judged, { cwd });
  const open = report.findings.filter(({ waived }) => !waived).map(({ rule, status }) => `${status} ${rule}`);
  expect(open).toEqual(["old schema/unknown-field", "new schema/unknown-field"]);
  expect(report.findings.filter(({ waived }) => waived)).toMatchObject([
    { rule: "gitops/deletion-budget", help: "Waived by this change: known (team, until 2099-01-01)" },
  ]);
  const { stdout } = await gitops(["check", ...judged, "-o", "markdown"], { cwd });
  expect(stdout).toContain("Waived by this change");
  writeFilesIn(cwd, { "waivers.yaml": "no: [list" });
  const unread = await check(judged, { cwd });
  expect(unread.report.summary).toMatchObject({ errors: 3, waived: 0 });
});

describe("findings are matched", () => {
  const finding = (more: Partial<Finding>): Finding => ({
    rule: "a/b",
    severity: "error",
    message: "x is 1",
    target: "t",
    waived: false,
    ...more,
  });
  const place = { resource: "apps/v1/Deployment/shop/web", pointer: "/spec/containers/0/image" };
  test.each([
    ["another line", { ...place, line: 3 }, { ...place, line: 9 }, "old"],
    ["another index", place, { ...place, pointer: "/spec/containers/1/image" }, "old"],
    ["another message for the same place", place, { ...place, message: "x is 2" }, "old"],
    ["another API version", place, { ...place, resource: "apps/v1beta1/Deployment/shop/web" }, "old"],
    [
      "another hash in a generated name",
      { ...place, resource: "v1/ConfigMap/c-85mdt7t824" },
      { ...place, resource: "v1/ConfigMap/c-6t7h5fm848" },
      "old",
    ],
    [
      "another line of a comment",
      { message: "commented out at line 3 of x" },
      { message: "commented out at line 9 of x" },
      "old",
    ],
    ["another field", place, { ...place, pointer: "/spec/replicas" }, "new"],
    ["another object", place, { ...place, resource: "apps/v1/Deployment/shop/api" }, "new"],
    ["another rule", place, { ...place, rule: "a/c" }, "new"],
    ["another target", place, { ...place, target: "u" }, "new"],
    ["another message without an object", {}, { message: "x is 2" }, "new"],
  ] as const)("%s: %s", (_, was, is, expected) => {
    const { findings, fixed } = markNew([finding(is)], [finding(was)]);
    expect([findings[0]?.status, fixed.length]).toEqual([expected, expected === "new" ? 1 : 0]);
  });

  test("each earlier finding matches one current finding", () => {
    const { findings } = markNew([finding(place), finding(place)], [finding(place)]);
    expect(findings.map(({ status }) => status)).toEqual(["old", "new"]);
  });
});
