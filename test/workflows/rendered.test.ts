import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { commit, git, newRepository } from "../git/repository.ts";
import { pinnedKustomize, run, temporaryFolder } from "../run.ts";
import { root } from "./workflows.ts";

const service = (port: number) =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web" },
    spec: { selector: { app: "web" }, ports: [{ port }] },
  });

const shop = {
  "gitops.yaml": "targets: [overlays]\n",
  "package.json": JSON.stringify({ scripts: { render: `node ${inject("gitops")} render` } }),
  "overlays/a/web.yaml": service(80),
  "overlays/a/kustomization.yaml": "resources: [web.yaml]\nnamespace: a\n",
  "overlays/b/web.yaml": service(80),
  "overlays/b/kustomization.yaml": "resources: [web.yaml]\nnamespace: b\n",
};

const script = join(root, ".github/scripts/publish-rendered.sh");

test("the branch has the rendered manifests, and one commit for each change of them", async () => {
  const origin = temporaryFolder();
  git(origin, ["init", "-q", "--bare", "-b", "main"]);
  const cwd = newRepository();
  git(cwd, ["remote", "add", "origin", origin]);
  const first = commit(cwd, shop);
  const publish = async () => {
    const ended = await run(script, ["rendered"], {
      cwd,
      env: { KUSTOMIZE: pinnedKustomize(), GIT_CONFIG_GLOBAL: "/dev/null" },
    });
    expect({ code: ended.code, stderr: ended.stderr }).toEqual({ code: 0, stderr: "" });
    return ended.stdout;
  };
  const inBranch = (...args: string[]) => git(origin, args);

  expect(await publish()).toBe(`rendered has the manifests rendered from ${first}\n`);
  expect(inBranch("ls-tree", "-r", "--name-only", "rendered").split("\n")).toEqual([
    "overlays/a/manifest.yaml",
    "overlays/b/manifest.yaml",
  ]);
  expect(inBranch("show", "rendered:overlays/a/manifest.yaml")).toContain("  namespace: a\n");
  expect(inBranch("log", "-1", "--format=%B", "rendered")).toBe(`A change\n\nRendered from ${first}`);

  const same = commit(cwd, { "README.md": "words\n" });
  expect(await publish()).toBe(`rendered is up to date with ${same}\n`);

  git(cwd, ["rm", "-rq", "overlays/b"]);
  commit(cwd, { "overlays/a/web.yaml": service(81) });
  await publish();
  expect(inBranch("diff", "--name-status", "rendered^", "rendered").split("\n")).toEqual([
    "M\toverlays/a/manifest.yaml",
    "D\toverlays/b/manifest.yaml",
  ]);
  expect(inBranch("rev-list", "--count", "rendered")).toBe("2");
  expect(git(cwd, ["worktree", "list"]).split("\n")).toHaveLength(1);
  expect(git(cwd, ["status", "--porcelain"])).toBe("");
});

test("nothing is published if a target does not render", async () => {
  const origin = temporaryFolder();
  git(origin, ["init", "-q", "--bare", "-b", "main"]);
  const cwd = newRepository();
  git(cwd, ["remote", "add", "origin", origin]);
  commit(cwd, { ...shop, "overlays/b/kustomization.yaml": "resources: [gone.yaml]\n" });
  const { code, stderr } = await run(script, ["rendered"], {
    cwd,
    env: { KUSTOMIZE: pinnedKustomize(), GIT_CONFIG_GLOBAL: "/dev/null" },
  });
  expect(code).toBe(1);
  expect(stderr).toContain("gone.yaml does not exist");
  expect(git(origin, ["branch", "--list"])).toBe("");
});
