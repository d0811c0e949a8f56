import { existsSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, inject, test } from "vitest";
import type { Report } from "../../tools/report/report.ts";
import { commit, git, newRepository } from "../git/repository.ts";
import { pinnedKustomize, type Run, run, temporaryFolder } from "../run.ts";
import { root } from "./workflows.ts";

const deployment = (replicas: number, image = "web:1.4.2") => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  replicas: ${replicas}
  selector:
    matchLabels:
      app: web
  template:
    metadata:
      labels:
        app: web
    spec:
      containers:
        - name: web
          image: registry.example.com/${image}
`;

const shop = {
  "gitops.yaml": "targets: [overlays]\nprofile: baseline\npolicies: [policies]\n",
  "policies/scale.yaml": JSON.stringify({
    id: "shop/scale",
    severity: "error",
    why: "w",
    fix: "f",
    match: { kind: "Deployment" },
    schema: { properties: { spec: { properties: { replicas: { maximum: 5 } } } } },
  }),
  "overlays/live/web.yaml": deployment(2),
  "overlays/live/kustomization.yaml": "resources: [web.yaml]\nnamespace: live\n",
  "overlays/other/web.yaml": deployment(1),
  "overlays/other/kustomization.yaml": "resources: [web.yaml]\nnamespace: other\n",
};

/** A repository with a branch merged into main, as GitHub does before it runs workflows on a pull request. */
function pullRequest(change: Readonly<Record<string, string>>): { cwd: string; sha: string } {
  const cwd = newRepository();
  commit(cwd, shop);
  git(cwd, ["checkout", "-q", "-b", "change"]);
  commit(cwd, change);
  git(cwd, ["checkout", "-q", "--detach", "main"]);
  git(cwd, ["merge", "-q", "--no-ff", "-m", "Merge", "change"]);
  return { cwd, sha: git(cwd, ["rev-parse", "HEAD"]) };
}

interface Judged extends Run {
  /** The content of a file that the run wrote. */
  readonly left: (name: string) => string | undefined;
}

/** Runs the script like the action. */
async function judge(cwd: string, env: Readonly<Record<string, string>>): Promise<Judged> {
  const folder = temporaryFolder();
  // Use the gate that was built for this test run.
  symlinkSync(dirname(inject("gitops")), join(folder, "dist"));
  const out = join(folder, "out");
  const ended = await run(join(root, ".github/scripts/gate.sh"), [], {
    cwd,
    env: {
      KUSTOMIZE: pinnedKustomize(),
      GITHUB_BASE_REF: "",
      GITHUB_REF: "",
      GITHUB_SHA: "",
      GITHUB_STEP_SUMMARY: join(folder, "summary"),
      GITOPS_HOME: folder,
      GITOPS_OUT: out,
      ...env,
    },
  });
  const left = (name: string) => {
    const file = name === "summary" ? join(folder, name) : join(out, name);
    return existsSync(file) ? readFileSync(file, "utf8") : undefined;
  };
  return { ...ended, left };
}

const onPull = (sha: string) => ({ GITHUB_BASE_REF: "main", GITHUB_SHA: sha, GITHUB_REF: "refs/pull/7/merge" });

describe("a pull request", () => {
  test("is compared with the branch it is merged into", async () => {
    const { cwd, sha } = pullRequest({ "overlays/live/web.yaml": deployment(3) });
    const { code, left, stderr } = await judge(cwd, onPull(sha));
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const { changes } = JSON.parse(left("diff.json") ?? "");
    expect(changes.map(({ effects }: { effects: string[] }) => effects)).toEqual([["scale"]]);
    expect(left("pull-request")).toBe("7\n");
    expect(left("summary")).toBe(`${left("check.md")}${left("diff.md")}`);
    expect(JSON.parse(left("gate.sarif") ?? "").version).toBe("2.1.0");
  });

  test("cannot weaken the policy that rejects it, and is annotated", async () => {
    const weaker = shop["policies/scale.yaml"].replace('"maximum":5', '"maximum":99');
    const { cwd, sha } = pullRequest({ "overlays/live/web.yaml": deployment(9), "policies/scale.yaml": weaker });
    const { code, stdout } = await judge(cwd, onPull(sha));
    expect(code).toBe(1);
    expect(stdout).toContain("::error file=overlays/live/web.yaml,line=6,col=3,title=shop/scale::");
  });

  test("fails because of its effects only on request", async () => {
    const { cwd, sha } = pullRequest({ "overlays/live/web.yaml": deployment(2, "web:2.0.0") });
    expect((await judge(cwd, onPull(sha))).code).toBe(0);
    expect((await judge(cwd, { ...onPull(sha), GITOPS_FAIL_ON_EFFECTS: "rolling-restart" })).code).toBe(1);
  });

  test("uses the cached results of its base, except for what it changes", async () => {
    const { cwd, sha } = pullRequest({ "overlays/live/web.yaml": deployment(3) });
    const [checkout, cache] = [join(temporaryFolder(), "change"), temporaryFolder()];
    const judged = async (commit: string, env = {}) => {
      rmSync(checkout, { recursive: true, force: true });
      git(cwd, ["clone", "-q", "--no-checkout", cwd, checkout]);
      git(checkout, ["checkout", "-q", "--detach", commit]);
      const { left } = await judge(checkout, { GITOPS_CACHE_DIR: cache, ...env });
      const { targets } = JSON.parse(left("check.json") ?? "") as Report;
      return targets.map(({ path, cached }) => [path, cached]);
    };
    expect(await judged("origin/main")).toEqual([
      ["overlays/live", false],
      ["overlays/other", false],
    ]);
    expect(await judged(sha, onPull(sha))).toEqual([
      ["overlays/live", false],
      ["overlays/other", true],
    ]);
  });

  test("gets a hint how to fetch its base if the clone is too shallow", async () => {
    const { cwd, sha } = pullRequest({ "overlays/live/web.yaml": deployment(3) });
    const shallow = temporaryFolder();
    git(shallow, ["clone", "-q", "--depth", "1", `file://${cwd}`, "."]);
    const { code, stdout } = await judge(shallow, onPull(sha));
    expect(code).toBe(2);
    expect(stdout).toMatch(
      /^::error title=gitops::HEAD\^1 is not in this clone: set fetch-depth: 2 for actions\/checkout/,
    );
  });

  test("that is checked out as a branch is compared with the base branch", async () => {
    const { cwd } = pullRequest({ "overlays/live/web.yaml": deployment(3) });
    git(cwd, ["checkout", "-q", "change"]);
    git(cwd, ["update-ref", "refs/remotes/origin/main", "main"]);
    const { code, left } = await judge(cwd, onPull("0".repeat(40)));
    expect(code).toBe(0);
    expect(JSON.parse(left("diff.json") ?? "").base).toBe("origin/main");
  });

  test("that breaks the configuration is not judged, but its number is still written", async () => {
    const { cwd, sha } = pullRequest({ "gitops.yaml": "targets: overlays: x\n" });
    const { code, left, stderr } = await judge(cwd, onPull(sha));
    expect(code).toBe(2);
    expect(stderr).toContain("gitops.yaml:1:18: not valid YAML");
    expect(left("check.json")).toBeUndefined();
    expect(left("pull-request")).toBe("7\n");
  });
});

