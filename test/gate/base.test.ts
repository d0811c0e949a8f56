import { spawn } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, inject, test } from "vitest";
import { commit, newRepository } from "../git/repository.ts";
import { check, pinnedKustomize, temporaryFolder, triples, writeFilesIn } from "../run.ts";

const deployment = (app: string) => `apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
spec:
  selector:
    matchLabels:
      app: ${app}
  template:
    metadata:
      labels:
        app: ${app}
    spec:
      containers:
        - name: web
          image: registry.example.com/web:1.0.0
`;
const config = (value: string, immutable = true) =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\n  namespace: shop\ndata:\n  a: ${value}\n${immutable ? "immutable: true\n" : ""}`;
const overlay = (namespace: string, ...more: string[]) =>
  ["resources: [../../base]", `namespace: ${namespace}`, ...more, ""].join("\n");

const shop = {
  "gitops.yaml": "targets: [overlays, extra]\n",
  "base/kustomization.yaml": "resources: [web.yaml]\n",
  "base/web.yaml": deployment("web"),
  "overlays/a/kustomization.yaml": overlay("a"),
  "overlays/b/kustomization.yaml": overlay("b"),
  "extra/config.yaml": config("x"),
};

const immutable = (found: string[]) => found.filter((one) => one.startsWith("apply/immutable-field"));

test("a change in a base is reported once per target, at its line in the base", async () => {
  const cwd = newRepository();
  commit(cwd, shop);
  writeFilesIn(cwd, { "base/web.yaml": deployment("site") });
  const { report, stderr } = await check(["--base", "main"], { cwd });
  expect(immutable(triples(report))).toEqual([
    "apply/immutable-field base/web.yaml:8",
    "apply/immutable-field base/web.yaml:8",
  ]);
  const refused = report.findings.filter(({ rule }) => rule === "apply/immutable-field");
  expect(refused.map(({ target }) => target)).toEqual(["overlays/a", "overlays/b"]);
  expect(stderr).toBe("");
});

test("manifests are compared too, also from a subfolder", async () => {
  const cwd = newRepository();
  commit(cwd, shop);
  writeFilesIn(cwd, { "extra/config.yaml": config("other") });
  const { report } = await check(["--base", "HEAD", "../extra"], { cwd: join(cwd, "overlays") });
  expect(immutable(triples(report))).toEqual(["apply/immutable-field ../extra/config.yaml:7"]);
});

test("a change is no longer reported once the base contains it", async () => {
  const cwd = newRepository();
  commit(cwd, shop);
  commit(cwd, { "extra/config.yaml": config("other") });
  expect(immutable(triples((await check(["--base", "HEAD~1"], { cwd })).report))).toHaveLength(1);
  expect(immutable(triples((await check(["--base", "HEAD"], { cwd })).report))).toEqual([]);
});

test("an object that Flux or Argo CD deletes and recreates may change immutable fields", async () => {
  const cwd = newRepository();
  commit(cwd, shop);
  const forced = config("other").replace(
    "metadata:",
    "metadata:\n  annotations:\n    kustomize.toolkit.fluxcd.io/force: enabled",
  );
  writeFilesIn(cwd, { "extra/config.yaml": forced });
  expect((await check(["--base", "main", "extra"], { cwd })).report.findings).toEqual([]);
});

test("new objects and those from standard input are not compared", async () => {
  const cwd = newRepository();
  commit(cwd, shop);
  writeFilesIn(cwd, { "overlays/c/kustomization.yaml": overlay("c"), "more/config.yaml": config("z") });
  expect((await check(["--base", "main", "overlays", "more"], { cwd })).report.summary.errors).toBe(0);
  expect((await check(["--base", "main", "-"], { cwd, input: config("z") })).report.summary.errors).toBe(0);
});

test("a base that does not render is reported, and the change is still judged", async () => {
  const cwd = newRepository();
  symlinkSync("/etc/hostname", join(cwd, "out.yaml"));
  commit(cwd, {
    ...shop,
    "overlays/a/kustomization.yaml": overlay("a", "patches: [{path: missing.yaml}]"),
    "overlays/b/kustomization.yaml": overlay("b", "configMapGenerator: [{name: o, files: [../../out.yaml]}]"),
  });
  writeFilesIn(cwd, shop);
  const { report, stderr, code } = await check(["--base", "main"], { cwd });
  expect([code, report.summary.errors]).toEqual([0, 0]);
  expect(stderr).toBe(
    ["a", "b"]
      .map(
        (name) => `gitops: overlays/${name} does not render at main: whether its changes can be applied is not known\n`,
      )
      .join(""),
  );
});

/** The real kustomize, behind a script that does something else first. */
function kustomizeAfter(script: string): string {
  const path = join(temporaryFolder(), "kustomize");
  writeFileSync(path, `#!/bin/sh\n${script}\nexec ${pinnedKustomize()} "$@"\n`);
  chmodSync(path, 0o755);
  return path;
}

test("a target whose files are identical is not rendered again", async () => {
  const cwd = newRepository();
  commit(cwd, shop);
  writeFilesIn(cwd, { "overlays/a/kustomization.yaml": overlay("a", "nameSuffix: -2") });
  const log = join(temporaryFolder(), "log");
  const KUSTOMIZE = kustomizeAfter(`echo "$@" >> ${log}`);
  await check(["--base", "main"], { cwd, env: { KUSTOMIZE } });
  const builds = readFileSync(log, "utf8")
    .split("\n")
    .filter((line) => line.startsWith("build"));
  expect(builds.map((line) => /overlays\/\w/.exec(line)?.[0]).sort()).toEqual([
    "overlays/a",
    "overlays/a",
    "overlays/b",
  ]);
});

test("a signal leaves nothing behind", async () => {
  const cwd = newRepository();
  commit(cwd, shop);
  writeFilesIn(cwd, { "base/web.yaml": deployment("site") });
  const [temporary, started] = [temporaryFolder(), join(temporaryFolder(), "started")];
  mkdirSync(join(temporary, "t"));
  const KUSTOMIZE = kustomizeAfter(`case "$PWD $*" in *${temporary}*) : > ${started}; exec /bin/sleep 20;; esac`);
  const env = { ...process.env, KUSTOMIZE, TMPDIR: join(temporary, "t") };
  const child = spawn(process.execPath, [inject("gitops"), "check", "--base", "main"], { cwd, env, stdio: "ignore" });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.on("close", (_, signal) => resolve(signal)));
  await expect.poll(() => existsSync(started), { timeout: 20_000 }).toBe(true);
  expect(readdirSync(join(temporary, "t"))).not.toEqual([]);
  child.kill("SIGTERM");
  expect(await ended).toBe("SIGTERM");
  expect(readdirSync(join(temporary, "t"))).toEqual([]);
});
