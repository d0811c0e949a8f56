// `gitops check *.yaml` names gitops.yaml too, which is not a manifest.
import { join } from "node:path";
import { expect, test } from "vitest";
import { commit, newRepository } from "../git/repository.ts";
import { configMap } from "../load/tree.ts";
import { check, gitops, repository, triples } from "../run.ts";

const files = { "gitops.yaml": "profile: baseline\n", "a.yaml": configMap("a"), "b/c.yaml": configMap("c") };
const paths = (report: Awaited<ReturnType<typeof check>>["report"]) => report.targets.map(({ path }) => path);

test("the configuration is left out of the targets", async () => {
  const cwd = repository(files);
  for (const args of [
    ["a.yaml", "gitops.yaml"],
    ["a.yaml", join(cwd, "gitops.yaml")],
    ["a.yaml", "gitops.yaml", "--config", "gitops.yaml"],
  ]) {
    const { report } = await check(args, { cwd });
    expect([paths(report), triples(report)]).toEqual([["a.yaml"], []]);
  }
  const below = await check(["c.yaml", "../gitops.yaml"], { cwd: join(cwd, "b") });
  expect(paths(below.report)).toEqual(["c.yaml"]);
  expect((await gitops(["render", "a.yaml", "gitops.yaml"], { cwd })).stdout).not.toContain("profile");
});

test("the configuration alone is not a target", async () => {
  const { code, stderr } = await gitops(["check", "gitops.yaml"], { cwd: repository(files) });
  expect(code).toBe(2);
  expect(stderr).toBe(
    "gitops: gitops.yaml is the configuration, not a manifest: name a folder or a file of manifests\n",
  );
});

test("the configuration is left out of the base too", async () => {
  const cwd = newRepository();
  commit(cwd, files);
  const { report } = await check(["a.yaml", "gitops.yaml", "--base", "HEAD", "--no-cache"], { cwd });
  expect([paths(report), triples(report)]).toEqual([["a.yaml"], []]);
});

test("a file of the same name that is not the configuration in force is a target", async () => {
  const cwd = repository({ ...files, "other.yaml": "profile: baseline\n", "b/gitops.yaml": configMap("a") });
  const { report } = await check(["a.yaml", "b/gitops.yaml"], { cwd });
  expect(paths(report)).toEqual(["a.yaml", "b/gitops.yaml"]);
  const named = await check(["gitops.yaml", "other.yaml", "--config", "other.yaml"], { cwd });
  expect(paths(named.report)).toEqual(["gitops.yaml"]);
});
