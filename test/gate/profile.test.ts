import { expect, test } from "vitest";
import { check, gitops, repository } from "../run.ts";

const deployment = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec:
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: example.com/web:1 }] }
`;
const files = { "app/kustomization.yaml": "resources: [web.yaml]\n", "app/web.yaml": deployment };

test("--profile replaces the profile of gitops.yaml, also with a cache filled under another one", async () => {
  const cwd = repository({ ...files, "gitops.yaml": "targets: [app]\n" });
  const env = { GITOPS_CACHE_DIR: repository({}) };
  const rulesWith = async (...flags: string[]) =>
    (await check(flags, { cwd, env })).report.findings.map(({ rule }) => rule);
  const recommended = await rulesWith();
  expect(recommended).toContain("reliability/resources");
  expect(recommended).not.toContain("reliability/image-digest");
  expect(await rulesWith("--profile", "baseline")).toEqual([]);
  expect(await rulesWith("--profile", "strict")).toContain("reliability/image-digest");
  expect(await rulesWith()).toEqual(recommended);
  const { code, stderr } = await gitops(["check", "--profile", "basline"], { cwd });
  expect({ code, stderr }).toEqual({
    code: 2,
    stderr: 'gitops: unknown profile "basline", did you mean "baseline"?\n',
  });
});

test("a gitops.yaml of another repository is not in effect, which is reported", async () => {
  const other = repository({ ...files, "gitops.yaml": "profile: baseline\n", ".git/HEAD": "" });
  const cwd = repository({ ".git/HEAD": "" });
  const note =
    /^gitops: \S+gitops\.yaml is not in effect: run gitops in its folder, or pass --config \S+gitops\.yaml$/m;
  expect((await gitops(["check", `${other}/app`], { cwd })).stderr).toMatch(note);
  const named = await gitops(["check", `${other}/app`, "--config", `${other}/gitops.yaml`], { cwd });
  expect(named).toMatchObject({ code: 0, stderr: "" });
  expect((await gitops(["check", "app"], { cwd: other })).stderr).toBe("");
});