test("old findings fail a change unless only new ones count", async () => {
  const cwd = newRepository();
  commit(cwd, { ...shop, "overlays/live/web.yaml": deployment(9) });
  const base = commit(cwd, { "overlays/live/web.yaml": deployment(8) });
  commit(cwd, { "overlays/live/web.yaml": deployment(8, "web:2.0.0") });
  expect((await judge(cwd, { GITOPS_BASE: base })).code).toBe(1);
  expect((await judge(cwd, { GITOPS_BASE: base, GITOPS_NEW_ONLY: "true" })).code).toBe(0);
});

test("a push is checked, but compared with nothing", async () => {
  const cwd = newRepository();
  commit(cwd, shop);
  const { code, left } = await judge(cwd, {});
  expect(code).toBe(0);
  expect(left("check.json")).toBeDefined();
  expect(left("diff.json")).toBeUndefined();
  expect(left("pull-request")).toBeUndefined();
});

test("targets can be given, one per line, and may contain spaces", async () => {
  const cwd = newRepository();
  const [web, kustomization] = [shop["overlays/live/web.yaml"], shop["overlays/live/kustomization.yaml"]];
  commit(cwd, { "one app/web.yaml": web, "one app/kustomization.yaml": kustomization, "two/web.yaml": web });
  const { code, left, stderr } = await judge(cwd, { GITOPS_TARGETS: "one app\ntwo\n", GITOPS_BASE: "HEAD" });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const paths = ({ targets }: { targets: { path: string }[] }) => targets.map(({ path }) => path);
  expect(paths(JSON.parse(left("check.json") ?? ""))).toEqual(["one app", "two"]);
  expect(paths(JSON.parse(left("diff.json") ?? ""))).toEqual(["one app", "two"]);
});
