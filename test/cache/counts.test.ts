import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { expect, it, onTestFinished, vi } from "vitest";
import { commit, git } from "../git/repository.ts";
import { check, gitops, pinnedKustomize, type RunOptions, repository, temporaryFolder, tick } from "../run.ts";
import { deployment, files, World } from "./world.ts";

vi.setConfig({ testTimeout: 240_000 });

/** A repository, an empty cache, and a kustomize that logs the folders that it builds. */
function setting(own = files) {
  const [cwd, cache] = [repository(own), temporaryFolder()];
  const calls = join(cache, "calls");
  const kustomize = join(temporaryFolder(), "kustomize");
  writeFileSync(kustomize, `#!/bin/sh\necho "$*" >> ${calls}\nexec ${pinnedKustomize()} "$@"\n`, { mode: 0o755 });
  const env = { KUSTOMIZE: kustomize, GITOPS_CACHE_DIR: cache };
  const run = async (...args: string[]) => {
    rmSync(calls, { force: true });
    const { report, code } = await check(args, { cwd, env });
    const lines = existsSync(calls) ? readFileSync(calls, "utf8").trim().split("\n") : [];
    const built = lines.flatMap((line) => /^build (?:\S+\/)?(overlays\/\w+)/.exec(line)?.[1] ?? []).sort();
    const cached = report.targets.filter((target) => target.cached).map(({ path }) => path);
    const plain = { ...report, summary: { ...report.summary, durationMs: 0 } };
    return {
      built,
      cached,
      code,
      report: { ...plain, targets: plain.targets.map((one) => ({ ...one, cached: false })) },
    };
  };
  return { cwd, cache, env, run, write: (path: string, text: string) => writeFileSync(join(cwd, path), text) };
}

const everything = ["crds", "overlays/a", "overlays/b"];

const withChart = {
  "overlays/b/kustomization.yaml": "resources: [../../base]\nhelmCharts: [{name: c, valuesFile: values.yaml}]\n",
};

it("renders only what has changed", async () => {
  const { run, write } = setting();
  const first = await run();
  expect(first).toMatchObject({ built: ["overlays/a", "overlays/b"], cached: [] });
  expect(await run()).toEqual({ ...first, built: [], cached: everything });
  write("overlays/b/settings.txt", "one=2\n");
  expect(await run()).toMatchObject({ built: ["overlays/b"], cached: ["crds", "overlays/a"] });
  write("base/web.yaml", deployment("web", 5));
  expect(await run()).toMatchObject({ built: ["overlays/a", "overlays/b"], cached: ["crds"] });
});

it("renders a target with a chart once, and again only if what is rendered of it has changed", async () => {
  const { run, write } = setting({ ...files, ...withChart });
  const first = await run();
  expect(first.built).toEqual(["overlays/a", "overlays/b"]);
  expect(await run()).toEqual({ ...first, built: [], cached: everything });
  write("overlays/b/values.yaml", "one: 1\n");
  expect(await run()).toEqual({ ...first, built: [], cached: everything });
  write("overlays/b/kustomization.yaml", `${withChart["overlays/b/kustomization.yaml"]}namePrefix: x-\n`);
  expect(await run()).toMatchObject({ built: ["overlays/b"], cached: ["crds", "overlays/a"] });
});

it("judges a target again if a definition that it needs in another target changes", async () => {
  const { run, write } = setting();
  await run();
  write("crds/box.json", files["crds/box.json"]?.replace('"integer"', '"string"') ?? "");
  const { built, cached, report } = await run();
  expect({ built, cached }).toEqual({ built: [], cached: ["overlays/a"] });
  expect(report.findings.map(({ rule }) => rule)).toContain("schema/type");
});

it("renders everything with --no-cache, and stores nothing", async () => {
  const { run } = setting();
  expect(await run("--no-cache")).toMatchObject({ built: ["overlays/a", "overlays/b"], cached: [] });
  expect(await run()).toMatchObject({ cached: [] });
});

it("renders nothing again for new policies or waivers, but judges again for policies", async () => {
  const { run, write } = setting();
  await run();
  write("waivers.yaml", "- {rule: team/owner, reason: r, owner: o, expires: '2999-01-01'}\n");
  const waived = await run();
  expect(waived).toMatchObject({ built: [], cached: everything });
  expect(waived.report.findings.map(({ rule }) => rule)).toContain("gitops/waiver-unused");
  write("policies/owner.yaml", `${files["policies/owner.yaml"]}message: other words\n`);
  expect(await run()).toMatchObject({ cached: [] });
});

it("runs no program for an unchanged tree, not even for the version of kustomize", async () => {
  const { cwd, cache } = setting();
  const program = join(temporaryFolder(), "kustomize");
  writeFileSync(program, readFileSync(pinnedKustomize()), { mode: 0o755 });
  const env = { KUSTOMIZE: program, GITOPS_CACHE_DIR: cache };
  await check([], { cwd, env });
  expect(await callsOf("child_process", ["spawn"], ["check"], { cwd, env })).toEqual([]);
});

