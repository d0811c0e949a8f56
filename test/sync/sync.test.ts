import { chmodSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { repository as folderWith, run, temporaryFolder } from "../run.ts";
import { hasWarning, isOwnedTwice, shapes, write, writeTwin } from "./argocd.ts";
import { commits, rejected } from "./commits.ts";
import { errorsOf, filesOf, forecast } from "./forecast.ts";
import { happened, type Live, type Picture } from "./picture.ts";
import { repositoryIn } from "./repository.ts";
import { overlays } from "./story.ts";

const root = join(import.meta.dirname, "../..");
const repository = await repositoryIn(temporaryFolder(), "http://git.example.com/guestbook.git");

test("every overlay is tested", () => {
  expect([...overlays].sort()).toEqual(readdirSync(join(root, "overlays")).sort());
});

describe("the gate forecasts the effects of a commit", { timeout: 120_000 }, () => {
  test.each(commits)("$what", async (commit) => {
    await repository.commit(commit.what, filesOf(commit));
    expect(await forecast(repository)).toEqual([...commit.effects].sort());
  });

  test("there are at least twelve commits, with every kind of effect", () => {
    expect(commits.length + rejected.length).toBeGreaterThanOrEqual(12);
    const kinds = new Set(commits.flatMap(({ effects }) => effects.map((one) => one.split(" ")[0])));
    expect([...kinds].sort()).toEqual(["added", "none", "pruned", "recreate", "rolling-restart", "scale"]);
    expect(commits.some(({ effects }) => effects.length === 0)).toBe(true);
  });
});

describe("the gate rejects what controllers reject", { timeout: 120_000 }, () => {
  test.each(rejected)("$what", async ({ what, overlay, files, rule, path }) => {
    await repository.commit(what, filesOf({ overlay, files }));
    const found = await errorsOf(repository, overlay);
    expect(found.map((one) => one.rule)).toContain(rule);
    expect(found.find((one) => one.rule === rule)?.message).toContain(path);
    await repository.revert();
  });
});

describe("the gate reports what Argo CD shows", { timeout: 120_000 }, () => {
  test.each(shapes)("$what", async ({ what, patch, settles }) => {
    await write(repository, what, patch);
    expect(await hasWarning(repository)).toBe(!settles);
  });

  test.each([
    ["overlays/dns", true],
    ["spare", false],
  ])("an Application of %s", async (path, isShared) => {
    await writeTwin(repository, path);
    expect(await isOwnedTwice(repository)).toBe(isShared);
  });
});

test("the next controller starts from the initial state", async () => {
  await repository.restart();
  const changed = await repository.run("git", ["diff", "--name-only", "HEAD", "HEAD~1", "--", "overlays"]);
  expect(changed).toContain("overlays/dns/kustomization.yaml");
  const [first = ""] = (await repository.run("git", ["rev-list", "--max-parents=0", "HEAD"])).split("\n");
  expect(await repository.run("git", ["diff", "--stat", first, "HEAD"])).toBe("");
  // The build of the policies is still up to date.
  expect(await errorsOf(repository, "dns")).toEqual([]);
});

describe("effects between two pictures", () => {
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
    ["every pod is replaced", picture([web({ replicas: 2 })], ["c", "d"]), ["rolling-restart Deployment/web"]],
    ["one pod is replaced", picture([web({ replicas: 2 })], ["a", "d"]), ["rolling-restart Deployment/web"]],
    ["one more pod", picture([web({ replicas: 3 })], ["a", "b", "c"]), ["scale Deployment/web"]],
    ["one pod less", picture([web({ replicas: 1 })], ["b"]), ["scale Deployment/web"]],
    [
      "fewer and other pods",
      picture([web({ replicas: 1 })], ["c"]),
      ["rolling-restart Deployment/web", "scale Deployment/web"],
    ],
    [
      "all pods at once",
      picture([web({ replicas: 2, strategy: { type: "Recreate" } })], ["c", "d"]),
      ["recreate Deployment/web"],
    ],
    [
      "only a label",
      picture([live("Deployment", "u", { replicas: 2 }, { a: "b" })], ["a", "b"]),
      ["none Deployment/web"],
    ],
    ["gone", picture([]), ["pruned Deployment/web"]],
    [
      "another object with the same name",
      picture([live("Deployment", "v", { replicas: 2 })], ["a", "b"]),
      ["recreate Deployment/web"],
    ],
    ["one more Service", picture([web({ replicas: 2 }), live("Service", "s", {})], ["a", "b"]), ["added Service/web"]],
  ])("%s", (_, after, seen) => {
    expect(happened(before, after)).toEqual(seen);
  });
});

describe("the proof does not start", () => {
  /** A kubectl stub that knows two contexts, and prints any command that would change something. */
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
    { why: "on an unknown context", args: on("kind-lap"), says: "there is no context kind-lap" },
    { why: "on a remote context without --yes", args: on("lab"), says: "lab is not local: add --yes" },
    {
      why: "for an unknown controller",
      args: [...on("kind-lab"), "--controller", "fleet"],
      says: "no controller fleet",
    },
    { why: "if a controller is not installed", args: on("kind-lab"), says: "argocd is not installed on kind-lab" },
    {
      why: "if its namespaces are in use",
      args: [...on("kind-lab"), "--controller", "flux"],
      says: "already exist and may be in use: namespace/guestbook-dns",
    },
  ])("$why", async ({ args, says }) => {
    const env = { PATH: `${folder}:${process.env.PATH}`, E2E_SYNC_URL: "" };
    const { code, stdout, stderr } = await run(process.execPath, ["test/sync/run.mjs", ...args], { cwd: root, env });
    expect(stderr).toContain(says);
    expect(stdout).toBe("");
    expect(code).toBe(2);
  });
});
