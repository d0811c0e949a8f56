import { chmodSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { repository as folderWith, run, temporaryFolder } from "../run.ts";
import { isOwnedTwice, shapes, warned, write, writeTwin } from "./argocd.ts";
import { commits, refused } from "./commits.ts";
import { filesOf, forecast, refusals } from "./forecast.ts";
import { happened, type Live, type Picture } from "./picture.ts";
import { repositoryIn } from "./repository.ts";
import { overlays } from "./story.ts";

const root = join(import.meta.dirname, "../..");
const repository = await repositoryIn(temporaryFolder(), "http://git.example.com/guestbook.git");

test("every overlay is followed", () => {
  expect([...overlays].sort()).toEqual(readdirSync(join(root, "overlays")).sort());
});

describe("what is watched on a cluster is what the gate forecasts", { timeout: 120_000 }, () => {
  test.each(commits)("$what", async (commit) => {
    await repository.commit(commit.what, filesOf(commit));
    expect(await forecast(repository)).toEqual([...commit.effects].sort());
  });

  test("there are at least twelve, of each sort", () => {
    expect(commits.length + refused.length).toBeGreaterThanOrEqual(12);
    const sorts = new Set(commits.flatMap(({ effects }) => effects.map((one) => one.split(" ")[0])));
    expect([...sorts].sort()).toEqual(["added", "none", "pruned", "recreate", "rolling-restart", "scale"]);
    expect(commits.some(({ effects }) => effects.length === 0)).toBe(true);
  });
});

describe("what controllers are to refuse, the gate refuses", { timeout: 120_000 }, () => {
  test.each(refused)("$what", async ({ what, overlay, files, rule, path }) => {
    await repository.commit(what, filesOf({ overlay, files }));
    const found = await refusals(repository, overlay);
    expect(found.map((one) => one.rule)).toContain(rule);
    expect(found.find((one) => one.rule === rule)?.message).toContain(path);
    await repository.revert();
  });
});

describe("what Argo CD shows, the gate finds", { timeout: 120_000 }, () => {
  test.each(shapes)("$what", async ({ what, patch, settles }) => {
    await write(repository, what, patch);
    expect(await warned(repository)).toBe(!settles);
  });

  test.each([
    ["overlays/dns", true],
    ["spare", false],
  ])("an Application of %s", async (path, isShared) => {
    await writeTwin(repository, path);
    expect(await isOwnedTwice(repository)).toBe(isShared);
  });
});

test("another controller begins where the first began", async () => {
  await repository.restart();
  const changed = await repository.run("git", ["diff", "--name-only", "HEAD", "HEAD~1", "--", "overlays"]);
  expect(changed).toContain("overlays/dns/kustomization.yaml");
  const [first = ""] = (await repository.run("git", ["rev-list", "--max-parents=0", "HEAD"])).split("\n");
  expect(await repository.run("git", ["diff", "--stat", first, "HEAD"])).toBe("");
  // What was built of the policies is still theirs.
  expect(await refusals(repository, "dns")).toEqual([]);
});

describe("what happened", () => {
  const live = (kind: string, uid: string, spec: object, labels: Record<string, string> = {}): Live => ({
    apiVersion: "v1",
    kind,
    metadata: { name: "web", namespace: "shop", uid, resourceVersion: "1", labels },
    spec: { ...spec },
  });
  const picture = (objects: Live[], pods: string[] = []): Picture => ({
    objects: new Map(objects.map((one) => [`${one.kind}/${one.metadata.name}`, one])),
    pods: new Map([["web", new Set(pods)]]),
  });
  const web = (spec: object) => live("Deployment", "u", spec);
  const before = picture([web({ replicas: 2 })], ["a", "b"]);

  test.each<[string, Picture, string[]]>([
    ["nothing", picture([web({ replicas: 2 })], ["b", "a"]), []],
    ["every pod is another", picture([web({ replicas: 2 })], ["c", "d"]), ["rolling-restart Deployment/web"]],
    ["one pod is another", picture([web({ replicas: 2 })], ["a", "d"]), ["rolling-restart Deployment/web"]],
    ["a pod more", picture([web({ replicas: 3 })], ["a", "b", "c"]), ["scale Deployment/web"]],
    ["a pod fewer", picture([web({ replicas: 1 })], ["b"]), ["scale Deployment/web"]],
    [
      "fewer, and others",
      picture([web({ replicas: 1 })], ["c"]),
      ["rolling-restart Deployment/web", "scale Deployment/web"],
    ],
    [
      "all at once",
      picture([web({ replicas: 2, strategy: { type: "Recreate" } })], ["c", "d"]),
      ["recreate Deployment/web"],
    ],
    [
      "only words",
      picture([live("Deployment", "u", { replicas: 2 }, { a: "b" })], ["a", "b"]),
      ["none Deployment/web"],
    ],
    ["gone", picture([]), ["pruned Deployment/web"]],
    [
      "another of its name",
      picture([live("Deployment", "v", { replicas: 2 })], ["a", "b"]),
      ["recreate Deployment/web"],
    ],
    ["a Service more", picture([web({ replicas: 2 }), live("Service", "s", {})], ["a", "b"]), ["added Service/web"]],
  ])("%s", (_, after, seen) => {
    expect(happened(before, after)).toEqual(seen);
  });
});

describe("the proof does not start", () => {
  /** A kubectl that knows two contexts, and would say where it was told to do anything. */
  const folder = folderWith({
    kubectl: `#!/bin/sh
case "$*" in
*config\\ view*) echo '{"contexts":[{"name":"lab","context":{}},{"name":"kind-lab","context":{}}]}' ;;
*get\\ crd\\ kustomizations*) ;;
*get\\ namespaces*) echo namespace/guestbook-dns ;;
*) echo "touched: $*" ; exit 1 ;;
esac
`,
  });
  chmodSync(join(folder, "kubectl"), 0o755);
  const url = ["--url", "http://git.example.com/x.git"];
  const on = (context: string) => ["--context", context, ...url];

  test.each([
    { why: "without a context", args: url, says: "--context is missing" },
    { why: "without a repository", args: ["--context", "kind-lab"], says: "--url is missing" },
    { why: "with an unknown flag", args: ["--contxt", "lab"], says: "Unknown option" },
    { why: "on a context that is not there", args: on("kind-lap"), says: "there is no context kind-lap" },
    { why: "where nobody said that it may", args: on("lab"), says: "lab is not local: say --yes" },
    { why: "for another controller", args: [...on("kind-lab"), "--controller", "fleet"], says: "no controller fleet" },
    { why: "where a controller is missing", args: on("kind-lab"), says: "argocd is not installed on kind-lab" },
    {
      why: "where its namespaces are in use",
      args: [...on("kind-lab"), "--controller", "flux"],
      says: "are there already, and may be in use: namespace/guestbook-dns",
    },
  ])("$why", async ({ args, says }) => {
    const env = { PATH: `${folder}:${process.env.PATH}`, E2E_SYNC_URL: "" };
    const { code, stdout, stderr } = await run(process.execPath, ["test/sync/run.mjs", ...args], { cwd: root, env });
    expect(stderr).toContain(says);
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });
});