it.each([["render"], ["graph", "overlays/a"], ["diff", "HEAD"]])("%s does not run kustomize again", async (...args) => {
  const { cwd, cache, write } = setting({ ...files, ...withChart });
  git(cwd, ["init", "-q"]);
  commit(cwd, {});
  write("base/web.yaml", deployment("web", 5));
  const program = join(temporaryFolder(), "kustomize");
  writeFileSync(program, readFileSync(pinnedKustomize()), { mode: 0o755 });
  const env = { KUSTOMIZE: program, GITOPS_CACHE_DIR: cache };
  await gitops(args, { cwd, env });
  expect(await callsOf("child_process", ["spawn"], args, { cwd, env })).not.toContain(program);
});

it("judges again if a symlinked policy changes its target, or an import of it changes", async () => {
  const { cwd, run, write } = setting();
  const policy = (message: string) =>
    `import { words } from "./words.mjs";\nexport const policy = { id: "team/a", severity: "error", why: "w", fix: "f", match: { kind: "Deployment" }, check: () => [{ pointer: "", message: words + "${message}" }] };\n`;
  for (const name of ["one", "two"]) {
    mkdirSync(join(cwd, name));
    write(`${name}/a.mjs`, policy(name));
    write(`${name}/words.mjs`, 'export const words = "says ";\n');
  }
  const messages = async () => {
    const { report } = await run();
    return new Set(report.findings.filter(({ rule }) => rule === "team/a").map(({ message }) => message));
  };
  symlinkSync("../one/a.mjs", join(cwd, "policies/a.mjs"));
  expect(await messages()).toEqual(new Set(["says one"]));
  write("one/words.mjs", 'export const words = "tells ";\n');
  expect(await messages()).toEqual(new Set(["tells one"]));
  rmSync(join(cwd, "policies/a.mjs"));
  symlinkSync("../two/a.mjs", join(cwd, "policies/a.mjs"));
  expect(await messages()).toEqual(new Set(["says two"]));
});

it("searches folders again if a symlink to a folder changes its target", async () => {
  const { cwd, run } = setting();
  const lead = (to: string) => {
    rmSync(join(cwd, "overlays/linked"), { force: true });
    symlinkSync(to, join(cwd, "overlays/linked"));
  };
  lead("../base");
  const links = async () => (await run()).report.links;
  expect([await links(), await links()]).toEqual([undefined, undefined]);
  mkdirSync(join(cwd, "more"));
  lead("../more");
  expect([await links(), await links()]).toEqual([["overlays/linked"], ["overlays/linked"]]);
  rmSync(join(cwd, "more"), { recursive: true });
  symlinkSync("middle", join(cwd, "more"));
  expect([await links(), await links()]).toEqual([undefined, undefined]);
});

it("renders the base that overlays are compared with once for all of them", async () => {
  const { cwd, cache, env } = setting({
    ...files,
    "gitops.yaml": "targets: [overlays]\nscopes: [{ match: overlays/*, against: base, allow: [{ fields: [/**] }] }]\n",
  });
  for (const flag of ["--no-cache", "--kubernetes=1.36"]) {
    rmSync(join(cache, "calls"), { force: true });
    await check([flag], { cwd, env });
    const calls = readFileSync(join(cache, "calls"), "utf8").match(/^build \S+/gm);
    expect(calls?.filter((call) => call.endsWith("/base"))).toHaveLength(1);
  }
});

it("lists no folders again if a changed kustomization names the same resources", async () => {
  const { cwd, env, run, write } = setting();
  await tick();
  await run();
  await run();
  write("overlays/b/kustomization.yaml", `# a comment\n${files["overlays/b/kustomization.yaml"]}`);
  const listed = await callsOf("fs", ["readdirSync"], ["check"], { cwd, env });
  // The changed target is judged again, and lists its own folders.
  for (const folder of ["overlays", "overlays/a", "components", "middle"])
    expect(listed).not.toContain(join(cwd, folder));
  write("overlays/b/kustomization.yaml", "resources: [../a]\n");
  expect((await run()).report.targets.map(({ path }) => path)).toEqual(["crds", "overlays/b"]);
});

it("reads no files if Git says that they are as in a commit, even with another index and other metadata", async () => {
  const { cwd, env } = setting();
  git(cwd, ["init", "-q"]);
  commit(cwd, {});
  await tick();
  const since = ["--base", "HEAD"];
  for (const args of [[], since, since]) await check(args, { cwd, env });
  const read = () => callsOf("fs", ["readFileSync", "openSync", "readdirSync"], ["check", ...since], { cwd, env });
  const ofThem = (paths: readonly string[]) => paths.filter((path) => /\/(?:base|middle|overlays)\//.test(path));
  for (const name of Object.keys(files)) utimesSync(join(cwd, name), 1, 1);
  git(cwd, ["update-index", "-q", "--refresh"]);
  expect(ofThem(await read())).toEqual([]);
  // Not with another setting for the conversion of blobs to files.
  for (const name of Object.keys(files)) utimesSync(join(cwd, name), 2, 2);
  git(cwd, ["config", "core.autocrlf", "input"]);
  git(cwd, ["update-index", "-q", "--refresh"]);
  expect(ofThem(await read())).toContain(join(cwd, "base/web.yaml"));
});

/** The first arguments of calls to functions of a Node module while a command runs. */
async function callsOf(of: string, names: string[], args: string[], { cwd, env }: RunOptions): Promise<string[]> {
  const [log, hook] = [join(temporaryFolder(), "asked"), join(temporaryFolder(), "hook.cjs")];
  const text = `const { appendFileSync } = require("node:fs"), it = require("node:${of}");
    for (const name of ${JSON.stringify(names)}) {
      const own = it[name];
      it[name] = (...a) => (appendFileSync(${JSON.stringify(log)}, a[0] + "\\n"), own(...a));
    }
    require("node:module").syncBuiltinESMExports();`;
  writeFileSync(hook, text);
  await gitops(args, { cwd, env: { ...env, NODE_OPTIONS: `--require ${hook}` } });
  return existsSync(log) ? readFileSync(log, "utf8").trim().split("\n") : [];
}

it("keeps a large outcome apart from runs that do not need it, and drops it once it is unused", async () => {
  const { cwd, cache, env, write } = setting();
  const many = Array.from({ length: 300 }, (_, index) => deployment(`web-${index}`, 1).replace("replicas", "replica"));
  write("large.yaml", many.join("---\n"));
  const first = await check(["large.yaml"], { cwd, env });
  expect(first.stdout.length).toBeGreaterThan(500_000);
  const apart = () => readdirSync(cache).filter((name) => /\.(json|pack)\./.test(name));
  const read = await callsOf("fs", ["openSync", "readFileSync"], ["check", "base/web.yaml"], { cwd, env });
  const bytes = read
    .filter((path) => path.startsWith(cache) && existsSync(path))
    .reduce((sum, path) => sum + statSync(path).size, 0);
  expect(bytes).toBeGreaterThan(1000);
  expect(bytes).toBeLessThan(250_000);
  expect(apart()).not.toEqual([]);
  const again = await check(["large.yaml"], { cwd, env });
  expect(again.report.targets).toEqual([{ ...first.report.targets[0], cached: true }]);
  expect(again.report.findings).toEqual(first.report.findings);
  for (const name of apart())
    writeFileSync(join(cache, name), readFileSync(join(cache, name), "utf8").replace('"line":1', '"line":2'));
  const damaged = await check(["large.yaml"], { cwd, env });
  expect(damaged.report.findings).toEqual(first.report.findings);
  write("large.yaml", deployment("web", 1));
  await check(["large.yaml"], { cwd, env });
  expect(apart()).toEqual([]);
});

it("ignores a damaged cache", async () => {
  const world = new World();
  onTestFinished(() => world.remove());
  const { report } = await world.check();
  const name = readdirSync(world.cache).find((file) => file.endsWith(".json")) ?? "";
  const whole = readFileSync(join(world.cache, name), "utf8");
  const damages = [whole.slice(0, whole.length / 2), "", "{}", whole.replace("valid", "error")];
  for (const damaged of [...damages, whole.replace(/"line":\d/, '"line":77')]) {
    writeFileSync(join(world.cache, name), damaged);
    expect(await world.check()).toEqual({ status: 0, report, cached: [] });
  }
});

it("works without a writable cache folder, and cache stat says so", async () => {
  const { cwd } = setting();
  const file = join(temporaryFolder(), "file");
  writeFileSync(file, "");
  const env = { GITOPS_CACHE_DIR: join(file, "cache") };
  expect((await check([], { cwd, env })).code).toBe(0);
  const { stdout, code } = await gitops(["cache"], { cwd, env });
  expect([code, stdout]).toEqual([0, expect.stringContaining("not writable: nothing is cached")]);
});

it("cache stat describes the cache, and cache clear removes it and nothing else in its folder", async () => {
  const { cwd, env, cache, run } = setting();
  await run();
  writeFileSync(join(cache, "other.json"), "{}");
  const shown = await gitops(["cache", "stat"], { cwd, env });
  expect(shown.stdout).toMatch(
    /^folder {4}\S+\nsize {6}0\.\d MB of at most 1536\.0 MB, 4 files\nhere {6}\d+ entries, for targets and for the configuration and tools that check them\n$/,
  );
  expect((await gitops(["cache", "clear"], { cwd, env })).stdout).toMatch(/: 4 files removed\n$/);
  expect(readdirSync(cache)).toContain("other.json");
  expect(await run()).toMatchObject({ cached: [] });
  expect((await gitops(["cache", "cleer"], { cwd, env })).stderr).toContain('did you mean "clear"?');
});

it("lets many runs write at once", async () => {
  const { run, cwd, env } = setting();
  const first = await run("--no-cache");
  await Promise.all(Array.from({ length: 4 }, () => check([], { cwd, env })));
  expect(await run()).toEqual({ ...first, built: [], cached: everything });
});

it("recognises a checkout with other file times by its content", async () => {
  const { run, cwd } = setting();
  const first = await run();
  for (const name of Object.keys(files)) utimesSync(join(cwd, name), 1, 1);
  expect(await run()).toEqual({ ...first, built: [], cached: everything });
});
